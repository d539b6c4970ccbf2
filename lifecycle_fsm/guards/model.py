"""The condition tree that every guard is: subjects, tests, and their composition."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from lifecycle_fsm.domain.fields import ZONE_SHIFT, Field, held_field
from lifecycle_fsm.domain.zones import TimeZone

Truth = bool | None
"""True, false, or None for unknown."""


class SubjectKind(StrEnum):
    """What a leaf is about, in the words of a definition."""

    MEASURE = "measure"
    FACT = "fact"
    HEALTH = "health"
    MILESTONE = "milestone"
    STAGE_AGE = "stage_age"
    VISITS = "visits"
    CTAS = "ctas"
    PLAN = "plan"
    PLAN_PROGRESS = "plan_progress"
    DAYS_UNTIL = "days_until"
    DAYS_SINCE = "days_since"
    CAME_FROM = "came_from"


class Reading(StrEnum):
    """How the number or text that is tested comes from the field."""

    VALUE = "value"
    """The field itself."""
    ELAPSED = "elapsed"
    """Milliseconds from the field's instant to the evaluation date."""
    DAYS_UNTIL = "days_until"
    """The field's day less the day of the evaluation date."""
    DAYS_SINCE = "days_since"
    """The day of the evaluation date less the field's day."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """From this age on the value is unknown: `as_of - observed >= stale_after_ms`; never observed is fresh."""

    observed: Field
    stale_after_ms: int


@dataclass(frozen=True, slots=True)
class LocalDays:
    """
    Say in whose days a subject counts, and of which field it reads the day.

    Today is the day of the evaluation date moved by `zone.shift`; where that is not known, the UTC day.
    """

    time_zone: TimeZone
    base: Field


@dataclass(frozen=True, slots=True)
class Subject:
    """
    Say what a leaf reads.

    `written` keeps the subject as the definition wrote it, for rendering: pairs of key
    and text such as `("measure", "usage.logins_30d"), ("change_over", "30d")`.
    `title` is its name for people, `unit` that of the number tested.
    `local` is given where days are counted in the account's time zone; then the field is a day.
    """

    kind: SubjectKind
    field: Field
    reading: Reading
    title: str
    unit: str | None
    written: tuple[tuple[str, str], ...]
    freshness: Freshness | None = None
    local: LocalDays | None = None


@dataclass(frozen=True, slots=True)
class Within:
    """
    The number lies in an interval; a bound of None is no bound, an open bound is not inside.

    Bounds are in the reading's unit: milliseconds for elapsed time, days for days,
    whole numbers for counts, else the measure's or fact's own.
    """

    low: float | int | None = None
    high: float | int | None = None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of these, or, negated, none of these."""

    values: tuple[str | int, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """The value is there, or, when not expected, is not; never unknown itself. A stale value is not there."""

    expected: bool = True


Test = Within | OneOf | Known


@dataclass(frozen=True, slots=True)
class Leaf:
    """One subject and one test; `absent_is_false` makes a missing value false instead of unknown."""

    subject: Subject
    test: Test
    absent_is_false: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is; none at all is true."""

    parts: tuple["Guard", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when one part is; none at all is false."""

    parts: tuple["Guard", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: "Guard"


@dataclass(frozen=True, slots=True)
class AtLeastOf:
    """True when at least `count` parts are; false when the unknown ones could not make up for it."""

    count: int
    parts: tuple["Guard", ...]


@dataclass(frozen=True, slots=True)
class Held:
    """The leaf is true and has been so without a break for `for_ms`; unknown while that is not known."""

    leaf: Leaf
    for_ms: int

    @property
    def since(self) -> Field:
        """The field that remembers since when the leaf has been true."""
        return held_field(sha256(repr((self.leaf.subject.written, self.leaf.test)).encode()).hexdigest()[:16])

    @property
    def age(self) -> Leaf:
        """The second half of the meaning: `since` is at least `for_ms` ago; unknown while it is not known."""
        of = self.leaf.subject
        return Leaf(Subject(of.kind, self.since, Reading.ELAPSED, of.title, "d", of.written), Within(low=self.for_ms))


Guard = Leaf | All | AnyOf | Not | AtLeastOf | Held

ALWAYS = All(())


def leaves(guard: Guard) -> Iterator[Leaf]:
    """Every leaf, in the order of the text; a held leaf once."""
    match guard:
        case Leaf():
            yield guard
        case Held():
            yield guard.leaf
        case Not():
            yield from leaves(guard.part)
        case All() | AnyOf() | AtLeastOf():
            for part in guard.parts:
                yield from leaves(part)


def held_parts(guard: Guard) -> Iterator[Held]:
    """Every `for` of the guard, in the order of the text."""
    match guard:
        case Held():
            yield guard
        case Not():
            yield from held_parts(guard.part)
        case All() | AnyOf() | AtLeastOf():
            for part in guard.parts:
                yield from held_parts(part)
        case Leaf():
            return


def fields(guard: Guard) -> Iterator[Field]:
    """Every field that the guard reads, with repetitions."""
    for leaf in leaves(guard):
        yield leaf.subject.field
        if leaf.subject.freshness is not None:
            yield leaf.subject.freshness.observed
        if leaf.subject.local is not None:
            yield ZONE_SHIFT
    for held in held_parts(guard):
        yield held.since
