"""Erasing an account takes what was known about it, and leaves every proof valid."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import Table, func, select

from lifecycle_fsm.domain.errors import Forbidden, InvalidInput, StoreFailed, UnknownAccount
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.audit.checkpoints import sign_checkpoint
from lifecycle_fsm.services.audit.erase import (
    erase_account,
    erasure_list,
    read_erasures,
    replay_erasures,
    write_erasures,
)
from lifecycle_fsm.services.audit.signing import make_signer
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.fire import FireTransition, fire_transition
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.intake.batch import Batch, take_batch
from lifecycle_fsm.services.intake.rows import Kind
from lifecycle_fsm.services.observe import FactRow, RowNote, RowResult
from lifecycle_fsm.services.refused_rows import RefusedFilter, page_ingest_errors
from lifecycle_fsm.services.register import AccountNote, AccountRow, register_accounts
from lifecycle_fsm.store.erasure import EMPTIED
from lifecycle_fsm.store.history import load_chain
from lifecycle_fsm.store.tables import metadata
from tests.worlds import ADMIN, CSM, Stage

GROUND = "GDPR article 17"


def rows_of(stage: Stage, account: UUID) -> dict[str, int]:
    """How many rows each table has of the account, those without any left out."""
    with stage.world.database.reading() as connection:
        counts = {table.name: _count(connection, table, account) for table in metadata.tables.values()}
    return {name: count for name, count in counts.items() if count}


def _count(connection: object, table: Table, account: UUID) -> int:
    if "account_id" not in table.c:
        return 0
    query = select(func.count()).select_from(table).where(table.c.account_id == account)
    count: int = connection.execute(query).scalar_one()  # type: ignore[attr-defined]  # any connection
    return count


def test_leaves_only_what_proves_history(stage: Stage, acme: UUID, bolt: UUID) -> None:
    sign_checkpoint(stage.world, ADMIN, make_signer("example.com/log"))
    before = rows_of(stage, bolt)

    erased = erase_account(stage.world, ADMIN, acme, GROUND)

    assert (erased.erasure.ground, erased.already) == (GROUND, False)
    kept = {"account_state": 1, "transition_log": 8, "merkle_leaf": 7, "erasure": 1, "stage_visit": 3, "stage_tally": 6}
    assert rows_of(stage, acme) == kept
    assert rows_of(stage, bolt) == before


def test_every_proof_stays_valid_and_the_report_says_erased(stage: Stage, acme: UUID, bolt: UUID) -> None:
    sign_checkpoint(stage.world, ADMIN, make_signer("example.com/log"))

    erase_account(stage.world, ADMIN, acme, GROUND)

    report = verify(stage.world, ADMIN)
    assert (report.flaws, report.rows, report.erased, report.inputs) == ([], 15, 6, 6)
    assert report.excepted["erased"] == 1


def test_the_last_row_says_who_erased_and_nothing_more(stage: Stage, acme: UUID) -> None:
    erase_account(stage.world, ADMIN, acme, GROUND)

    with stage.world.database.reading() as connection:
        last = load_chain(connection, acme)[-1]
    assert (last.seq, last.entry.kind, last.entry.actor) == (8, RecordKind.ERASED, "root")
    assert (last.entry.from_stage, last.entry.to_stage) == ("onboarding", "unassigned")


def test_an_erased_account_is_left_alone(stage: Stage, acme: UUID) -> None:
    erase_account(stage.world, ADMIN, acme, GROUND)
    stage.clock.turn(days=400)
    evaluate_waiting(stage.world, ADMIN)

    assert rows_of(stage, acme) == {
        "account_state": 1,
        "transition_log": 8,
        "erasure": 1,
        "stage_visit": 3,
        "stage_tally": 6,
    }


def test_nothing_is_written_about_an_erased_account(stage: Stage, acme: UUID) -> None:
    erase_account(stage.world, ADMIN, acme, GROUND)
    before = rows_of(stage, acme)
    fact = FactRow(acme, 55.0, measure="setup_completion")
    milestone = {"account": "ACME", "milestone": "kickoff_done"}

    facts = record_facts(stage.world, ADMIN, RecordFacts((fact,), "crm", "after-1"))
    dated = take_batch(stage.world, ADMIN, Batch(Kind.MILESTONES, [milestone], "crm", "after-2"))
    with pytest.raises(UnknownAccount):
        fire_transition(stage.world, CSM, FireTransition(acme, "start_onboarding", "after-3"))

    assert [(row.code, row.accepted) for row in facts.rows] == [("unknown_account", False)]
    assert [problem.code for problem in dated.problems] == ["unknown_account"]
    assert rows_of(stage, acme) == before


@pytest.mark.parametrize("times", [1, 2])
def test_nobody_comes_back_under_the_key_of_an_erased_account(stage: Stage, acme: UUID, times: int) -> None:
    erase_account(stage.world, ADMIN, acme, GROUND)
    before = rows_of(stage, acme)
    rows = [AccountRow("ACME", "Acme Inc.", csm="ada")] * times + [AccountRow("NEW", "New Inc.")]

    *gone, new = register_accounts(stage.world, ADMIN, rows, "crm").rows

    refused = RowResult(
        0, RowNote.REJECTED, "unknown_account", "the account was erased; nothing is recorded about it", "key"
    )
    assert [(each.note, each.problems) for each in gone] == [(AccountNote.REJECTED, (refused,))] * times
    assert new.note is AccountNote.CREATED
    assert rows_of(stage, acme) == before


def test_a_row_about_an_erased_account_is_refused_and_what_it_says_is_not_kept(stage: Stage, acme: UUID) -> None:
    erase_account(stage.world, ADMIN, acme, GROUND)
    sent: list[object] = [{"key": "ACME", "name": "Acme Inc.", "attributes": {"owner": "Ann"}}, {"key": "NEW"}]

    taken = take_batch(stage.world, ADMIN, Batch(Kind.ACCOUNTS, sent, "crm", "after-1"))
    kept = page_ingest_errors(stage.world, ADMIN, PageRequest(10), RefusedFilter()).items

    assert [(problem.index, problem.code) for problem in taken.problems] == [(0, "unknown_account")]
    assert list(kept) == []


def test_erasing_twice_is_erasing_once(stage: Stage, acme: UUID) -> None:
    first = erase_account(stage.world, ADMIN, acme, GROUND)
    again = erase_account(stage.world, ADMIN, acme, "another ground")

    assert (again.erasure, again.already) == (first.erasure, True)


def test_a_restored_backup_replays_the_list(stage: Stage, acme: UUID) -> None:
    erase_account(stage.world, ADMIN, acme, GROUND)
    written = write_erasures(erasure_list(stage.world, ADMIN))
    backup = stage.sign("BOLT", arr=250_000)
    listed = read_erasures(written.replace(str(acme), str(backup)) + written.replace(str(acme), str(uuid4())))

    replayed = replay_erasures(stage.world, ADMIN, listed)

    assert [(each.erasure, each.already) for each in replayed] == [(listed[0], False)]
    assert verify(stage.world, ADMIN).holds
    assert "fact_history" not in rows_of(stage, backup)


def test_facts_of_others_are_still_protected(stage: Stage, acme: UUID, bolt: UUID) -> None:
    erase_account(stage.world, ADMIN, acme, GROUND)

    with pytest.raises(StoreFailed, match="refused"), stage.world.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM fact_history")


@pytest.mark.parametrize("line", ["{}", "nothing", '{"account_id": "1", "erased_at": "2026-01-01T00:00:00Z"}'])
def test_a_broken_list_is_refused(line: str) -> None:
    with pytest.raises(InvalidInput, match="none of a list of erasures"):
        read_erasures(line)


def test_refuses_what_it_cannot_do(stage: Stage, acme: UUID) -> None:
    with pytest.raises(Forbidden):
        erase_account(stage.world, CSM, acme, GROUND)
    with pytest.raises(UnknownAccount):
        erase_account(stage.world, ADMIN, uuid4(), GROUND)
    with pytest.raises(InvalidInput, match="ground"):
        erase_account(stage.world, ADMIN, acme, " ")

    assert rows_of(stage, acme)["transition_log"] == 7


def test_no_table_of_accounts_was_forgotten() -> None:
    kept = {
        "account_state",
        "transition_log",
        "merkle_leaf",
        "erasure",
        "stage_visit",
        "stage_tally",
        "stage_entry",
        "verification",
    }
    of_accounts = {table.name for table in metadata.tables.values() if "account_id" in table.c}

    assert of_accounts - kept == {table.name for table in EMPTIED}
