"""Pauses: while one lasts, the clock of an account's stage stands still."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """
    Hold the pause that an account is in.

    The clock stands still from `since` on, and goes on at `until`, None for as long as
    nobody resumes it. `seq` is the history row that says why.
    """

    since: datetime
    until: datetime | None
    author: str | None
    seq: int

    def is_over(self, as_of: datetime) -> bool:
        """Whether its end has come."""
        return self.until is not None and as_of >= self.until
