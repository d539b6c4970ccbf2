"""Whether an account moves through its stage in the time expected."""

from datetime import datetime, timedelta
from enum import StrEnum


class Pace(StrEnum):
    """On track up to the expected time, behind up to the stuck limit, stuck after it."""

    ON_TRACK = "on_track"
    BEHIND = "behind"
    STUCK = "stuck"

    @property
    def rank(self) -> int:
        """0 on track, 1 behind, 2 stuck."""
        return ("on_track", "behind", "stuck").index(self.value)


def pace_of(entered_at: datetime, expected: timedelta | None, stuck: timedelta | None, as_of: datetime) -> Pace:
    """
    Judge the time in stage against its two limits; a limit that is None is never passed.

    Exactly at a limit is still within it.

    Source: recipe R37, "on track if days in stage <= expected; behind if <= stuck limit; else stuck".
    """
    age = as_of - entered_at
    if stuck is not None and age > stuck:
        return Pace.STUCK
    if expected is not None and age > expected:
        return Pace.BEHIND
    return Pace.ON_TRACK
