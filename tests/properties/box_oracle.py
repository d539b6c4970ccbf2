"""Guards and rows as z3 sees them, written without a look at the boxes."""

from fractions import Fraction

import z3  # type: ignore[import-untyped] # z3 has no stubs

from lifecycle_fsm.domain.fields import Field, FieldKind, change_parts
from lifecycle_fsm.domain.moments import DAY_MS, EARLIEST, LATEST, to_ms
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.guards.boxes.literals import Want
from lifecycle_fsm.guards.model import (
    All,
    AnyOf,
    AtLeastOf,
    Guard,
    Held,
    Known,
    Leaf,
    Not,
    OneOf,
    Reading,
    Subject,
    Within,
    fields,
)

FIRST_MS, LAST_MS = to_ms(EARLIEST), to_ms(LATEST) - 1
MOST = 2**53
BIGGEST = Fraction(1.7976931348623157e308)

MOST_SHIFT_MS = 14 * 3_600_000
"""No place is further from UTC."""

_RANGES: dict[FieldKind, tuple[int | Fraction, int | Fraction]] = {
    FieldKind.NUMBER: (-BIGGEST, BIGGEST),
    FieldKind.INTEGER: (-MOST, MOST),
    FieldKind.FLAG: (0, 1),
    FieldKind.INSTANT: (FIRST_MS, LAST_MS),
    FieldKind.DAY: (FIRST_MS // DAY_MS, LAST_MS // DAY_MS),
}

BANDS = (Band.AT_RISK, Band.NEUTRAL, Band.HEALTHY)

Both = tuple[z3.BoolRef, z3.BoolRef]
"""Whether a guard is true, and whether it is false; unknown is neither."""


class Oracle:
    """
    Says by z3 whether guards can answer as wanted, all on one row.

    Between `places`, clocks may be set otherwise at the evaluation date than at any other instant.
    """

    def __init__(self, ranges: dict[str, tuple[int, int]] | None = None, *, places: bool = False) -> None:
        self.ranges = ranges or {}
        self.places = places
        self.as_of = z3.Int("as_of")
        self.today = self.as_of / DAY_MS
        self.solver = z3.Solver()
        self.solver.add(self.as_of >= FIRST_MS, self.as_of <= LAST_MS)
        self.texts: dict[str | int, int] = {}
        self.seen: dict[str, Field] = {}

    def can(self, *asked: tuple[Guard, Want]) -> bool:
        """Whether some row and evaluation date give every guard the answer wanted of it."""
        for guard, want in asked:
            for field in fields(guard):
                self.see(field)
            self.solver.add(self.wanted(guard, want))
        self.tie()
        found = self.solver.check()
        assert found in (z3.sat, z3.unsat)
        return bool(found == z3.sat)

    def wanted(self, guard: Guard, want: Want) -> z3.BoolRef:
        true, false = self.both(guard)
        match want:
            case Want.TRUE:
                return true
            case Want.FALSE:
                return false
            case Want.NOT_TRUE:
                return z3.Not(true)
            case Want.NOT_FALSE:
                return z3.Not(false)
            case Want.UNKNOWN:
                return z3.And(z3.Not(true), z3.Not(false))

    def both(self, guard: Guard) -> Both:
        match guard:
            case Leaf():
                return self.leaf(guard)
            case Not():
                true, false = self.both(guard.part)
                return false, true
            case Held():
                return self.enough(2, [self.both(guard.leaf), self.both(guard.age)])
            case All():
                return self.enough(len(guard.parts), [self.both(part) for part in guard.parts])
            case AnyOf():
                return self.enough(1, [self.both(part) for part in guard.parts])
            case AtLeastOf():
                return self.enough(guard.count, [self.both(part) for part in guard.parts])

    def enough(self, count: int, parts: list[Both]) -> Both:
        true = z3.Sum([z3.IntVal(0), *(z3.If(part[0], 1, 0) for part in parts)])
        false = z3.Sum([z3.IntVal(0), *(z3.If(part[1], 1, 0) for part in parts)])
        return true >= count, len(parts) - false < count

    def leaf(self, leaf: Leaf) -> Both:
        present = self.present(leaf.subject)
        if isinstance(leaf.test, Known):
            return (present, z3.Not(present)) if leaf.test.expected else (z3.Not(present), present)
        passes = self.passes(leaf.subject, leaf.test)
        false = z3.And(present, z3.Not(passes))
        return z3.And(present, passes), z3.Or(false, z3.Not(present)) if leaf.absent_is_false else false

    def present(self, subject: Subject) -> z3.BoolRef:
        known = self.known(subject.field.key)
        if subject.freshness is None:
            return known
        observed = subject.freshness.observed
        self.see(observed)
        stale = z3.And(self.known(observed.key), self.as_of - self.value(observed) >= subject.freshness.stale_after_ms)
        return z3.And(known, z3.Not(stale))

    def passes(self, subject: Subject, test: Within | OneOf) -> z3.BoolRef:
        number = self.reading(subject)
        if isinstance(test, OneOf):
            listed = z3.Or([z3.BoolVal(False), *(number == code for code in self.codes(subject, test))])
            return z3.Not(listed) if test.negated else listed
        conditions = [z3.BoolVal(True)]
        if test.low is not None:
            conditions.append(number > exact(test.low) if test.low_open else number >= exact(test.low))
        if test.high is not None:
            conditions.append(number < exact(test.high) if test.high_open else number <= exact(test.high))
        return z3.And(conditions)

    def codes(self, subject: Subject, test: OneOf) -> list[int]:
        if subject.field.kind is not FieldKind.TEXT:
            return [value for value in test.values if isinstance(value, int)]
        return [self.code(value) for value in test.values if isinstance(value, str)]

    def code(self, text: str) -> int:
        if text in tuple(BANDS):
            return BANDS.index(Band(text))
        return self.texts.setdefault(text, 100 + len(self.texts))

    def reading(self, subject: Subject) -> z3.ArithRef:
        value = self.value(subject.field)
        if subject.reading is Reading.VALUE:
            return value
        if subject.reading is Reading.ELAPSED:
            return self.as_of - value
        day = value if subject.field.kind is FieldKind.DAY else value / DAY_MS
        today = self.today if subject.local is None else (self.as_of + self.shift("now")) / DAY_MS
        if subject.local is not None and subject.local.base.kind is FieldKind.INSTANT:
            self.see(subject.local.base)
            then = (self.value(subject.local.base) + self.shift(subject.local.base.key)) / DAY_MS
            is_known = self.known(subject.field.key) == self.known(subject.local.base.key)
            self.solver.add(is_known, value == then)
        return day - today if subject.reading is Reading.DAYS_UNTIL else today - day

    def shift(self, when: str) -> z3.ArithRef:
        """How far clocks are ahead of UTC."""
        shift = z3.Int(f"shift {when}")
        self.solver.add(shift >= -MOST_SHIFT_MS, shift <= MOST_SHIFT_MS)
        return shift if self.places else z3.IntVal(0)

    def known(self, key: str) -> z3.BoolRef:
        return z3.Bool(f"known {key}")

    def value(self, field: Field) -> z3.ArithRef:
        return z3.Real(field.key) if field.kind is FieldKind.NUMBER else z3.Int(field.key)

    def see(self, field: Field) -> None:
        if field.key in self.seen:
            return
        self.seen[field.key] = field
        if field.kind is FieldKind.TEXT:
            self.solver.add(self.value(field) >= 0)
            return
        low, high = self.ranges.get(field.key, _RANGES[field.kind])
        self.solver.add(self.value(field) >= exact(low), self.value(field) <= exact(high))

    def tie(self) -> None:
        """What the engine's rows always keep: bands and scores, changes, milestones since entry, counts."""
        for key, field in tuple(self.seen.items()):
            if key == "health.band":
                self.tie_band(field)
            if key == "stage.entered_at" and self.ranges:
                self.solver.add(self.known(key))
            if (parts := change_parts(key)) is not None:
                self.tie_change(field, parts[0])
            if key.endswith(".since_entry"):
                self.tie_milestone(field, key.removesuffix(".since_entry"))

    def tie_band(self, band: Field) -> None:
        score = Field("health.score", FieldKind.NUMBER)
        self.see(score)
        number = self.value(score)
        code = z3.If(number >= 75, 2, z3.If(number >= 50, 1, 0))
        self.solver.add(self.known(band.key) == self.known(score.key), self.value(band) == code)

    def tie_change(self, change: Field, base: str) -> None:
        now = Field(base, FieldKind.NUMBER)
        self.see(now)
        low, high = self.ranges[base]
        before = self.value(now) - self.value(change)
        self.solver.add(z3.Implies(self.known(change.key), z3.And(self.known(base), before >= low, before <= high)))

    def tie_milestone(self, since: Field, key: str) -> None:
        plain, entered = Field(key, FieldKind.INSTANT), Field("stage.entered_at", FieldKind.INSTANT)
        self.see(plain)
        self.see(entered)
        after = z3.And(self.known(key), self.value(plain) >= self.value(entered))
        self.solver.add(self.known(since.key) == after, self.value(since) == self.value(plain))
        self.solver.add(self.known(entered.key))


def exact(number: float | Fraction) -> z3.ArithRef:
    """The number as z3 takes it, without rounding."""
    return z3.IntVal(number) if isinstance(number, int) else z3.Q(*Fraction(number).as_integer_ratio())
