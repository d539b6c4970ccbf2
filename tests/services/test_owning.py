"""Another CSM of an account is a record of its history."""

from collections.abc import Iterator

import pytest

from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.register import AccountNote, AccountRow
from lifecycle_fsm.services.story import sentences_of
from tests.worlds import ADMIN, Stage, a_stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url) as opened:
        yield opened


def test_a_new_csm_is_recorded_and_told(stage: Stage) -> None:
    account = stage.sign(csm="ada", arr=5_000)
    before = stage.see(account).lifecycle
    stage.clock.turn(hours=1)

    result = stage.register(AccountRow("ACME", "ACME", "bob"))
    again = stage.register(AccountRow("ACME", "ACME", "bob"))
    evaluate_waiting(stage.world, ADMIN)

    after = stage.see(account).lifecycle
    record = page_history(stage.world, ADMIN, [account], PageRequest(1))[account].items[0]
    told = sentences_of(stage.world, ADMIN, [(account, record.seq)])[account, record.seq]
    assert [row.note for row in (*result.rows, *again.rows)] == [AccountNote.UPDATED, AccountNote.UNCHANGED]
    assert (after.csm, after.revision, after.stage) == ("bob", before.revision + 1, before.stage)
    assert (record.kind, record.cause, record.actor, record.subject) == (
        RecordKind.CSM_CHANGED,
        Cause.IMPORT,
        "feed",
        "bob",
    )
    assert "gave the account to the CSM bob" in told
    assert verify(stage.world, ADMIN).holds


def test_a_row_without_a_csm_leaves_the_one_that_there_is(stage: Stage) -> None:
    account = stage.sign(csm="ada", arr=5_000)
    revision = stage.see(account).lifecycle.revision

    stage.register(AccountRow("ACME", "Another name"))

    assert (stage.see(account).lifecycle.csm, stage.see(account).lifecycle.revision) == ("ada", revision)


def test_an_account_without_history_is_given_over_without_a_record(stage: Stage) -> None:
    stage.register(AccountRow("LOOSE", "Loose", "ada"))
    (account,) = (row.account_id for row in stage.register(AccountRow("LOOSE", "Loose", "bob")).rows)

    assert (stage.see(account).lifecycle.csm, stage.see(account).lifecycle.revision) == ("bob", 0)
    assert verify(stage.world, ADMIN).holds
