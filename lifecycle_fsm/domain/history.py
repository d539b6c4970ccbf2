"""The words of the append-only history: what a record is about, and what caused it."""

from enum import StrEnum


class RecordKind(StrEnum):
    """What one history row says about its account."""

    ASSIGNED = "assigned"
    MOVED = "moved"
    REFUSED = "refused"
    PACE_CHANGED = "pace_changed"
    ALERT_OPENED = "alert_opened"
    ALERT_RAISED = "alert_raised"
    ALERT_CLEARED = "alert_cleared"
    MILESTONE_REACHED = "milestone_reached"
    MILESTONE_REVOKED = "milestone_revoked"
    MILESTONE_REDATED = "milestone_redated"
    MILESTONE_MISSED = "milestone_missed"
    CTA_OPENED = "cta_opened"
    CTA_CHANGED = "cta_changed"
    CTA_WOKEN = "cta_woken"
    CTA_CLOSED = "cta_closed"
    PLAN_CHANGED = "plan_changed"
    CSM_CHANGED = "csm_changed"
    HEALTH_OVERRIDDEN = "health_overridden"
    OVERRIDE_ENDED = "override_ended"
    PAUSED = "paused"
    RESUMED = "resumed"
    MIGRATED = "migrated"
    REASSIGNED = "reassigned"
    RUN_UNDONE = "run_undone"
    ERASED = "erased"


class Cause(StrEnum):
    """Who or what set a change in motion."""

    PERSON = "person"
    AUTOMATIC = "automatic"
    DEADLINE = "deadline"
    MIGRATION = "migration"
    IMPORT = "import"
    OVERRIDE = "override"
    UNDO = "undo"
