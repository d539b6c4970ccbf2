"""When time alone may change a guard's answer."""

from collections.abc import Iterator

from lifecycle_fsm.domain.moments import DAY_MS, LATEST, to_ms
from lifecycle_fsm.guards.model import Guard, Known, Leaf, OneOf, Reading, Within, held_parts, leaves
from lifecycle_fsm.guards.reading import Row, is_stale, judge_observation, observe, shift_of
from lifecycle_fsm.guards.stored import Origin, origin_of, over_stored, points_over_stored

_LATEST_MS = to_ms(LATEST)


def next_change(guard: Guard, row: Row, as_of_ms: int) -> int | None:
    """
    Find the earliest instant after the evaluation date at which a leaf's answer may change by time alone.

    None when no leaf depends on time any more, or not before the year 2200. While the
    row stays the same, so does the guard's answer before that instant. The row has the shift of
    the account's clocks; turning them changes it, so that is a deadline of its own.
    """
    instants = (instant for leaf in _timed(guard) for instant in _changes(leaf, row, as_of_ms))
    return min(instants, default=None)


def passes_at(leaf: Leaf, row: Row, as_of_ms: int) -> int | None:
    """The first instant after the evaluation date at which time alone makes the leaf true; None for never."""
    for instant in sorted(_changes(leaf, row, as_of_ms)):
        if judge_observation(leaf, observe(leaf.subject, row, instant)):
            return _as_clocks_turn(leaf, row, instant, as_of_ms)
    return None


def _as_clocks_turn(leaf: Leaf, row: Row, midnight_ms: int, as_of_ms: int) -> int:
    """The instant at which a later day begins where the account is, since clocks may be turned until then."""
    local, shift = leaf.subject.local, shift_of(leaf.subject, row)
    if local is None or isinstance(leaf.test, Known):
        return midnight_ms
    zone = local.time_zone.of(row).zone
    return zone.instant(midnight_ms + shift) if zone.shift_ms(as_of_ms) == shift else midnight_ms


def _timed(guard: Guard) -> Iterator[Leaf]:
    yield from leaves(guard)
    yield from (held.age for held in held_parts(guard))


def _changes(leaf: Leaf, row: Row, as_of_ms: int) -> Iterator[int]:
    """The instants after the evaluation date at which the leaf's answer may change."""
    if leaf.subject.reading is Reading.VALUE and leaf.subject.freshness is None:
        return
    observed_at = observe(leaf.subject, row, as_of_ms).observed_at_ms
    if is_stale(leaf.subject, observed_at, as_of_ms):
        return
    instants = list(_flips(leaf, row))
    if leaf.subject.freshness is not None and observed_at is not None:
        instants.append(observed_at + leaf.subject.freshness.stale_after_ms)
    yield from (instant for instant in instants if as_of_ms < instant <= _LATEST_MS)


def _flips(leaf: Leaf, row: Row) -> Iterator[int]:
    """
    The instants at which the stored value enters or leaves an interval.

    The origin grows with time, so `stored - origin` falls: it comes down to the high
    bound, and later below the low one.
    """
    stored, origin = row.get(leaf.subject.field.key), origin_of(leaf.subject)
    shift = shift_of(leaf.subject, row)
    if not isinstance(stored, int) or origin is Origin.ZERO:
        return
    for bounds in _intervals(leaf):
        if bounds.high is not None:
            yield _reaches(origin, stored - int(bounds.high)) - shift
        if bounds.low is not None:
            yield _reaches(origin, stored - int(bounds.low) + 1) - shift


def _intervals(leaf: Leaf) -> tuple[Within, ...]:
    match leaf.test:
        case Within():
            return (over_stored(leaf.subject, leaf.test),)
        case OneOf():
            return points_over_stored(leaf.subject, leaf.test)
        case Known():
            return ()


def _reaches(origin: Origin, target: int) -> int:
    """The first instant at which the origin is at least the target; the one place where this form asks for days."""
    match origin:
        case Origin.TODAY:
            return target * DAY_MS
        case Origin.MIDNIGHT:
            return -(-target // DAY_MS) * DAY_MS
        case Origin.ZERO | Origin.AS_OF:
            return target
