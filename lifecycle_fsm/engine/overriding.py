"""Overrides of health: set and ended by people, and over at their instant by themselves."""

from dataclasses import replace
from datetime import datetime

from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.override import Override, OverrideEnd
from lifecycle_fsm.engine.outcomes import OverrideOver, OverrideSet, Step
from lifecycle_fsm.engine.situation import Situation

OVERRIDE_VALUE, OVERRIDE_UNTIL = "override.value", "override.until"
"""Among the inputs of an override that expired: what was said, and until when."""


def set_override(lifecycle: Lifecycle, key: str, value: float, until: datetime, author: str, as_of: datetime) -> Step:
    """Speak in the place of a measure or of the health score; one that was there is replaced."""
    revision = lifecycle.revision + 1
    before = lifecycle.overrides.get(key)
    over = () if before is None else (OverrideOver(key, before.value, OverrideEnd.REPLACED),)
    said = Override(key, value, as_of, until, author, revision)
    return Step(
        kind=RecordKind.HEALTH_OVERRIDDEN,
        cause=Cause.PERSON,
        from_stage=lifecycle.stage,
        lifecycle=replace(lifecycle, revision=revision, overrides={**lifecycle.overrides, key: said}),
        effective_at=as_of,
        subject=key,
        done=(*over, OverrideSet(key, value, until)),
    )


def end_override(lifecycle: Lifecycle, override: Override, end: OverrideEnd, cause: Cause, as_of: datetime) -> Step:
    """Let what is known count again."""
    rest = {key: each for key, each in lifecycle.overrides.items() if key != override.key}
    return Step(
        kind=RecordKind.OVERRIDE_ENDED,
        cause=cause,
        from_stage=lifecycle.stage,
        lifecycle=replace(lifecycle, revision=lifecycle.revision + 1, overrides=rest),
        effective_at=as_of,
        subject=override.key,
        done=(OverrideOver(override.key, override.value, end),),
    )


def expire_overrides(situation: Situation, cause: Cause) -> Situation:
    """End the overrides whose instant has come; they have not counted since."""
    for override in situation.lifecycle.overrides.values():
        if not override.counts(situation.as_of):
            step = end_override(situation.lifecycle, override, OverrideEnd.EXPIRED, cause, situation.as_of)
            said = {OVERRIDE_VALUE: override.value, OVERRIDE_UNTIL: to_ms(override.until)}
            situation = situation.after(replace(step, inputs=said))
    return situation
