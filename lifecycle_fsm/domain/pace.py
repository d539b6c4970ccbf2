"""Whether an account moves through its stage in the time expected."""

from datetime import datetime
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


def pace_of(behind_after: datetime | None, stuck_after: datetime | None, as_of: datetime) -> Pace:
    """
    Judge the date against the instants up to which a visit is on track, and not stuck; None is never passed.

    Exactly at a limit is still within it.

    Source: recipe R37, "on track if days in stage <= expected; behind if <= stuck limit; else stuck".
    """
    if stuck_after is not None and as_of > stuck_after:
        return Pace.STUCK
    if behind_after is not None and as_of > behind_after:
        return Pace.BEHIND
    return Pace.ON_TRACK
