"""Pauses: while one lasts, the clock of an account's stage stands still."""

from dataclasses import dataclass
from datetime import datetime

from lifecycle_fsm.domain.moments import to_ms


@dataclass(frozen=True, slots=True)
class Standstill:
    """A stretch of time in which the clock stood still; empty where it ends before it begins."""

    since: datetime
    until: datetime

    @property
    def length_ms(self) -> int:
        """How long it was, in milliseconds."""
        return max(to_ms(self.until) - to_ms(self.since), 0)

    def after(self, instant: datetime) -> "Standstill":
        """What of it came after an instant."""
        return Standstill(max(self.since, instant), self.until)


@dataclass(frozen=True, slots=True)
class Pause:
    """
    Hold the pause that an account is in, or that is planned for it.

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

    def goes_on(self, as_of: datetime) -> bool:
        """Whether it has begun and is not over."""
        return self.since <= as_of and not self.is_over(as_of)

    def until_now(self, as_of: datetime) -> Standstill:
        """How it has come on so far; empty before it begins."""
        return Standstill(self.since, as_of if self.until is None else min(as_of, self.until))
