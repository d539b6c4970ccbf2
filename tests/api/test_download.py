"""History downloaded over HTTP: the exports of the command line, by role, with their proofs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.services.audit.export_check import check_file
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import read_entries
from tests.api.door import Door

HISTORY = "/exports/v1/history"


def last_export(world: World) -> dict[str, object]:
    with world.database.reading() as connection:
        entry = read_entries(connection)[-1].entry
    return {"kind": entry.kind, "actor": entry.actor, "form": entry.details.get("form")}


@pytest.mark.parametrize("form", ["ndjson", "csv", "xes", "parquet"])
def test_an_auditor_downloads_history_and_checks_it(
    door: Door, world: World, token_of: Callable[[Role], str], tmp_path: Path, form: str
) -> None:
    answer = door.as_token(token_of(Role.AUDITOR)).send("GET", f"{HISTORY}?form={form}")
    name = answer.headers["content-disposition"].split('"')[1]
    path = tmp_path / name
    path.write_bytes(answer.content)

    report = check_file(path)

    assert (answer.status_code, name) == (200, "history.ndjson" if form == "ndjson" else f"history.{form}.zip")
    assert (report.flaws, report.rows) == ([], 1)
    assert last_export(world) == {"kind": AuditKind.EXPORTED, "actor": "auditor", "form": form}


def test_one_account_is_downloaded_by_its_id(door: Door) -> None:
    account = door.data('{ account(key: "ACME") { id } }')["account"]["id"]

    answer = door.send("GET", HISTORY, params={"accountId": account})

    assert (answer.status_code, answer.content.count(b'{"row":')) == (200, 1)


DOWNLOAD = """query ($account: ID, $segment: String, $recorded: HistoryPeriod) {
  historyDownload(form: CSV, accountId: $account, segment: $segment, recorded: $recorded) {
    path fileName mediaType } }"""


@pytest.mark.parametrize(
    ("segment", "recorded", "rows"),
    [
        ("starter", None, 1),
        (None, {"since": "2026-03-02T00:00:00Z", "before": "2026-03-03T00:00:00+00:00"}, 1),
        (None, {"before": "2026-03-02T00:00:00Z"}, 0),
        ("starter", {"since": "2026-03-03T00:00:00Z"}, 0),
    ],
)
def test_graphql_names_the_address_of_what_was_chosen(
    door: Door, tmp_path: Path, segment: str | None, recorded: dict[str, str] | None, rows: int
) -> None:
    account = door.data('{ account(key: "ACME") { id } }')["account"]["id"]
    named = door.data(DOWNLOAD, account=account, segment=segment, recorded=recorded)["historyDownload"]

    answer = door.send("GET", named["path"])
    (tmp_path / named["fileName"]).write_bytes(answer.content)
    report = check_file(tmp_path / named["fileName"])

    assert (answer.status_code, answer.headers["content-type"]) == (200, named["mediaType"])
    assert named["fileName"] == answer.headers["content-disposition"].split('"')[1]
    assert (report.flaws, report.rows, report.has_gaps) == ([], rows, True)


def test_graphql_names_no_address_for_what_cannot_be_exported(door: Door, token_of: Callable[[Role], str]) -> None:
    unknown = door.error(DOWNLOAD, segment="nowhere")
    limited = door.as_token(token_of(Role.INGEST)).error(DOWNLOAD)

    assert [each["extensions"]["code"] for each in (unknown, limited)] == ["invalid_input", "forbidden"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("form=xls", 400, "invalid_input"),
        ("accountId=QWNtZQ", 400, "invalid_input"),
        ("segment=nowhere", 400, "invalid_input"),
        ("since=yesterday", 400, "invalid_input"),
        ("since=2026-03-02&before=2026-03-01", 400, "invalid_input"),
    ],
)
def test_what_cannot_be_exported_is_refused(door: Door, query: str, status: int, code: str) -> None:
    answer = door.send("GET", f"{HISTORY}?{query}")

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_who_may_not_read_history_downloads_nothing(door: Door, world: World, token_of: Callable[[Role], str]) -> None:
    ingest = door.as_token(token_of(Role.INGEST))

    refused = ingest.send("GET", HISTORY)
    nameless = door.send("GET", HISTORY, headers={"Authorization": None})
    posted = door.send("POST", HISTORY)

    assert [each.status_code for each in (refused, nameless, posted)] == [403, 401, 405]
    assert last_export(world)["kind"] == AuditKind.TOKEN_ISSUED
