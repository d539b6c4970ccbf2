"""The past replayed where accounts go from one segment to another."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from uuid import UUID

import pytest

from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.services.planning.assigning import AssignSegment, assign_segment
from lifecycle_fsm.services.planning.simulation_text import simulation_text
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.simulate import Compared, Period, Simulation, simulate
from tests.builders import MONDAY, day
from tests.services.test_taken_away import FILES, LARGE, SMALL
from tests.worlds import ADMIN, Stage, a_stage

DAYS = Period(MONDAY, day(4), timedelta(days=1))
SMALL_TRIAL, GROWN, DONE = ("small", "trial"), ("large", "grown"), ("large", "done")
LATER = {**FILES, "segments/large.yaml": LARGE.replace(b"at_least: 1000}", b"at_least: 3000}")}
"""Definitions that take accounts to `large` from 3,000 on, and not from 1,000 on."""


@pytest.fixture
def here(database_url: str) -> Iterator[Stage]:
    """A store with two segments and no accounts."""
    with a_stage(database_url, None) as opened:
        assert isinstance(publish(opened.world, ADMIN, FILES), Published)
        yield opened


def sign(here: Stage, **facts: Outside) -> UUID:
    here.register(AccountRow("ACME", "ACME", facts=facts, stage="trial"))
    return account_id_for("ACME")


def simulated(here: Stage, files: Mapping[str, bytes]) -> Simulation:
    result = simulate(here.world, ADMIN, files, DAYS)
    assert isinstance(result, Simulation), result.diagnostics
    return result


def by_day(result: Simulation) -> list[dict[tuple[str, str], Compared]]:
    return [dict(rows) for rows in result.distribution.values()]


def grow(here: Stage) -> UUID:
    """A small account whose revenue is 1,500 from day 1 on, and 6,000 from day 3 on; it is day 4."""
    account = sign(here, arr=10)
    here.clock.turn(days=1)
    sign(here, arr=1500)
    here.clock.turn(days=2)
    sign(here, arr=6000)
    here.clock.turn(days=1)
    return account


def test_the_same_definitions_take_the_account_when_they_did(here: Stage) -> None:
    grow(here)

    result = simulated(here, FILES)

    assert by_day(result) == [
        {SMALL_TRIAL: Compared(1, 1)},
        {GROWN: Compared(1, 1)},
        {GROWN: Compared(1, 1)},
        {DONE: Compared(1, 1)},
        {DONE: Compared(1, 1)},
    ]
    assert result.reassigned == {("small", "large"): Compared(1, 1)}
    assert result.transitions == {("large", "grown.won"): Compared(1, 1)}


def test_a_draft_takes_the_account_when_its_own_rule_would_have(here: Stage) -> None:
    grow(here)

    result = simulated(here, LATER)

    assert by_day(result)[1:4] == [
        {GROWN: Compared(1, 0), SMALL_TRIAL: Compared(0, 1)},
        {GROWN: Compared(1, 0), SMALL_TRIAL: Compared(0, 1)},
        {DONE: Compared(1, 1)},
    ]
    assert "small to large" in simulation_text(result)


def test_the_rules_of_a_draft_hold_from_the_first_date_on(here: Stage) -> None:
    sign(here, arr=500)
    here.clock.turn(days=4)

    result = simulated(
        here,
        {**FILES, "segments/large.yaml": LARGE.replace(b"fact: arr, at_least: 1000}", b"fact: arr, at_least: 400}")},
    )

    assert by_day(result) == [{GROWN: Compared(0, 1), SMALL_TRIAL: Compared(1, 0)}] * 5
    assert result.reassigned == {}


def test_a_date_that_passes_takes_the_account_in_the_past_too(here: Stage) -> None:
    sign(here, arr=10, trial_ends_on=here.clock().date().isoformat())
    here.clock.turn(days=4)

    sooner = LARGE.replace(b"days_since: trial_ends_on, at_least: 10", b"days_since: trial_ends_on, at_least: 2")
    result = simulated(here, {**FILES, "segments/large.yaml": sooner})

    assert by_day(result)[1:3] == [{SMALL_TRIAL: Compared(1, 1)}, {GROWN: Compared(0, 1), SMALL_TRIAL: Compared(1, 0)}]


def test_people_put_accounts_into_the_segments_into_which_they_did(here: Stage) -> None:
    account = sign(here, arr=10)
    here.clock.turn(days=1)
    assign_segment(here.world, ADMIN, AssignSegment(account, "large", "agreed", "k1", stage="start"))
    here.clock.turn(days=2)
    sign(here, arr=6000)
    here.clock.turn(days=1)

    result = simulated(here, LATER)

    assert by_day(result) == [{SMALL_TRIAL: Compared(1, 1)}, *[{("large", "start"): Compared(1, 1)}] * 4]
    assert result.reassigned == {("small", "large"): Compared(1, 1)}


def test_what_a_person_chose_before_the_period_no_rule_takes_back(here: Stage) -> None:
    account = sign(here, arr=10)
    assign_segment(here.world, ADMIN, AssignSegment(account, "small", "agreed", "k1"))
    sign(here, arr=6000)
    here.clock.turn(days=4)

    result = simulated(here, FILES)

    assert by_day(result) == [{SMALL_TRIAL: Compared(1, 1)}] * 5


def test_accounts_of_a_segment_that_the_draft_lacks_go_where_its_rules_say(here: Stage) -> None:
    grow(here)
    wide = LARGE.replace(b"fact: arr, at_least: 1000}", b"fact: arr, at_least: 0}")

    result = simulated(here, {"catalog.yaml": FILES["catalog.yaml"], "segments/large.yaml": wide})

    assert result.left_out == 0
    assert by_day(result)[0] == {GROWN: Compared(0, 1), SMALL_TRIAL: Compared(1, 0)}


def test_migrations_of_a_draft_say_where_a_stage_goes_on(here: Stage) -> None:
    sign(here, arr=10)
    here.clock.turn(days=4)
    renamed = SMALL.replace(b"trial", b"pilot") + b"migrations: {trial: pilot}\n"

    result = simulated(here, {**FILES, "segments/small.yaml": renamed})

    assert (result.left_out, by_day(result)[0]) == (
        0,
        {("small", "pilot"): Compared(0, 1), SMALL_TRIAL: Compared(1, 0)},
    )
