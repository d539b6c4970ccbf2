"""Rows that were refused are kept once, whichever door they came through, until a later one is taken."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest

from lifecycle_fsm.domain.access import Actor, Portfolio, Role
from lifecycle_fsm.domain.errors import Forbidden
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.domain.retention import Keep, Kept
from lifecycle_fsm.services.audit.erase import erase_account
from lifecycle_fsm.services.importing.accounts import ImportAccounts, import_accounts
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.intake.batch import Batch, take_batch
from lifecycle_fsm.services.intake.rows import BrokenRow, Kind
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.operations import view_operations
from lifecycle_fsm.services.refused_rows import LONGEST_CONTENT, RefusedFilter, RefusedRow, page_ingest_errors
from lifecycle_fsm.services.retention import retain
from lifecycle_fsm.store import retention
from tests.services.test_import_accounts import Heard
from tests.worlds import ADMIN, FEED, VIEWER, Stage

ALL = RefusedFilter()
GONE = '{"account": "GONE", "measure": "setup_completion", "value": 5}'
MAP = b"schema: lifecycle/import/v1\naccount: {key: Id}\nmeasures: {setup_completion: Setup}\n"


def send(stage: Stage, kind: Kind, *rows: object, source: str = "crm", key: str | None = None) -> None:
    take_batch(stage.world, FEED, Batch(kind, rows, source, key))


def measure(account: str, value: object, name: str = "setup_completion") -> dict[str, object]:
    return {"account": account, "measure": name, "value": value}


def listed(stage: Stage, wanted: RefusedFilter = ALL, actor: Actor = ADMIN) -> Sequence[RefusedRow]:
    """The refused rows, in the order of the list."""
    return page_ingest_errors(stage.world, actor, PageRequest(100), wanted).items


def an_import(content: str, stage: Stage, *, dry_run: bool = False) -> None:
    wanted = ImportAccounts("a.csv", BytesIO(content.encode()), "map.yaml", MAP, stage.clock(), dry_run=dry_run)
    import_accounts(stage.world, ADMIN, wanted, Heard())


def test_a_refused_row_is_kept_with_all_that_is_wrong(stage: Stage) -> None:
    stage.sign("ACME")

    send(stage, Kind.MEASURES, measure("ACME", 5), {"account": "ACME", "measur": "x"})

    (row,) = listed(stage)
    assert (row.kind, row.source, row.place, row.account_key, row.subject) == ("measures", "crm", 2, "ACME", "")
    assert (row.account_id, row.has_account, row.times, row.resolved_at) == (account_id_for("ACME"), True, 1, None)
    assert [(issue.path, issue.code) for issue in row.issues] == [
        ("measur", "invalid_input"),
        ("measure", "invalid_input"),
        ("value", "invalid_input"),
    ]
    assert json.loads(row.content) == {"account": "ACME", "measur": "x"}
    assert row.first_at == row.refused_at == stage.clock()


def test_the_same_row_again_is_counted_and_listed_once(stage: Stage) -> None:
    bad = measure("NOBODY", 5)
    send(stage, Kind.MEASURES, bad, bad)
    begun = stage.clock()
    stage.clock.turn(days=1)
    send(stage, Kind.MEASURES, measure("NOBODY", 6), bad)

    first, second = sorted(listed(stage), key=lambda row: row.times)
    assert (first.times, first.first_at) == (1, begun + timedelta(days=1))
    assert (second.times, second.place, second.first_at, second.refused_at) == (3, 2, begun, stage.clock())


def test_a_batch_that_is_replayed_by_its_key_adds_nothing(stage: Stage) -> None:
    send(stage, Kind.MEASURES, measure("NOBODY", 5), key="k")
    send(stage, Kind.MEASURES, measure("NOBODY", 5), key="k")

    assert [row.times for row in listed(stage)] == [1]


def test_a_later_row_about_the_same_resolves_it_and_no_other(stage: Stage) -> None:
    stage.sign("ACME")
    stage.sign("BOLT")
    send(
        stage,
        Kind.MEASURES,
        measure("ACME", "many"),
        measure("ACME", "many", "usage.wau_ratio"),
        measure("BOLT", "many"),
    )
    stage.clock.turn(days=1)
    send(stage, Kind.MEASURES, measure("ACME", 70), source="file of corrections")

    resolved = listed(stage, RefusedFilter(is_resolved=True))
    left = listed(stage, RefusedFilter(is_resolved=False))
    assert [(row.account_key, row.subject, row.resolved_at) for row in resolved] == [
        ("ACME", "setup_completion", stage.clock())
    ]
    assert {(row.account_key, row.subject) for row in left} == {
        ("ACME", "usage.wau_ratio"),
        ("BOLT", "setup_completion"),
    }
    assert view_operations(stage.world, VIEWER).refused == 2


def test_a_row_that_is_refused_again_is_open_again(stage: Stage) -> None:
    stage.sign("ACME")
    for value in ("many", 70, "many"):
        send(stage, Kind.MEASURES, measure("ACME", value))

    assert [(row.times, row.resolved_at) for row in listed(stage)] == [(2, None)]


def test_every_door_keeps_its_rows(stage: Stage) -> None:
    send(stage, Kind.ACCOUNTS, {"key": "NEW", "measures": {"setup_completion": "many"}})
    send(stage, Kind.MILESTONES, {"account": "NOBODY", "milestone": "kickoff_done"})
    send(stage, Kind.FACTS, BrokenRow("the line is no JSON; expected one object", '{"account": oops'))
    rows = (FactRow(account_id_for("GONE"), 5, measure="setup_completion", account_key="GONE"),)
    record_facts(stage.world, FEED, RecordFacts(rows, "crm", "k"))
    an_import("Id,Setup\nFILE,many\nSHORT\n", stage)

    assert {(row.kind, row.source, row.place, row.account_key, row.subject, row.content) for row in listed(stage)} == {
        ("accounts", "crm", 1, "NEW", "", '{"key": "NEW", "measures": {"setup_completion": "many"}}'),
        ("milestones", "crm", 1, "NOBODY", "kickoff_done", '{"account": "NOBODY", "milestone": "kickoff_done"}'),
        ("facts", "crm", 1, None, "", '"{\\"account\\": oops"'),
        ("measures", "crm", 1, "GONE", "setup_completion", GONE),
        ("accounts", "import a.csv", 2, "FILE", "", '{"Id": "FILE", "Setup": "many"}'),
        ("accounts", "import a.csv", 3, None, "", '["SHORT"]'),
    }  # fmt: skip


def test_a_corrected_file_resolves_and_a_dry_run_writes_nothing(stage: Stage) -> None:
    an_import("Id,Setup\nFILE,many\n", stage, dry_run=True)
    assert listed(stage) == ()

    an_import("Id,Setup\nFILE,many\n", stage)
    an_import("Id,Setup\nFILE,30\n", stage)

    assert [row.resolved_at for row in listed(stage)] == [stage.clock()]


def test_what_no_database_keeps_is_kept_as_far_as_it_goes(stage: Stage) -> None:
    odd = {"account": "A\x00B", "measure": "\ud800", "value": "x" * 5_000}

    send(stage, Kind.MEASURES, odd)

    (row,) = listed(stage)
    assert (row.account_key, row.subject, len(row.content), row.is_cut) == (None, "", LONGEST_CONTENT, True)
    assert row.content.startswith('{"account": "A\\u0000B", "measure": "?", "value": "xxx')


def test_the_list_is_paged_and_filtered(stage: Stage) -> None:
    stage.sign("ACME")
    for number in range(3):
        stage.clock.turn(days=1)
        send(stage, Kind.MEASURES, measure("ACME", f"bad {number}"), source=f"source {number}")
    send(stage, Kind.FACTS, {"account": "NOBODY", "fact": "account.arr", "value": 1}, source="source 0")

    def page(request: PageRequest) -> tuple[list[str], int | None]:
        found = page_ingest_errors(stage.world, ADMIN, request, RefusedFilter(kind="measures"))
        return [row.source for row in found.items], found.total

    first = page_ingest_errors(stage.world, ADMIN, PageRequest(2), RefusedFilter(kind="measures"))
    assert page(PageRequest(2, with_total=True)) == (["source 2", "source 1"], 3)
    assert page(PageRequest(2, after=first.cursors[-1])) == (["source 0"], None)
    assert page(PageRequest(2, backwards=True)) == (["source 1", "source 0"], None)
    assert page(PageRequest(2, before=first.cursors[-1], backwards=True)) == (["source 2"], None)
    assert len(listed(stage, RefusedFilter(source="source 0"))) == 2
    assert [row.kind for row in listed(stage, RefusedFilter(code="unknown_account"))] == ["facts"]
    assert len(listed(stage, RefusedFilter(account_id=account_id_for("ACME")))) == 3
    assert len(listed(stage, RefusedFilter(since=stage.clock()))) == 2
    assert len(listed(stage, RefusedFilter(before=stage.clock()))) == 2


def test_who_is_limited_to_some_accounts_sees_those_only(stage: Stage) -> None:
    stage.sign("ACME", csm="ada")
    stage.sign("BOLT", csm="bob")
    send(stage, Kind.MEASURES, *(measure(key, "many") for key in ("ACME", "BOLT", "NOBODY")), [1])
    ada = replace(VIEWER, portfolio=Portfolio(csms=frozenset({"ada"})))

    assert [row.account_key for row in listed(stage, actor=ada)] == ["ACME"]
    assert view_operations(stage.world, ada).refused == 1
    assert len(listed(stage)) == 4
    with pytest.raises(Forbidden):
        listed(stage, actor=Actor("feed", frozenset({Role.INGEST})))


def test_an_erased_account_leaves_no_row_and_gets_none(stage: Stage) -> None:
    account = stage.sign("ACME")
    send(stage, Kind.MEASURES, measure("ACME", "many"), measure("BOLT", 1))

    erase_account(stage.world, ADMIN, account, "Art. 17")
    send(stage, Kind.MEASURES, measure("ACME", "many"))

    assert [row.account_key for row in listed(stage)] == ["BOLT"]


def test_old_ones_go_and_so_do_more_than_so_many(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    send(stage, Kind.MEASURES, measure("OLD", 1))
    for day in range(3):
        stage.clock.turn(days=31 if day == 0 else 1)
        send(stage, Kind.MEASURES, measure(f"NOBODY {day}", 1))

    by_age = retain(stage.world, ADMIN, Keep())[Kept.REFUSED_ROWS]
    monkeypatch.setattr(retention, "MOST_REFUSED", 2)
    by_number = retain(stage.world, ADMIN, Keep(refused_rows=None))[Kept.REFUSED_ROWS]
    beyond = retain(stage.world, ADMIN, Keep())[Kept.REFUSED_ROWS]

    assert (by_age, by_number, beyond) == (1, 0, 1)
    assert [row.account_key for row in listed(stage)] == ["NOBODY 2", "NOBODY 1"]


def test_a_row_about_an_account_by_its_id_is_known_by_that(stage: Stage) -> None:
    nobody = uuid4()
    record_facts(stage.world, FEED, RecordFacts((FactRow(nobody, 1, fact="account.arr"),), "crm", "k"))

    (row,) = listed(stage)
    assert (row.account_id, row.account_key, row.has_account, row.subject) == (nobody, None, False, "account.arr")
