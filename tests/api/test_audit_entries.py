"""Auditors read what was done beside the history of accounts: who published, gave tokens, exported, erased."""

from collections.abc import Callable

import orjson

from lifecycle_fsm.domain.access import Portfolio, Role
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import all_entries
from lifecycle_fsm.store.ledger import chain_hash
from tests.api.conftest import ADMIN
from tests.api.door import JSON, Door

QUERY = """query ($kinds: [AuditKind!], $first: Int, $after: String, $last: Int, $before: String) {
  auditEntries(kinds: $kinds, first: $first, after: $after, last: $last, before: $before) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    nodes { seq kind actor subject recordedAt details prevHash hash } } }"""


def entries(door: Door, **given: object) -> JSON:
    found: JSON = door.data(QUERY, **given)["auditEntries"]
    return found


def test_entries_are_read_page_by_page_with_what_their_hashes_cover(door: Door, world: World) -> None:
    for number in range(3):
        issue_token(world, ADMIN, f"token {number}", [Role.VIEWER], None)
    with world.database.reading() as connection:
        kept = list(all_entries(connection))

    pages, after = list[JSON](), None
    while not pages or pages[-1]["pageInfo"]["hasNextPage"]:
        pages.append(entries(door, first=2, after=after))
        after = pages[-1]["pageInfo"]["endCursor"]
    back = entries(door, last=2, before=pages[1]["pageInfo"]["startCursor"])

    shown = [each for page in pages for each in page["nodes"]]
    assert [each["seq"] for each in shown] == list(range(len(kept), 0, -1))
    assert {page["totalCount"] for page in pages} == {len(kept)}
    assert back["nodes"] == pages[0]["nodes"]
    for each, of in zip(shown, reversed(kept), strict=True):
        fields = {name: each[name] for name in ("actor", "details", "seq", "subject")}
        fields |= {"kind": of.entry.kind.value, "recorded_at": round(of.entry.recorded_at.timestamp() * 1000)}
        text = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
        assert each["kind"] == of.entry.kind.name
        assert chain_hash(bytes.fromhex(each["prevHash"]), text).hex() == each["hash"]


def test_entries_of_some_kinds(door: Door, world: World) -> None:
    issue_token(world, ADMIN, "one", [Role.VIEWER], None)

    found = entries(door, kinds=["PUBLISHED"], first=9)

    assert [each["kind"] for each in found["nodes"]] == ["PUBLISHED"]
    assert found["totalCount"] == 1


def test_a_cursor_of_another_list_is_refused(door: Door) -> None:
    other = door.data("{ reviewMarks(first: 1) { pageInfo { endCursor } } }")["reviewMarks"]["pageInfo"]["endCursor"]

    for cursor in (other or "x", "WyJvdGhlciIsMV0"):
        assert door.error(QUERY, first=1, after=cursor)["extensions"]["code"] == "invalid_input"


def test_only_whoever_sees_everything_reads_them(door: Door, world: World, token_of: Callable[[Role], str]) -> None:
    limited = issue_token(world, ADMIN, "ada", [Role.AUDITOR], None, Portfolio(csms=frozenset({"ada"}))).token

    assert entries(door.as_token(token_of(Role.AUDITOR)), first=1)["nodes"] != []
    for token in (token_of(Role.INGEST), limited):
        assert door.as_token(token).error(QUERY, first=1)["extensions"]["code"] == "forbidden"
