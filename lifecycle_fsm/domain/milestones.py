"""Whether a milestone that is expected by a date was reached in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Compliance(StrEnum):
    """How an expected milestone stands against its due date."""

    PENDING = "pending"
    """Not reached, and still in time."""
    IN_TIME = "in_time"
    """Reached by the due date."""
    LATE = "late"
    """Reached after it."""
    MISSED = "missed"
    """Not reached, and the due date has passed."""
    UNKNOWN = "unknown"
    """The date that the time counts from is not known."""


@dataclass(frozen=True, slots=True)
class Standing:
    """
    Say how one expected milestone of an account stands.

    `margin` is the time from reaching it to its due date, negative when it was late;
    None unless it was reached and is due.
    """

    milestone: str
    due_at: datetime | None
    reached_at: datetime | None
    compliance: Compliance

    @property
    def margin(self) -> timedelta | None:
        """How early it was reached."""
        return None if self.due_at is None or self.reached_at is None else self.due_at - self.reached_at


def standing_of(milestone: str, due_at: datetime | None, reached_at: datetime | None, as_of: datetime) -> Standing:
    """Judge a milestone at a date; exactly at the due date is in time."""
    if due_at is None:
        return Standing(milestone, None, reached_at, Compliance.UNKNOWN)
    if reached_at is not None:
        compliance = Compliance.IN_TIME if reached_at <= due_at else Compliance.LATE
    else:
        compliance = Compliance.PENDING if as_of <= due_at else Compliance.MISSED
    return Standing(milestone, due_at, reached_at, compliance)
