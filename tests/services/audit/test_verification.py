"""Verifications as runs: part by part, over restarts, with a report and an audit entry at the end."""

from uuid import UUID

import pytest
from sqlalchemy import update

from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.errors import (
    Forbidden,
    IdempotencyConflict,
    InvalidInput,
    UnknownAccount,
    VerificationHeld,
)
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.audit.checkpoints import sign_checkpoint
from lifecycle_fsm.services.audit.log_check import Signed
from lifecycle_fsm.services.audit.signing import make_signer
from lifecycle_fsm.services.audit.verification import (
    Verification,
    anything_to_verify,
    begin_verification,
    find_verifications,
    finish_verification,
    list_verifications,
    read_report,
    start_verification,
    verify_next_part,
    write_report,
)
from lifecycle_fsm.services.audit.verify import Extent, verify
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import AuditEntry, all_entries
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.tables.accounts import account_state
from tests.worlds import ADMIN, CSM, Stage

FIRST, SECOND = UUID(int=1), UUID(int=2)
COMMAND, WORKER = "a command", "a worker"


def found(stage: Stage, key: UUID) -> Verification:
    return find_verifications(stage.world, ADMIN, [key])[key]


def said(stage: Stage) -> list[AuditEntry]:
    with stage.world.database.reading() as connection:
        return [each.entry for each in all_entries(connection) if each.entry.kind is AuditKind.VERIFIED]


def test_a_verification_goes_on_after_a_restart_and_comes_to_the_same(stage: Stage, acme: UUID) -> None:
    sign_checkpoint(stage.world, ADMIN, make_signer("log"))
    expected = verify(stage.world, ADMIN)
    start_verification(stage.world, ADMIN, Extent(), FIRST)
    for _ in range(32):
        verify_next_part(stage.world, WORKER)
    half = found(stage, FIRST)

    another = World(Database(stage.world.database.url.render_as_string(hide_password=False)), stage.clock)
    parts = 0
    while verify_next_part(another, WORKER):
        parts += 1
    another.database.dispose()

    whole = found(stage, FIRST)
    assert (half.percentage, half.stored.finished_at, said(stage)[:-1]) == (49, None, [])
    assert (whole.percentage, whole.stored.finished_at, parts) == (100, stage.clock(), 33)
    assert whole.report == expected
    assert not anything_to_verify(stage.world, WORKER)


def test_what_does_not_hold_is_kept_and_said_who_verified(stage: Stage, acme: UUID) -> None:
    with stage.world.database.writing() as connection:
        connection.execute(update(account_state).where(account_state.c.account_id == acme).values(head_hash=bytes(32)))
    start_verification(stage.world, ADMIN, Extent(acme), FIRST)

    while verify_next_part(stage.world, WORKER):
        pass

    report = found(stage, FIRST).report
    (entry,) = said(stage)
    assert [(flaw.check.value, flaw.account_id) for flaw in report.flaws] == [("head", acme)]
    assert (entry.actor, entry.subject) == (ADMIN.name, str(acme))
    assert (entry.details["holds"], entry.details["failed"], entry.details["rows"]) == (False, 1, report.rows)
    assert read_report(write_report(report)) == report


def test_the_same_key_asks_once_and_only_for_the_same(stage: Stage, acme: UUID) -> None:
    first = start_verification(stage.world, ADMIN, Extent(acme), FIRST)
    again = start_verification(stage.world, ADMIN, Extent(acme), FIRST)
    with pytest.raises(IdempotencyConflict):
        start_verification(stage.world, ADMIN, Extent(), FIRST)
    start_verification(stage.world, ADMIN, Extent(), SECOND)

    page = list_verifications(stage.world, ADMIN, PageRequest(1))
    rest = list_verifications(stage.world, ADMIN, PageRequest(1, after=page.cursors[0]))

    assert (first.what, first.replayed, again.replayed) == (again.what, False, True)
    assert [each.stored.id for each in (*page.items, *rest.items)] == [SECOND, FIRST]


def test_verifying_at_once_is_kept_like_the_others(stage: Stage, acme: UUID) -> None:
    begin_verification(stage.world, ADMIN, Extent(), FIRST, COMMAND)
    report = finish_verification(stage.world, ADMIN, FIRST, COMMAND).report

    (kept,) = list_verifications(stage.world, ADMIN, PageRequest(5)).items
    (entry,) = said(stage)
    assert (report.holds, kept.percentage, kept.report) == (True, 100, report)
    assert (entry.subject, entry.details["holds"]) == ("all accounts", True)


def test_a_worker_leaves_what_a_command_holds_alone(stage: Stage, acme: UUID, bolt: UUID) -> None:
    expected, worked = verify(stage.world, ADMIN), []
    begin_verification(stage.world, ADMIN, Extent(), FIRST, COMMAND)

    def work(*_: int) -> None:
        worked.append((anything_to_verify(stage.world, WORKER), verify_next_part(stage.world, WORKER)))

    done = finish_verification(stage.world, ADMIN, FIRST, COMMAND, told=work)

    assert (done.percentage, done.report, len(said(stage))) == (100, expected, 1)
    assert worked == [(False, False)] * 65


def test_a_command_does_not_go_on_where_a_worker_is_at_it(stage: Stage, acme: UUID) -> None:
    start_verification(stage.world, ADMIN, Extent(), FIRST)
    verify_next_part(stage.world, WORKER)

    with pytest.raises(VerificationHeld) as told:
        finish_verification(stage.world, ADMIN, FIRST, COMMAND)
    stage.clock.turn(seconds=10)
    done = finish_verification(stage.world, ADMIN, FIRST, COMMAND)

    assert told.value.message == (
        f"a worker is at the verification '{FIRST}', with 1 of 65 parts done; wait until it has ended, or end that "
        "process first (if it died, it is free at 12:00:10 UTC)"
    )
    assert (done.percentage, done.stored.holder, done.stored.held_until) == (100, None, None)


def test_a_part_that_lasted_so_long_that_another_took_over_is_not_kept(stage: Stage, acme: UUID) -> None:
    begin_verification(stage.world, ADMIN, Extent(acme), FIRST, COMMAND)

    def fall_asleep(*_: int) -> None:
        stage.clock.turn(minutes=5)
        verify_next_part(stage.world, WORKER)

    with pytest.raises(VerificationHeld):
        finish_verification(stage.world, ADMIN, FIRST, COMMAND, told=fall_asleep)

    whole = found(stage, FIRST)
    assert (whole.percentage, whole.report, len(said(stage))) == (100, verify(stage.world, ADMIN, Extent(acme)), 1)


def test_one_that_has_ended_is_told_again(stage: Stage, acme: UUID) -> None:
    begin_verification(stage.world, ADMIN, Extent(acme), FIRST, COMMAND)

    first, again = (finish_verification(stage.world, ADMIN, FIRST, COMMAND) for _ in range(2))

    assert (again, len(said(stage))) == (first, 1)


def test_checkpoints_kept_outside_are_checked_before_anything_is_kept(stage: Stage, acme: UUID) -> None:
    outside = Signed(verifiers=("nobody.example+00000000+AAAA",))
    note = sign_checkpoint(stage.world, ADMIN, make_signer("log")).note

    with pytest.raises(InvalidInput):
        begin_verification(stage.world, ADMIN, Extent(outside=outside), FIRST, COMMAND)
    begin_verification(stage.world, ADMIN, Extent(outside=Signed((note,))), SECOND, COMMAND)

    (kept,) = list_verifications(stage.world, ADMIN, PageRequest(5)).items
    assert (kept.stored.id, kept.stored.done, kept.report.checkpoints) == (SECOND, 1, 2)


def test_who_may_not_review_and_what_is_not_there_are_refused(stage: Stage, acme: UUID) -> None:
    with pytest.raises(Forbidden):
        start_verification(stage.world, CSM, Extent(), FIRST)
    with pytest.raises(Forbidden):
        begin_verification(stage.world, CSM, Extent(), FIRST, COMMAND)
    with pytest.raises(Forbidden):
        finish_verification(stage.world, CSM, FIRST, COMMAND)
    with pytest.raises(UnknownAccount):
        begin_verification(stage.world, ADMIN, Extent(UUID(int=9)), FIRST, COMMAND)
    with pytest.raises(UnknownAccount):
        start_verification(stage.world, ADMIN, Extent(UUID(int=9)), FIRST)
    with pytest.raises(InvalidInput):
        start_verification(stage.world, ADMIN, Extent(since=stage.clock(), until=stage.clock()), FIRST)
    assert not anything_to_verify(stage.world, WORKER)
