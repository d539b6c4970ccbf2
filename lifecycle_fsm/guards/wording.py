"""Verdicts as sentences for customer success managers."""

from dataclasses import replace

from lifecycle_fsm.domain.fields import FieldKind, Value
from lifecycle_fsm.domain.moments import DAY_MS, SECOND_MS, from_ms
from lifecycle_fsm.domain.zones import UTC_ZONE, ChosenZone, ZoneGap
from lifecycle_fsm.guards.distance import distance, is_timed
from lifecycle_fsm.guards.model import Known, Leaf, OneOf, SubjectKind, Test, Within
from lifecycle_fsm.guards.phrases import (
    amount,
    duration,
    is_yes_or_no,
    operator_of,
    requirement,
    shortened,
    with_unit,
)
from lifecycle_fsm.guards.stored import over_stored
from lifecycle_fsm.guards.verdict import Gap, Join, LeafVerdict, Verdict

_MISSING = {
    SubjectKind.MILESTONE: "is not reached",
    SubjectKind.PLAN: "does not exist",
    SubjectKind.PLAN_PROGRESS: "does not exist",
}

_SEVERAL = frozenset({SubjectKind.CTAS, SubjectKind.VISITS})
"""Subjects that are counted, and named in the plural."""
_PLAIN = frozenset({"at_least", "at_most", "between"})
_NEGATIVE = frozenset({"is_not", "not_in", "is_unknown", "not_reached"})


def sentence(leaf: LeafVerdict) -> str:
    """
    Say in one clause what a leaf found and what it asks for; no capital, no full stop.

    Below a `not` it says what the guard needs: the opposite of the leaf.
    """
    if leaf.operator == "held_for":
        return _held_for(leaf)
    if leaf.gap is Gap.STALE:
        return _stale(leaf)
    if isinstance(leaf.leaf.test, Known):
        return _known(leaf)
    if leaf.actual is None:
        return f"{leaf.subject} {_MISSING.get(leaf.kind, 'is not known')}, {_needs(leaf)}"
    verb = "are" if leaf.kind in _SEVERAL else "is"
    return f"{leaf.subject} {verb} {leaf.actual}{_place(leaf.zone)}, {_needs(leaf)}{_remainder(leaf)}"


def summary(verdict: Verdict) -> str:
    """
    Say in sentences what keeps the guard from being true.

    Example: "Health score is 55, needs at least 60: 5 short. Milestone Kickoff done is not reached."
    """
    if verdict.truth:
        return "The condition holds."
    clauses = _obstacles(verdict, wanted=True) or ["nothing can make the condition true"]
    return " ".join(f"{clause[0].upper()}{clause[1:]}." for clause in clauses)


def _place(zone: ChosenZone | None) -> str:
    """Where days are counted so, and why not where they should be."""
    if zone is None:
        return ""
    match zone.gap:
        case ZoneGap.MISSING:
            return f" in {zone.zone.name} (its time zone is not known)"
        case ZoneGap.UNKNOWN_NAME:
            return f" in {zone.zone.name} (there is no time zone {zone.written!r})"
        case None:
            return f" in {zone.zone.name}"


def _held_for(leaf: LeafVerdict) -> str:
    assert isinstance(leaf.leaf.test, Within)
    assert leaf.leaf.test.low is not None
    span = amount(leaf.leaf.subject, leaf.leaf.test.low)
    if leaf.actual is None:
        return f"how long {leaf.subject} has held is not known, needs {span}"
    held = f"{leaf.subject} has held for {leaf.actual}"
    if _is_negated(leaf):
        return f"{held}, must not hold for {span}"
    return held if leaf.truth else f"{held}, needs {span}{_remainder(leaf)}"


def _stale(leaf: LeafVerdict) -> str:
    assert leaf.age_ms is not None
    age = duration(leaf.age_ms)
    return f"{leaf.subject} was last observed {age} ago ({leaf.actual}) and is stale, {_needs(leaf)}"


def _known(leaf: LeafVerdict) -> str:
    word = "reached" if leaf.kind is SubjectKind.MILESTONE else "known"
    found = f"{leaf.subject} is {word}" if leaf.actual is not None else f"{leaf.subject} is not {word}"
    return f"{found}, must not be" if leaf.actual is not None and not _suits(leaf) else found


def _is_negated(leaf: LeafVerdict) -> bool:
    return leaf.path.split(".").count("not") % 2 == 1


def _suits(leaf: LeafVerdict) -> bool:
    return leaf.truth is not None and leaf.truth is not _is_negated(leaf)


def _needed(leaf: LeafVerdict) -> Leaf | None:
    """The leaf that the guard needs to be true; None where a `not` leaves no single interval."""
    if not _is_negated(leaf):
        return leaf.leaf
    opposite = _opposite(leaf.leaf.test)
    if isinstance(opposite, Within) and leaf.leaf.subject.field.kind is FieldKind.INTEGER:
        opposite = over_stored(leaf.leaf.subject, opposite)
    return None if opposite is None else replace(leaf.leaf, test=opposite)


def _opposite(test: Test) -> Test | None:
    match test:
        case Known(expected):
            return Known(expected=not expected)
        case OneOf(values, negated):
            return OneOf(values, negated=not negated)
        case Within(low, None) if low is not None:
            return Within(high=low, high_open=not test.low_open)
        case Within(None, high) if high is not None:
            return Within(low=high, low_open=not test.high_open)
        case Within():
            return None


def _needs(leaf: LeafVerdict) -> str:
    if _suits(leaf):
        return "as needed"
    needed = _needed(leaf)
    if needed is None:
        return f"must not be {leaf.required}"
    operator = operator_of(needed)
    opposite = _opposite(needed.test)
    if operator in _NEGATIVE and opposite is not None:
        avoided = requirement(replace(needed, test=opposite))
        return "must not be" if avoided == leaf.actual else f"must not be {avoided}"
    is_plain = operator in _PLAIN or is_yes_or_no(needed.subject)
    return f"needs {'' if is_plain else 'to be '}{requirement(needed)}"


def _remainder(leaf: LeafVerdict) -> str:
    """How much is missing, led by a colon; empty where that has no measure."""
    needed = _needed(leaf)
    missing = None if needed is None else distance(needed, leaf.actual_value)
    if needed is None or not missing or _suits(leaf) or is_yes_or_no(needed.subject):
        return ""
    much = _span(missing) if is_timed(needed.subject) else with_unit(shortened(missing), leaf.unit)
    if leaf.passes_at_ms is not None and not _is_negated(leaf):
        zone = UTC_ZONE if leaf.zone is None else leaf.zone.zone
        return f": {much} to go (on {from_ms(zone.local(leaf.passes_at_ms)):%Y-%m-%d})"
    return f": {much} {_side(needed.test, leaf.actual_value)}"


def _span(days: float) -> str:
    return duration(max(round(days * DAY_MS), SECOND_MS))


def _side(test: Test, value: Value) -> str:
    assert isinstance(test, Within)
    assert isinstance(value, (int, float))
    return "short" if test.low is not None and value <= test.low else "over"


def _obstacles(verdict: Verdict, *, wanted: bool) -> list[str]:
    """The clauses for what keeps the verdict from being what is wanted."""
    if verdict.leaf is not None:
        return [sentence(verdict.leaf)]
    if verdict.join is Join.NOT:
        return _obstacles(verdict.parts[0], wanted=not wanted)
    obstacles = [_obstacles(part, wanted=wanted) for part in verdict.parts if part.truth is not wanted]
    if verdict.join is Join.HELD:
        return obstacles[0] if wanted else obstacles[-1]
    lacking = _lacking(verdict, wanted=wanted)
    if lacking >= len(obstacles):
        return [clause for clauses in obstacles for clause in clauses]
    alternatives = "; or ".join(" and ".join(clauses) for clauses in obstacles)
    return [f"{'one of these is' if lacking == 1 else f'{lacking} of these are'} needed: {alternatives}"]


def _lacking(verdict: Verdict, *, wanted: bool) -> int:
    """How many parts have yet to become what is wanted."""
    total = len(verdict.parts)
    match verdict.join:
        case Join.ANY:
            needed = 1
        case Join.AT_LEAST_OF:
            assert verdict.needed is not None
            needed = verdict.needed
        case _:
            needed = total
    ready = sum(part.truth is wanted for part in verdict.parts)
    return (needed if wanted else total - needed + 1) - ready
