"""Verification of history as it was written; what is tampered with is in tests/faults."""

from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from lifecycle_fsm.domain.errors import Forbidden
from lifecycle_fsm.services.audit.machines import open_library
from lifecycle_fsm.services.audit.verify import Extent, verify
from tests.worlds import ADMIN, FEED, VIEWER, Stage


def test_everything_is_checked_and_holds(stage: Stage, acme: UUID, bolt: UUID) -> None:
    report = verify(stage.world, VIEWER)

    assert (report.holds, report.flaws, report.failed) == (True, [], 0)
    assert (report.accounts, report.rows, report.inputs, report.decided) == (2, 14, 12, 8)
    assert report.excepted == Counter({"assigned": 2, "cta_closed": 2, "override": 2})
    assert (report.erased, report.documents) == (0, 4)


def test_one_account_is_checked_alone(stage: Stage, acme: UUID, bolt: UUID) -> None:
    report = verify(stage.world, ADMIN, Extent(account_id=bolt))

    assert (report.holds, report.accounts, report.rows) == (True, 1, 7)


def test_an_unknown_account_has_nothing_to_check(stage: Stage, acme: UUID) -> None:
    report = verify(stage.world, ADMIN, Extent(account_id=uuid4()))

    assert (report.holds, report.accounts, report.rows) == (True, 0, 0)


def test_a_period_limits_the_evidence_and_not_the_chains(stage: Stage, acme: UUID) -> None:
    now = stage.clock()

    first = verify(stage.world, ADMIN, Extent(until=now - timedelta(hours=1)))
    last = verify(stage.world, ADMIN, Extent(since=now - timedelta(hours=1)))

    assert (first.rows, first.inputs, last.rows, last.inputs) == (7, 4, 7, 2)


def test_chains_alone_leave_the_evidence_alone(stage: Stage, acme: UUID) -> None:
    report = verify(stage.world, ADMIN, Extent(decisions=False))

    assert (report.holds, report.rows, report.inputs, report.decided) == (True, 7, 0, 0)


def test_processes_find_the_same(stage: Stage, acme: UUID, bolt: UUID) -> None:
    told: list[tuple[int, int]] = []

    report = verify(stage.world, ADMIN, processes=2, told=lambda done, of: told.append((done, of)))

    assert report == verify(stage.world, ADMIN)
    assert told == [(done, 64) for done in range(1, 65)]


def test_an_account_that_no_segment_took_has_no_history(stage: Stage) -> None:
    stage.sign("NOBODY")

    report = verify(stage.world, ADMIN)

    assert (report.holds, report.accounts, report.rows) == (True, 1, 0)


def test_who_may_not_read_history_may_not_verify(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        verify(stage.world, FEED)


def test_two_readings_of_the_published_rules_are_the_same_machines(stage: Stage, acme: UUID) -> None:
    """What is kept by machine is found by identity; equal machines that are not the same compare rules at each row."""
    with stage.world.database.reading() as connection:
        first, second = open_library(connection), open_library(connection)

    assert len(first.machines) > 0
    assert all(second.machines[digest] is machine for digest, machine in first.machines.items())
