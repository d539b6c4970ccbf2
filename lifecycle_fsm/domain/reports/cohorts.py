"""Months and quarters of UTC, in which accounts begin together."""

from datetime import date, timedelta
from enum import StrEnum

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.moments import from_day, to_day

QUARTER_MONTHS = 3
LAST_MONTH = 12


class Cohorts(StrEnum):
    """How long a cohort is."""

    MONTH = "month"
    QUARTER = "quarter"

    def label(self, day: int) -> str:
        """The cohort of a day since 1970, such as `2026-04` or `2026-Q2`; in the order of time as text, too."""
        found = from_day(day)
        quarter = (found.month + 2) // QUARTER_MONTHS
        return f"{found:%Y-%m}" if self is Cohorts.MONTH else f"{found.year:04}-Q{quarter}"


def days_of(label: str) -> tuple[int, int]:
    """
    The first and the last day of a month or quarter by its label, in days since 1970.

    Raises:
        InvalidInput: it is no label.
    """
    year, _, part = label.partition("-")
    try:
        quarter = int(part.removeprefix("Q")) if part.startswith("Q") else None
        month = int(part) if quarter is None else quarter * QUARTER_MONTHS - 2
        first = date(int(year), month, 1)
    except ValueError:
        raise InvalidInput(f"{label[:20]!r} is no month or quarter; expected `2026-04` or `2026-Q2`") from None
    months = 1 if quarter is None else QUARTER_MONTHS
    after = first.month + months
    end = date(first.year + 1, 1, 1) if after > LAST_MONTH else date(first.year, after, 1)
    return to_day(first), to_day(end - timedelta(days=1))
