"""A guard's answer with its reason: what each leaf found, what it asks for, and how far off it is."""

from dataclasses import dataclass, replace

from lifecycle_fsm.guards.deadlines import passes_at
from lifecycle_fsm.guards.distance import distance, unit_of
from lifecycle_fsm.guards.kleene import at_least, conjunction, disjunction, negation
from lifecycle_fsm.guards.model import All, AnyOf, AtLeastOf, Guard, Held, Known, Leaf, Not
from lifecycle_fsm.guards.phrases import duration, operator_of, requirement, seen
from lifecycle_fsm.guards.reading import Observation, Row, judge_observation, observe
from lifecycle_fsm.guards.verdict import Gap, Join, LeafVerdict, Verdict


def explain(guard: Guard, row: Row, as_of_ms: int) -> Verdict:
    """
    Judge as `reference.judge` does and keep every leaf's reason, also of those that no longer matter.

    Paths name the joins on the way: `all.0`, `all.1.not`, `any.2.held`; the time that a
    leaf must hold is a leaf of its own, at `any.2.held_for`. A guard that is a single
    leaf has the empty path.
    """
    return _Explainer(row, as_of_ms).explain(guard, ())


@dataclass(frozen=True, slots=True)
class _Explainer:
    """Explains guards on one row at one evaluation date."""

    row: Row
    as_of_ms: int

    def explain(self, guard: Guard, path: tuple[str, ...]) -> Verdict:
        match guard:
            case Leaf():
                return self._leaf(guard, path)
            case Not():
                part = self.explain(guard.part, (*path, "not"))
                return Verdict(negation(part.truth), Join.NOT, (part,))
            case Held():
                return self._held(guard, path)
            case All() | AnyOf() | AtLeastOf():
                return self._join(guard, path)

    def _join(self, guard: All | AnyOf | AtLeastOf, path: tuple[str, ...]) -> Verdict:
        join = _join_of(guard)
        parts = tuple(self.explain(part, (*path, join, str(number))) for number, part in enumerate(guard.parts))
        truths = [part.truth for part in parts]
        match guard:
            case All():
                return Verdict(conjunction(truths), join, parts)
            case AnyOf():
                return Verdict(disjunction(truths), join, parts)
            case AtLeastOf(count):
                return Verdict(at_least(count, truths), join, parts, needed=count)

    def _held(self, held: Held, path: tuple[str, ...]) -> Verdict:
        now = self._leaf(held.leaf, (*path, "held"))
        age = self._leaf(held.age, (*path, "held_for"))
        assert age.leaf is not None
        subject = f"{held.leaf.subject.title} {requirement(held.leaf)}"
        worded = replace(age.leaf, subject=subject, operator="held_for", required=f"for {duration(held.for_ms)}")
        return Verdict(conjunction((now.truth, age.truth)), Join.HELD, (now, replace(age, leaf=worded)))

    def _leaf(self, leaf: Leaf, path: tuple[str, ...]) -> Verdict:
        found = observe(leaf.subject, self.row, self.as_of_ms)
        truth = judge_observation(leaf, found)
        verdict = LeafVerdict(
            path=".".join(path),
            kind=leaf.subject.kind,
            subject=leaf.subject.title,
            operator=operator_of(leaf),
            required=requirement(leaf),
            actual=None if found.last is None else seen(leaf, found.last),
            actual_value=found.last,
            truth=truth,
            gap=_gap(leaf, found),
            distance=distance(leaf, found.value),
            unit=unit_of(leaf.subject),
            observed_at_ms=found.observed_at_ms,
            passes_at_ms=None if truth else passes_at(leaf, self.row, self.as_of_ms),
            leaf=leaf,
            age_ms=None if found.observed_at_ms is None else self.as_of_ms - found.observed_at_ms,
            zone=None if leaf.subject.local is None else leaf.subject.local.time_zone.of(self.row),
        )
        return Verdict(truth, leaf=verdict)


def _join_of(guard: All | AnyOf | AtLeastOf) -> Join:
    match guard:
        case All():
            return Join.ALL
        case AnyOf():
            return Join.ANY
        case AtLeastOf():
            return Join.AT_LEAST_OF


def _gap(leaf: Leaf, found: Observation) -> Gap | None:
    """Nothing is missing where the leaf asks whether there is a value."""
    return None if found.gap is Gap.MISSING and isinstance(leaf.test, Known) else found.gap
