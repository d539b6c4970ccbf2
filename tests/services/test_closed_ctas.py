"""An evaluation reads what its rules can see of closed CTAs, however many there are, and decides as if it read all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from lifecycle_fsm.domain.cta_selector import CtaSelector
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.reachable import read_reachable
from lifecycle_fsm.services.reading import Reading, read_accounts
from lifecycle_fsm.services.record import evaluation_after
from lifecycle_fsm.store.layout import load_layout
from tests.api.counting import counted
from tests.services.closed_ctas import an_account, close_many, files
from tests.worlds import ADMIN, Stage, a_stage

MANY = 10_000


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A store whose accounts are worn out by ten thousand reviews."""
    with a_stage(database_url, None) as opened:
        assert isinstance(publish(opened.world, ADMIN, files(MANY)), Published)
        yield opened


def test_ten_thousand_closed_ctas_are_counted_and_a_few_are_read(stage: Stage) -> None:
    account = an_account(stage)
    with stage.world.database.writing() as connection:
        close_many(stage, connection, account, MANY)
    as_of = stage.clock()

    with stage.world.database.reading() as connection:
        layout = load_layout(connection)
        with counted() as statements:
            near = read_reachable(stage.world, connection, [account], layout, as_of)[account]
        whole = read_accounts(stage.world, connection, [account], layout, as_of)[account]

    assert (len(whole.lifecycle.ctas), sorted(cta.template for cta in near.lifecycle.ctas)) == (
        MANY + 1,
        ["goals", "review"],
    )
    assert len(statements) <= 8
    assert near.lifecycle.archive is not None
    reviews = CtaSelector(templates=("review",), status="closed")
    assert near.lifecycle.archive.count(reviews, near.lifecycle.entered_at) == MANY - 1
    assert told(near) == told(whole)


def test_one_closed_in_the_same_moment_is_not_missed(stage: Stage) -> None:
    """What was closed at the evaluation date or after it could belong to a visit that begins now: all are read then."""
    account = an_account(stage)
    with stage.world.database.writing() as connection:
        close_many(stage, connection, account, 3)
    as_of = stage.clock() - timedelta(days=2) + timedelta(seconds=2)

    with stage.world.database.reading() as connection:
        near = read_reachable(stage.world, connection, [account], load_layout(connection), as_of)[account]

    assert (near.lifecycle.archive, len(near.lifecycle.ctas)) == (None, 4)


@pytest.mark.parametrize(("closed", "left_in"), [(MANY - 1, "work"), (MANY, "worn")])
def test_a_guard_counts_each_of_ten_thousand_and_is_decided_again(stage: Stage, closed: int, left_in: str) -> None:
    account = an_account(stage)
    with stage.world.database.writing() as connection:
        close_many(stage, connection, account, closed)

    stage.send(account, logins=30)

    assert stage.see(account).lifecycle.stage == left_in
    assert verify(stage.world, ADMIN).flaws == []


def test_the_last_of_ten_thousand_tells_when_the_next_one_opens(stage: Stage) -> None:
    account = an_account(stage)
    with stage.world.database.writing() as connection:
        close_many(stage, connection, account, MANY - 1)
    stage.send(account, logins=30)
    last = stage.clock() - timedelta(days=2) + timedelta(seconds=MANY - 2)

    due = stage.see(account).next_check_at
    stage.clock.at = last + timedelta(days=20)
    evaluate_waiting(stage.world, ADMIN)

    assert due == last + timedelta(days=20)
    assert stage.open_ctas(account)["review"].opened_at == due
    assert verify(stage.world, ADMIN).flaws == []


def told(reading: Reading) -> tuple[object, ...]:
    """What an evaluation comes to."""
    as_of = reading.lifecycle.entered_at + timedelta(days=30)
    found = evaluation_after(reading, (), as_of)
    steps = [replace(step, lifecycle=replace(step.lifecycle, ctas=(), archive=None)) for step in found.steps]
    assert [step.kind for step in steps][-1] is RecordKind.MOVED
    return steps, found.row, found.next_check_at
