"""What a verification does not decide again, sorted and in words."""

from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.services.audit.undecided import Sort, Undecided, undecided_of

ALWAYS_DECIDED = {
    RecordKind.MOVED,
    RecordKind.REFUSED,
    RecordKind.ALERT_OPENED,
    RecordKind.ALERT_RAISED,
    RecordKind.ALERT_CLEARED,
    RecordKind.MILESTONE_MISSED,
}
"""Kinds that guards, data or time decide whatever their cause; an override of guards counts as such."""


def test_every_kind_that_may_be_left_undecided_has_words() -> None:
    left = {kind.value for kind in RecordKind if kind not in ALWAYS_DECIDED} | {"override"}

    found = undecided_of(dict.fromkeys(left, 1))

    assert (found.assigned, found.migrated, found.earlier) == (1, 1, 0)
    assert [each.key for each in found.others] == sorted(left - {"assigned", "migrated"})
    assert all(each.in_words.startswith("1 ") and "_" not in each.in_words for each in found.others)


def test_sorts_by_how_many_they_are() -> None:
    found = undecided_of({"assigned": 4, "paused": 1, "cta_closed": 2, "override": 2, "earlier_release": 3})

    others = (Sort("cta_closed", 2, "2 CTAs closed"), Sort("override", 2, "2 overrides of guards"))
    assert found == Undecided(4, 0, 3, (*others, Sort("paused", 1, "1 pause")))
