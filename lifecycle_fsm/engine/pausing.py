"""Pauses: begun and ended by people, and over at their instant by themselves."""

from dataclasses import dataclass, replace
from datetime import datetime

from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.pause import Pause
from lifecycle_fsm.engine.outcomes import PauseBegun, PauseOver, Step
from lifecycle_fsm.engine.situation import Situation

SUBJECT = "clock"
"""What the history rows of pauses are about."""
PAUSED_SINCE, PAUSED_UNTIL = "pause.since", "pause.until"
"""Among the inputs of a pause that ended by itself: since when it went on, and until when it was to."""


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a clock is to stand still: `since` None for now, `until` None for an open end."""

    since: datetime | None = None
    until: datetime | None = None


def begin_pause(lifecycle: Lifecycle, span: Span, author: str | None, as_of: datetime) -> Step:
    """Stop the clock of the stage, of an account without a pause; from now on, from a date that lies ahead or back."""
    revision, since = lifecycle.revision + 1, span.since or as_of
    return Step(
        kind=RecordKind.PAUSED,
        cause=Cause.PERSON,
        from_stage=lifecycle.stage,
        lifecycle=replace(lifecycle, revision=revision, pause=Pause(since, span.until, author, revision)),
        effective_at=as_of,
        subject=SUBJECT,
        done=(PauseBegun(span.since, span.until),),
    )


def end_pause(lifecycle: Lifecycle, pause: Pause, at: datetime, cause: Cause, as_of: datetime) -> Step:
    """Let the clock go on; it has stood still up to `at`, and so have those of conditions with `for`."""
    stop = pause.until_now(at).after(lifecycle.entered_at)
    return Step(
        kind=RecordKind.RESUMED,
        cause=cause,
        from_stage=lifecycle.stage,
        lifecycle=replace(
            lifecycle,
            revision=lifecycle.revision + 1,
            pause=None,
            paused_ms=lifecycle.stood_still_ms(at),
            stops=(*lifecycle.stops, stop) if stop.length_ms else lifecycle.stops,
            held={key: lifecycle.held_since(since, at) for key, since in lifecycle.held.items()},
        ),
        effective_at=as_of,
        subject=SUBJECT,
        done=(PauseOver(pause.since, at),),
    )


def expire_pause(situation: Situation, cause: Cause) -> Situation:
    """End a pause whose instant has come; the clock has gone on since then, whenever it is looked at."""
    pause = situation.lifecycle.pause
    if pause is None or pause.until is None or not pause.is_over(situation.as_of):
        return situation
    step = end_pause(situation.lifecycle, pause, pause.until, cause, situation.as_of)
    planned = {PAUSED_SINCE: to_ms(pause.since), PAUSED_UNTIL: to_ms(pause.until)}
    return situation.after(replace(step, inputs=planned))
