"""The boxes answer as z3 does, as random rows do, and with examples that hold."""

from random import Random

import pytest

from lifecycle_fsm.domain.fields import Field, FieldKind
from lifecycle_fsm.domain.moments import DAY_MS, EARLIEST, LATEST, to_ms
from lifecycle_fsm.guards.boxes.answers import Answer, Satisfiable, Unsatisfiable
from lifecycle_fsm.guards.boxes.limits import Limit, Limits
from lifecycle_fsm.guards.boxes.literals import Want
from lifecycle_fsm.guards.boxes.places import in_utc, is_local
from lifecycle_fsm.guards.boxes.plain import plainly_possible
from lifecycle_fsm.guards.boxes.questions import Asked, difference, implies, overlap, satisfiable, together
from lifecycle_fsm.guards.model import (
    All,
    AnyOf,
    Freshness,
    Guard,
    Held,
    Known,
    Leaf,
    Not,
    OneOf,
    Reading,
    Subject,
    SubjectKind,
    Test,
    Truth,
    Within,
    held_parts,
)
from lifecycle_fsm.guards.reference import judge
from tests.properties.box_oracle import Oracle
from tests.properties.guard_trees import (
    FIELDS,
    SPANS,
    WORLDS,
    World,
    random_guard,
    random_local_leaf,
    random_row,
    row_for,
)

WANTED: dict[Want, tuple[Truth, ...]] = {
    Want.TRUE: (True,),
    Want.FALSE: (False,),
    Want.UNKNOWN: (None,),
    Want.NOT_TRUE: (False, None),
    Want.NOT_FALSE: (True, None),
}

_DATES = Limit(to_ms(EARLIEST), to_ms(LATEST) - 1)
_ENTERED = Limit(_DATES.low, _DATES.high, always_known=True)
_COUNTS = Limit(-(2**53), 2**53)


def limits_for(*guards: Guard) -> Limits:
    """The trees' fields as wide as their kinds are, though their names are those of families."""
    own = {field.key: _COUNTS for field in FIELDS if field.kind is FieldKind.INTEGER}
    held = {part.since.key: _DATES for guard in guards for part in held_parts(guard)}
    return Limits({**own, **held, "stage.entered_at": _DATES})


def assert_holds(answer: Answer, *asked: tuple[Guard, Want]) -> None:
    """An example gives every guard the answer wanted; a core contradicts itself."""
    if isinstance(answer, Satisfiable):
        for guard, want in asked:
            assert judge(guard, answer.example.row, answer.example.as_of_ms) in WANTED[want], (guard, want, answer)
    assert isinstance(answer, (Satisfiable, Unsatisfiable))


def a_guard(rng: Random, world: World, depth: int) -> Guard:
    """A random guard that counts days in UTC."""
    return in_utc(random_guard(rng, world, depth))


@pytest.mark.parametrize("seed", range(150))
def test_whether_a_guard_can_answer_as_wanted_is_what_z3_says(seed: int) -> None:
    rng = Random(seed)
    guard = a_guard(rng, rng.choice(WORLDS), rng.choice((2, 3, 4)))
    want = rng.choice(tuple(Want))

    answer = together((Asked(guard, want),), limits_for(guard))

    assert_holds(answer, (guard, want))
    assert isinstance(answer, Satisfiable) is Oracle().can((guard, want)), guard


@pytest.mark.parametrize("seed", range(150))
def test_whether_two_guards_overlap_or_imply_each_other_is_what_z3_says(seed: int) -> None:
    rng = Random(1_000 + seed)
    world = rng.choice(WORLDS)
    first, second = (a_guard(rng, world, 3) for _ in range(2))
    limits = limits_for(first, second)

    both, rest = overlap(first, second, limits), difference(first, second, limits)

    assert_holds(both, (first, Want.TRUE), (second, Want.TRUE))
    assert_holds(rest, (first, Want.TRUE), (second, Want.NOT_TRUE))
    assert isinstance(both, Satisfiable) is Oracle().can((first, Want.TRUE), (second, Want.TRUE))
    assert implies(first, second, limits) is not Oracle().can((first, Want.TRUE), (second, Want.NOT_TRUE))


@pytest.mark.parametrize("seed", range(40))
def test_a_guard_that_some_row_answers_can_be_answered_so(seed: int) -> None:
    rng = Random(2_000 + seed)
    world = rng.choice(WORLDS)
    guard = a_guard(rng, world, 4)
    rows = [row_for(guard, random_row(rng, world)) for _ in range(40)]
    found = {judge(guard, row, rng.choice(world.instants)) for row in rows}

    for want in (Want.TRUE, Want.FALSE, Want.UNKNOWN):
        answer = together((Asked(guard, want),), limits_for(guard))

        assert isinstance(answer, Satisfiable) or not found.intersection(WANTED[want]), (guard, want)


@pytest.mark.parametrize("seed", range(60))
def test_the_core_of_a_guard_that_is_never_true_is_minimal(seed: int) -> None:
    rng = Random(3_000 + seed)
    parts = tuple(a_guard(rng, WORLDS[0], 1) for _ in range(10))
    guard = All(parts)
    answer = satisfiable(guard, limits_for(guard))
    if isinstance(answer, Satisfiable):
        return
    assert isinstance(answer, Unsatisfiable)
    paths = {placed.path for placed in answer.core}

    needed = {int(path.split(".")[1]) for path in paths}

    assert not Oracle().can(*((parts[index], Want.TRUE) for index in needed))
    for left_out in needed:
        rest = All(tuple(parts[index] for index in needed - {left_out}))
        assert isinstance(satisfiable(rest, limits_for(guard)), Satisfiable), (guard, left_out)


WINDOW = 30 * DAY_MS
SCORE = Field("health.score", FieldKind.NUMBER)
BAND = Field("health.band", FieldKind.TEXT)
USAGE = Field("measure.usage", FieldKind.NUMBER)
CHANGE = Field(f"measure.usage.change.{WINDOW}", FieldKind.NUMBER)
KICKOFF = Field("milestone.kickoff", FieldKind.INSTANT)
FRESH_KICKOFF = Field("milestone.kickoff.since_entry", FieldKind.INSTANT)
LOGIN = Field("milestone.login", FieldKind.INSTANT)
FRESH_LOGIN = Field("milestone.login.since_entry", FieldKind.INSTANT)
ENTERED = Field("stage.entered_at", FieldKind.INSTANT)
TIED = (SCORE, BAND, USAGE, CHANGE, KICKOFF, FRESH_KICKOFF, LOGIN, FRESH_LOGIN, ENTERED)
TIED_LIMITS = Limits({"health.score": Limit(0, 100), "measure.usage": Limit(0, 10), "stage.entered_at": _ENTERED})
TIED_RANGES = {"health.score": (0, 100), "measure.usage": (0, 10)}


def tied_leaf(rng: Random, world: World) -> Leaf:
    """A leaf over fields that belong to each other."""
    field = rng.choice(TIED)
    reading = rng.choice(tuple(Reading)) if field.kind is FieldKind.INSTANT else Reading.VALUE
    observed = Field("measure.usage@", FieldKind.INSTANT)
    ages = field in (USAGE, CHANGE) and rng.random() < 0.5
    freshness = Freshness(observed, rng.choice((DAY_MS, 2 * DAY_MS))) if ages else None
    subject = Subject(SubjectKind.FACT, field, reading, field.key, None, (("fact", field.key),), freshness)
    return Leaf(subject, tied_test(rng, world, subject), absent_is_false=rng.random() < 0.2)


def tied_test(rng: Random, world: World, subject: Subject) -> Test:
    if rng.random() < 0.2:
        return Known(expected=rng.random() < 0.5)
    if subject.field is BAND:
        return OneOf(tuple(rng.sample(("healthy", "neutral", "at_risk"), rng.randint(1, 2))), rng.random() < 0.5)
    bounds: tuple[float | int, ...] = {SCORE: (0.0, 50.0, 60.0, 75.0, 100.0), USAGE: (0.0, 3.0, 5.0, 10.0)}.get(
        subject.field, (-10.0, -5.0, 0.0, 4.0, 10.0)
    )
    if subject.field.kind is FieldKind.INSTANT:
        bounds = {Reading.VALUE: world.instants, Reading.ELAPSED: SPANS}.get(subject.reading, (-2, -1, 0, 1, 2))
    low, high = sorted((rng.choice(bounds), rng.choice(bounds)))
    return rng.choice((Within(low), Within(high=high), Within(low, high), Within(low, low_open=True)))


def tied_guard(rng: Random, world: World) -> Guard:
    leaves = [tied_leaf(rng, world) for _ in range(rng.randint(3, 7))]
    parts: list[Guard] = [Not(leaf) if rng.random() < 0.3 else leaf for leaf in leaves]
    return All((*parts[2:], AnyOf(tuple(parts[:2]))))


@pytest.mark.parametrize("seed", range(400))
def test_fields_that_belong_to_each_other_are_tied_as_z3_ties_them(seed: int) -> None:
    rng = Random(4_000 + seed)
    guard = tied_guard(rng, WORLDS[0])
    want = rng.choice((Want.TRUE, Want.TRUE, Want.NOT_FALSE, Want.FALSE))

    answer = together((Asked(guard, want),), TIED_LIMITS)

    assert_holds(answer, (guard, want))
    assert isinstance(answer, Satisfiable) is Oracle(TIED_RANGES).can((guard, want)), (guard, want)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4_400, 8_400))
def test_many_more_tied_guards_are_as_z3_says(seed: int) -> None:
    test_fields_that_belong_to_each_other_are_tied_as_z3_ties_them(seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(150, 3_150))
def test_many_more_pairs_are_as_z3_says(seed: int) -> None:
    test_whether_a_guard_can_answer_as_wanted_is_what_z3_says(seed)
    test_whether_two_guards_overlap_or_imply_each_other_is_what_z3_says(seed)


@pytest.mark.parametrize("seed", range(250))
def test_what_is_said_of_days_where_accounts_are_is_so_wherever_that_is(seed: int) -> None:
    rng = Random(6_000 + seed)
    parts = [random_local_leaf(rng, WORLDS[0]), *(random_guard(rng, WORLDS[0], 2) for _ in range(2))]
    guard, want = All(tuple(parts)), rng.choice((Want.TRUE, Want.TRUE, Want.FALSE))

    answer = together((Asked(guard, want),), limits_for(guard))

    if isinstance(answer, Satisfiable):
        assert judge(in_utc(guard), answer.example.row, answer.example.as_of_ms) in WANTED[want]
    elif isinstance(answer, Unsatisfiable):
        assert not Oracle(places=True).can((guard, want)), guard
    else:
        assert is_local((guard,))


@pytest.mark.parametrize("seed", range(8))
def test_what_is_plainly_possible_is_possible(seed: int) -> None:
    rng = Random(5_000 + seed)
    plain = 0
    for _ in range(250):
        leaves = [tied_leaf(rng, WORLDS[0]) if rng.random() < 0.5 else a_guard(rng, WORLDS[0], 1) for _ in range(4)]
        wanted, refused = leaves[: rng.randint(1, 3)], leaves[3:]
        limits = Limits({**limits_for(*leaves).by_key, **TIED_LIMITS.by_key})

        if plainly_possible(wanted, refused, limits):
            plain += 1
            asked = [*(Asked(each) for each in wanted), *(Asked(each, Want.NOT_TRUE) for each in refused)]
            assert isinstance(together(asked, limits), Satisfiable), (wanted, refused)
    assert plain > 10


def test_how_long_a_condition_held_is_a_quantity_of_its_own() -> None:
    subject = Subject(SubjectKind.MEASURE, USAGE, Reading.VALUE, "usage", None, (("measure", "usage"),))
    leaf = Leaf(subject, Within(high=3.0))

    assert implies(Held(leaf, 2 * DAY_MS), Held(leaf, DAY_MS)) is True
    assert implies(Held(leaf, DAY_MS), Held(leaf, 2 * DAY_MS)) is False
