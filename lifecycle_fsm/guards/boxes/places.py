"""
Guards that count days in the account's time zone, asked about as if that were UTC.

An account may be in UTC, so what is found there exists. What cannot be found there exists
nowhere else either, where no instant is read both by its days and by its date or its age,
and all days are counted in one zone: only else does it matter that days are not of one length.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lifecycle_fsm.domain.fields import FieldKind
from lifecycle_fsm.guards.mapping import mapped
from lifecycle_fsm.guards.model import Guard, Known, Leaf, Reading, held_parts, leaves

_SINCE_ENTRY = ".since_entry"


def in_utc(guard: Guard) -> Guard:
    """The guard with days as they are in UTC."""
    return mapped(guard, _leaf_in_utc) if any(leaf.subject.local for leaf in leaves(guard)) else guard


def is_local(guards: Iterable[Guard]) -> bool:
    """Whether a proof that nothing can be found may depend on where accounts are, or on several places at once."""
    found = [leaf for guard in guards for leaf in _all_leaves(guard)]
    days = {leaf.subject.local.base for leaf in found if leaf.subject.local is not None}
    instants = {field.key for field in days if field.kind is FieldKind.INSTANT}
    places = {leaf.subject.local and leaf.subject.local.time_zone for leaf in found if _counts_days(leaf)}
    return bool(days) and (len(places) > 1 or any(_reads_time_of(leaf, instants) for leaf in found))


def _counts_days(leaf: Leaf) -> bool:
    return leaf.subject.reading in (Reading.DAYS_UNTIL, Reading.DAYS_SINCE)


def _reads_time_of(leaf: Leaf, instants: set[str]) -> bool:
    """Whether the leaf reads one of these instants otherwise than by its day, or compares any with a date."""
    field = leaf.subject.field
    if field.kind is not FieldKind.INSTANT:
        return False
    is_same = field.key.removesuffix(_SINCE_ENTRY) in instants
    if isinstance(leaf.test, Known):
        return is_same and field.key.endswith(_SINCE_ENTRY)
    return is_same or leaf.subject.reading is Reading.VALUE


def _all_leaves(guard: Guard) -> Iterator[Leaf]:
    yield from leaves(guard)
    yield from (held.age for held in held_parts(guard))


def _leaf_in_utc(leaf: Leaf) -> Leaf:
    local = leaf.subject.local
    return leaf if local is None else replace(leaf, subject=replace(leaf.subject, field=local.base, local=None))
