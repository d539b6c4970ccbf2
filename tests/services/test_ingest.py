"""Facts and measures arrive."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from lifecycle_fsm.domain.errors import Forbidden, IdempotencyConflict, InvalidInput
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.ingest import Ingested, RecordFacts, record_facts
from lifecycle_fsm.services.observe import FactRow, RowNote
from lifecycle_fsm.services.register import AccountRow
from tests.worlds import ADMIN, CSM, FEED, VIEWER, Stage

ANY = UUID(int=0)
"""An account that the test puts in."""


def send(stage: Stage, *rows: FactRow, key: str | None = None) -> Ingested:
    return record_facts(stage.world, FEED, RecordFacts(rows, "crm", key or stage.key()))


@pytest.fixture
def account(stage: Stage) -> UUID:
    return stage.sign(arr=5_000, csm=None)


def test_a_measure_shows_at_once(stage: Stage, account: UUID) -> None:
    stage.send(account, setup_completion=100)
    before = stage.see(account)

    result = send(
        stage, FactRow(account, 0.5, measure="usage.wau_ratio"), FactRow(account, 10, measure="usage.logins_30d")
    )

    (view,) = result.accounts
    assert before.lifecycle.stage == "onboarding"
    assert [row.note for row in result.rows] == [RowNote.RECORDED, RowNote.RECORDED]
    assert view.facts.values["measure.usage.wau_ratio"] == 0.5
    assert (before.health.score, view.health.score) == (100.0, 91.07142857142857)


@pytest.mark.parametrize(
    ("row", "code", "path", "message"),
    [
        (FactRow(ANY, float("nan"), measure="setup_completion"), "invalid_input", "value", "'nan'; expected a finite"),
        (FactRow(ANY, float("inf"), measure="setup_completion"), "invalid_input", "value", "'inf'; expected a finite"),
        (FactRow(ANY, 101, measure="setup_completion"), "invalid_input", "value", "expected 0 to 100 %"),
        (FactRow(ANY, 1, measure="setup_completon"), "unknown_measure", "measure", "did you mean 'setup_completion'"),
        (FactRow(ANY, 1, fact="nothing.like.it"), "unknown_fact", "fact", "the catalog has: account.arr"),
        (FactRow(ANY, "2026-13-01", fact="account.renewal_on"), "invalid_input", "value", "expected a date"),
        (FactRow(ANY, "9999-01-01", fact="account.renewal_on"), "invalid_input", "value", "expected a date"),
        (FactRow(ANY, "gone", fact="account.status"), "invalid_input", "value", "one of active, churned"),
        (FactRow(ANY, 1, measure="a", fact="b"), "invalid_input", "measure", "both or none"),
        (FactRow(ANY, 1), "invalid_input", "measure", "both or none"),
    ],
)  # fmt: skip
def test_a_bad_row_is_told_and_spoils_no_other(
    stage: Stage, account: UUID, row: FactRow, code: str, path: str, message: str
) -> None:
    result = send(stage, replace(row, account=account), FactRow(account, 3, measure="support.open_tickets"))

    bad, good = result.rows
    assert (bad.note, bad.code, bad.path) == (RowNote.REJECTED, code, f"rows.0.{path}")
    assert message in str(bad.message)
    assert good.note is RowNote.RECORDED
    assert stage.see(account).facts.values["measure.support.open_tickets"] == 3.0


def test_an_unknown_account_is_told_by_the_name_that_was_given(stage: Stage, account: UUID) -> None:
    nobody = uuid4()

    result = send(
        stage,
        FactRow(nobody, 3, measure="support.open_tickets"),
        FactRow(nobody, 3, measure="support.open_tickets", account_key="ACNE"),
    )

    assert [(row.code, row.message, row.path) for row in result.rows] == [
        ("unknown_account", f"there is no account with {named}; import or register it first", f"rows.{index}.account")
        for index, named in enumerate((f"the id '{nobody}'", "the key 'ACNE'"))
    ]
    assert result.accounts == ()


def test_a_value_from_the_future_is_refused(stage: Stage, account: UUID) -> None:
    later = stage.clock() + timedelta(minutes=1)

    result = send(stage, FactRow(account, 3, measure="support.open_tickets", observed_at=later))

    assert [row.path for row in result.rows] == ["rows.0.observedAt"]


def test_late_data_goes_to_history_and_never_overwrites(stage: Stage, account: UUID) -> None:
    stage.clock.turn(days=5)
    now, then = stage.clock(), stage.clock() - timedelta(days=3)
    send(stage, FactRow(account, 7, measure="support.open_tickets", observed_at=now))

    result = send(stage, FactRow(account, 2, measure="support.open_tickets", observed_at=then))

    assert [row.note for row in result.rows] == [RowNote.LATE]
    assert stage.see(account).facts.values["measure.support.open_tickets"] == 7.0


def test_the_same_value_at_the_same_instant_is_no_change(stage: Stage, account: UUID) -> None:
    send(stage, FactRow(account, 7, measure="support.open_tickets"))
    revision = stage.see(account).lifecycle.revision

    result = send(stage, FactRow(account, 7, measure="support.open_tickets"))

    assert [row.note for row in result.rows] == [RowNote.UNCHANGED]
    assert stage.see(account).lifecycle.revision == revision


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_blank_is_unknown_and_never_zero(stage: Stage, account: UUID, blank: Outside) -> None:
    send(stage, FactRow(account, 7, measure="support.open_tickets"))
    stage.clock.turn(hours=1)

    result = send(stage, FactRow(account, blank, measure="support.open_tickets"))

    assert [row.note for row in result.rows] == [RowNote.RECORDED]
    assert stage.see(account).facts.values.get("measure.support.open_tickets") is None


def test_a_repeated_batch_gets_its_first_answer(stage: Stage, account: UUID) -> None:
    row = FactRow(account, 7, measure="support.open_tickets")
    first = send(stage, row, key="batch-1")
    stage.clock.turn(days=1)

    again = send(stage, row, key="batch-1")

    assert (again.rows, again.replayed) == (first.rows, True)
    with pytest.raises(IdempotencyConflict, match="'batch-1' came with other rows"):
        send(stage, replace(row, value=8), key="batch-1")


def test_an_empty_batch_and_a_viewer_are_refused(stage: Stage, account: UUID) -> None:
    with pytest.raises(InvalidInput, match="0 rows; expected 1 to 1000"):
        send(stage)
    with pytest.raises(Forbidden):
        record_facts(stage.world, VIEWER, RecordFacts((FactRow(account, 1, measure="x"),), "crm", "k"))


def test_a_large_batch_waits_for_the_next_run(stage: Stage) -> None:
    few = Stage(replace(stage.world, small_batch=1), stage.clock)
    accounts = [stage.sign(f"A{number}", arr=5_000, csm=None) for number in range(3)]
    send(stage, *(FactRow(account, 90, measure="setup_completion") for account in accounts))
    rows = tuple(FactRow(account, "churned", fact="account.status") for account in accounts)
    record_facts(few.world, FEED, RecordFacts(rows, "crm", "big"))
    waiting = [stage.see(account).lifecycle.stage for account in accounts]

    summary = evaluate_waiting(few.world, ADMIN)

    assert waiting == ["onboarding"] * 3
    assert (summary.looked_at, summary.moved) == (3, 3)
    assert [stage.see(account).lifecycle.stage for account in accounts] == ["churned"] * 3
    assert evaluate_waiting(few.world, ADMIN).looked_at == 0


def test_an_account_that_no_segment_takes_is_kept_and_taken_later(stage: Stage) -> None:
    account = stage.sign("LATER", csm="ada")
    unassigned = stage.see(account)

    stage.tell(account, arr=30_000)

    assert (unassigned.lifecycle.segment, unassigned.machine) == ("unassigned", None)
    assert unassigned.available == ()
    taken = stage.see(account).lifecycle
    assert (taken.segment, taken.stage, taken.visits) == ("mid_market", "new_customer", {"new_customer": 1})
    assert [cta.template for cta in taken.ctas] == ["kickoff_call"]


def test_an_account_starts_where_it_stands_and_a_stage_that_is_none_is_kept_as_ignored(stage: Stage) -> None:
    facts: dict[str, Outside] = {"account.arr": 50_000, "account.status": "active"}
    stage.register(AccountRow("THERE", "There", "ada", facts=facts, stage="adoption"))
    stage.register(AccountRow("NOWHERE", "Nowhere", "ada", facts=facts, stage="launched"))

    rows = page_history(stage.world, ADMIN, [account_id_for("NOWHERE")], PageRequest(9))[account_id_for("NOWHERE")]

    assert stage.see(account_id_for("THERE")).lifecycle.stage == "adoption"
    assert stage.see(account_id_for("THERE")).lifecycle.ctas == ()
    assert stage.see(account_id_for("NOWHERE")).lifecycle.stage == "new_customer"
    assert rows.items[-1].effects[0] == {"did": "stage_ignored", "stage": "launched"}


def test_a_csm_may_record_facts(stage: Stage, account: UUID) -> None:
    wanted = RecordFacts((FactRow(account, 9, measure="support.open_tickets"),), "call", "k1")

    assert [row.accepted for row in record_facts(stage.world, CSM, wanted).rows] == [True]
