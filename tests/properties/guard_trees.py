"""Random guards and rows, drawn from the same few values so that bounds are often met exactly."""

from dataclasses import dataclass
from functools import cached_property
from random import Random

from lifecycle_fsm.domain.fields import ZONE_SHIFT, Field, FieldKind, Value, local_day_field
from lifecycle_fsm.domain.moments import DAY_MS, HOUR_MS, day_of
from lifecycle_fsm.domain.zones import TimeZone
from lifecycle_fsm.guards.model import (
    All,
    AnyOf,
    AtLeastOf,
    Freshness,
    Guard,
    Held,
    Known,
    Leaf,
    LocalDays,
    Not,
    OneOf,
    Reading,
    Subject,
    SubjectKind,
    Test,
    Within,
    held_parts,
)

OBSERVED = Field("measure.a@", FieldKind.INSTANT)
SINCE = tuple(Field(f"since.{number}", FieldKind.INSTANT) for number in range(3))
FIELDS = (
    Field("measure.a", FieldKind.NUMBER),
    Field("measure.b", FieldKind.NUMBER),
    Field("ctas.status=open", FieldKind.INTEGER),
    Field("visits.adoption", FieldKind.INTEGER),
    Field("fact.sso", FieldKind.FLAG),
    Field("stage.entered_at", FieldKind.INSTANT),
    Field("milestone.kickoff", FieldKind.INSTANT),
    Field("fact.renewal", FieldKind.DAY),
    Field("fact.plan", FieldKind.TEXT),
)
KICKOFF, RENEWAL = Field("milestone.kickoff", FieldKind.INSTANT), Field("fact.renewal", FieldKind.DAY)
LOCAL = {local_day_field(KICKOFF): KICKOFF, RENEWAL: RENEWAL}
"""What may be counted in days of the account's time zone, and of which field it is the day."""
STORED = (*FIELDS, local_day_field(KICKOFF), ZONE_SHIFT, OBSERVED, *SINCE)

NUMBERS = (-1.5, 0.0, 0.1, 1.0, 2.0, 1e300)
INTEGERS = (-1, 0, 1, 2, 3, 2**52)
FLAGS = (0, 1)
TEXTS = ("gold", "Gold", "gold ", "", "1", "größer")
SHIFTS = tuple(quarters * HOUR_MS // 4 for quarters in (-44, -20, -1, 0, 4, 22, 42, 56))
"""From Pago Pago to Kiritimati, by way of Kolkata and Lord Howe."""
SPANS = (-DAY_MS, -1, 0, 1, 5 * HOUR_MS, DAY_MS, 2 * DAY_MS)
DAYS = (-2, -1, 0, 1, 2)


@dataclass(frozen=True)
class World:
    """A stretch of days around one midnight, where all instants of a case lie."""

    midnight_ms: int

    @cached_property
    def instants(self) -> tuple[int, ...]:
        return tuple(self.midnight_ms + day * DAY_MS + rest for day in DAYS for rest in (-1, 0, 1, 5 * HOUR_MS))

    @cached_property
    def dates(self) -> tuple[int, ...]:
        return tuple(day_of(self.midnight_ms) + day for day in DAYS)

    def values(self, kind: FieldKind) -> tuple[float | int | str, ...]:
        """What a field of the kind may hold."""
        match kind:
            case FieldKind.NUMBER:
                return NUMBERS
            case FieldKind.INTEGER:
                return INTEGERS
            case FieldKind.FLAG:
                return FLAGS
            case FieldKind.INSTANT:
                return self.instants
            case FieldKind.DAY:
                return self.dates
            case FieldKind.TEXT:
                return TEXTS


WORLDS = (World(day_of(1_770_000_000_000) * DAY_MS), World(0))
"""One in 2026 with large numbers, one around 1970 where integers change their sign."""


def random_row(rng: Random, world: World) -> dict[str, Value]:
    """A value for each stored field, about a third of them unknown."""
    return {field.key: None if rng.random() < 0.35 else rng.choice(_values(world, field)) for field in STORED}


def _values(world: World, field: Field) -> tuple[float | int | str, ...]:
    return SHIFTS if field == ZONE_SHIFT else world.values(field.kind)


def since_field(held: Held) -> Field:
    """The stored field that stands for a held leaf's own."""
    return SINCE[int(held.since.key[-1], 16) % len(SINCE)]


def row_for(guard: Guard, row: dict[str, Value]) -> dict[str, Value]:
    """The row with the fields that the guard's held leaves read."""
    return row | {held.since.key: row[since_field(held).key] for held in held_parts(guard)}


def random_guard(rng: Random, world: World, depth: int) -> Guard:
    """A tree of at most so many levels; every node with at most three parts."""
    if depth <= 1 or rng.random() < 0.1:
        leaf = random_leaf(rng, world)
        return Held(leaf, rng.choice((0, 1, DAY_MS, 2 * DAY_MS))) if rng.random() < 0.1 else leaf
    kind = rng.choices((All, AnyOf, AtLeastOf, Not), (3, 3, 2, 1))[0]
    if kind is Not:
        return Not(random_guard(rng, world, depth - 1))
    parts = tuple(random_guard(rng, world, depth - 1) for _ in range(rng.choices(range(4), (1, 2, 8, 4))[0]))
    if kind is AtLeastOf:
        return AtLeastOf(rng.randint(0, len(parts) + 1), parts)
    return All(parts) if kind is All else AnyOf(parts)


def random_leaf(rng: Random, world: World) -> Leaf:
    """Any field, any reading and test that its kind allows."""
    if rng.random() < 0.1:
        return random_local_leaf(rng, world)
    field = rng.choice(FIELDS)
    reading = _reading(rng, field.kind)
    freshness = Freshness(OBSERVED, rng.choice((0, 1, DAY_MS, 2 * DAY_MS))) if rng.random() < 0.3 else None
    subject = Subject(SubjectKind.FACT, field, reading, field.key, "u", (("fact", field.key),), freshness)
    return Leaf(subject, _test(rng, world, subject), absent_is_false=rng.random() < 0.2)


def random_local_leaf(rng: Random, world: World) -> Leaf:
    """One that counts days where the account is."""
    field, base = rng.choice(tuple(LOCAL.items()))
    reading = rng.choice((Reading.DAYS_UNTIL, Reading.DAYS_SINCE))
    local = LocalDays(TimeZone(), base)
    subject = Subject(SubjectKind.FACT, field, reading, field.key, "u", (("fact", field.key),), local=local)
    return Leaf(subject, _test(rng, world, subject), absent_is_false=rng.random() < 0.2)


def _reading(rng: Random, kind: FieldKind) -> Reading:
    if kind is FieldKind.INSTANT:
        return rng.choice(tuple(Reading))
    if kind is FieldKind.DAY:
        return rng.choice((Reading.VALUE, Reading.DAYS_UNTIL, Reading.DAYS_SINCE))
    return Reading.VALUE


def _test(rng: Random, world: World, subject: Subject) -> Test:
    kind = rng.choice((Within, Within, Within, Within, OneOf, OneOf, Known))
    if kind is Known:
        return Known(expected=rng.random() < 0.5)
    if kind is OneOf or subject.field.kind is FieldKind.TEXT:
        values = tuple(rng.choice(_listed(world, subject)) for _ in range(rng.randint(0, 3)))
        return OneOf(values, negated=rng.random() < 0.5)
    bounds = _bounds(world, subject)
    low, high = (rng.choice((None, *bounds, *bounds)) for _ in range(2))
    return Within(low, high, low_open=rng.random() < 0.5, high_open=rng.random() < 0.5)


def _bounds(world: World, subject: Subject) -> tuple[float | int, ...]:
    if subject.reading is Reading.ELAPSED:
        return (*SPANS, 0.5)
    if subject.reading is not Reading.VALUE:
        return (*DAYS, 0.5, -0.5)
    own = tuple(value for value in world.values(subject.field.kind) if not isinstance(value, str))
    return (*own, 0, 0.5)


def _listed(world: World, subject: Subject) -> tuple[str | int, ...]:
    """Values to list, with some that the field can never hold."""
    if subject.reading is not Reading.VALUE:
        return SPANS if subject.reading is Reading.ELAPSED else DAYS
    own = tuple(value for value in world.values(subject.field.kind) if not isinstance(value, float))
    return (*own, "1", 1)
