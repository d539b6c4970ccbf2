"""No answer changes before the instant that is named for it."""

from random import Random

import pytest

from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.guards.deadlines import next_change, passes_at
from lifecycle_fsm.guards.model import Guard
from lifecycle_fsm.guards.reference import judge
from tests.properties.guard_trees import SHIFTS, WORLDS, World, random_guard, random_leaf, random_row, row_for

HORIZON_MS = 10 * DAY_MS


def later_instants(rng: Random, world: World, as_of_ms: int) -> list[int]:
    """Every instant around which the values and spans of a world let something change, and some others."""
    midnights = [world.midnight_ms + day * DAY_MS - shift for day in range(-6, 12) for shift in SHIFTS]
    marks = {instant + span for instant in (*world.instants, *midnights) for span in (0, DAY_MS, 2 * DAY_MS)}
    near = {mark + step for mark in marks for step in (-1, 0, 1)}
    others = {as_of_ms + rng.randrange(HORIZON_MS) for _ in range(20)}
    return sorted(instant for instant in near | others if instant > as_of_ms)


@pytest.fixture(params=[600, pytest.param(3_000, marks=pytest.mark.long)], ids="{} cases".format)
def cases(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def a_case(seed: int, depth: int) -> tuple[Random, World, Guard, int]:
    rng = Random(seed)
    world = rng.choice(WORLDS)
    guard = random_guard(rng, world, depth) if depth > 1 else random_leaf(rng, world)
    return rng, world, guard, rng.choice(world.instants)


def test_the_answer_stays_until_the_next_change(cases: int) -> None:
    for seed in range(cases):
        rng, world, guard, as_of_ms = a_case(seed, depth=1 + seed % 3)
        row = row_for(guard, random_row(rng, world))
        change_at, answer = next_change(guard, row, as_of_ms), judge(guard, row, as_of_ms)

        before = [at for at in later_instants(rng, world, as_of_ms) if change_at is None or at < change_at]

        assert change_at is None or change_at > as_of_ms
        assert {judge(guard, row, at) for at in before} <= {answer}, (guard, row, as_of_ms, change_at)


def test_a_leaf_passes_exactly_at_the_instant_that_is_named(cases: int) -> None:
    for seed in range(cases):
        rng, world, _, as_of_ms = a_case(seed, depth=1)
        leaf, row = random_leaf(rng, world), random_row(rng, world)
        if judge(leaf, row, as_of_ms):
            continue
        passes = passes_at(leaf, row, as_of_ms)

        true_at = [at for at in later_instants(rng, world, as_of_ms) if judge(leaf, row, at)]

        assert (passes is None) == (not true_at), (leaf, row, as_of_ms)
        if passes is not None:
            assert judge(leaf, row, passes) is True
            assert judge(leaf, row, passes - 1) is not True
            assert passes <= true_at[0]
