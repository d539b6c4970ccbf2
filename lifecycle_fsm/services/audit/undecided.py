"""Rows that a verification does not decide again, told in words and sorted by why."""

from collections.abc import Mapping
from dataclasses import dataclass

from lifecycle_fsm.domain.counted import counted
from lifecycle_fsm.domain.history import RecordKind

OVERRIDE = "override"
"""A move that a person made against its guards."""

EARLIER = "earlier_release"
"""What happened by itself under a release that kept no evidence of it."""

_WORDS: Mapping[str, tuple[str, str]] = {
    OVERRIDE: ("override of guards", "overrides of guards"),
    RecordKind.PACE_CHANGED: ("change of pace", "changes of pace"),
    RecordKind.MILESTONE_REACHED: ("milestone dated by a person", "milestones dated by people"),
    RecordKind.MILESTONE_REVOKED: ("milestone revoked", "milestones revoked"),
    RecordKind.MILESTONE_REDATED: ("milestone redated", "milestones redated"),
    RecordKind.CTA_OPENED: ("CTA opened", "CTAs opened"),
    RecordKind.CTA_CHANGED: ("CTA changed", "CTAs changed"),
    RecordKind.CTA_WOKEN: ("CTA woken", "CTAs woken"),
    RecordKind.CTA_CLOSED: ("CTA closed", "CTAs closed"),
    RecordKind.PLAN_CHANGED: ("step of a success plan", "steps of success plans"),
    RecordKind.CSM_CHANGED: ("change of CSM", "changes of CSM"),
    RecordKind.HEALTH_OVERRIDDEN: ("override of health", "overrides of health"),
    RecordKind.OVERRIDE_ENDED: ("override of health ended", "overrides of health ended"),
    RecordKind.PAUSED: ("pause", "pauses"),
    RecordKind.RESUMED: ("pause ended", "pauses ended"),
    RecordKind.REASSIGNED: ("change of segment", "changes of segment"),
    RecordKind.RUN_UNDONE: ("run undone", "runs undone"),
    RecordKind.ERASED: ("erasure", "erasures"),
}


@dataclass(frozen=True, slots=True)
class Sort:
    """So many rows of one sort that no guard decided: `key` is for programs, `in_words` says `2 CTAs closed`."""

    key: str
    rows: int
    in_words: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """
    Hold the rows that were not decided again, by why.

    `others` are what people and corrections brought about, most rows first; of
    `earlier` rows their release kept no evidence.
    """

    assigned: int
    migrated: int
    earlier: int
    others: tuple[Sort, ...]


def undecided_of(excepted: Mapping[str, int]) -> Undecided:
    """Sort what a verification counted, by key."""
    apart = (RecordKind.ASSIGNED, RecordKind.MIGRATED, EARLIER)
    others = [Sort(key, rows, _told(key, rows)) for key, rows in excepted.items() if key not in apart]
    assigned, migrated, earlier = (excepted.get(key, 0) for key in apart)
    return Undecided(assigned, migrated, earlier, tuple(sorted(others, key=lambda each: (-each.rows, each.key))))


def _told(key: str, rows: int) -> str:
    return counted(rows, *_WORDS[key])
