"""How old a CTA is and how it stands to its due date, in days."""

from datetime import datetime, timedelta

from lifecycle_fsm.domain.cta import Cta

_DAY = timedelta(days=1)


def age_days(cta: Cta, as_of: datetime) -> float:
    """Days from the opening to the closing, or to the date while it is open."""
    return max(((cta.closed_at or as_of) - cta.opened_at) / _DAY, 0.0)


def days_past_due(cta: Cta, as_of: datetime) -> float:
    """Days that it was worked on beyond its due date; 0 while that lies ahead."""
    return max(((cta.closed_at or as_of) - cta.due_at) / _DAY, 0.0)


def due_date_variance_days(cta: Cta) -> float:
    """Days by which the due date was put off since the opening; negative where it was brought forward."""
    return (cta.due_at - (cta.first_due_at or cta.due_at)) / _DAY


def is_overdue(cta: Cta, as_of: datetime) -> bool:
    """Whether it is open and its due date has passed."""
    return cta.is_open and cta.due_at < as_of


def is_closed_overdue(cta: Cta) -> bool:
    """Whether it was closed after its due date."""
    return cta.closed_at is not None and cta.closed_at > cta.due_at
