"""Business days agree with a calendar that is walked day by day."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lifecycle_fsm.domain.calendars import (
    WEEKDAYS,
    BusinessDays,
    Calendar,
    Holiday,
    Weekday,
    add_business_days,
    after,
    business_days_between,
    format_span,
    is_business_day,
    parse_span,
)
from lifecycle_fsm.domain.moments import DAY_MS

DAYS = st.dates(date(2020, 1, 1), date(2022, 12, 31))
CALENDARS = st.builds(
    lambda worked, closed: Calendar(
        "any", "Any", tuple(day for day in Weekday if day in worked), tuple(Holiday(day, "x") for day in sorted(closed))
    ),
    st.sets(st.sampled_from(Weekday), min_size=1),
    st.sets(DAYS, max_size=60),
)


def is_worked(calendar: Calendar, day: date) -> bool:
    closed = {holiday.on for holiday in calendar.holidays}
    return list(Weekday)[day.weekday()] in calendar.working_days and day not in closed


def walked(calendar: Calendar, start: date, days: int) -> date:
    """The answer of somebody who turns the pages of a calendar."""
    step, left = timedelta(days=1 if days > 0 else -1), abs(days)
    while left:
        start += step
        left -= is_worked(calendar, start)
    return start


@given(CALENDARS, DAYS, st.integers(-200, 200))
def test_adding_business_days_is_walking_the_calendar(calendar: Calendar, start: date, days: int) -> None:
    assert add_business_days(calendar, start, days) == walked(calendar, start, days)


@given(CALENDARS, DAYS, DAYS)
def test_business_days_between_are_those_walked_over(calendar: Calendar, one: date, other: date) -> None:
    start, end = sorted((one, other))
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]

    assert business_days_between(calendar, start, end) == sum(is_worked(calendar, day) for day in days[1:])
    assert business_days_between(calendar, end, start) == -sum(is_worked(calendar, day) for day in days[:-1])


@given(CALENDARS, DAYS, st.integers(-200, 200))
def test_counting_undoes_adding(calendar: Calendar, start: date, days: int) -> None:
    assert business_days_between(calendar, start, add_business_days(calendar, start, days)) == days


@given(CALENDARS, DAYS)
def test_a_day_is_worked_or_not(calendar: Calendar, day: date) -> None:
    assert is_business_day(calendar, day) is is_worked(calendar, day)


def test_ten_business_days_over_easter() -> None:
    easter = (Holiday(date(2026, 4, 3), "Good Friday"), Holiday(date(2026, 4, 6), "Easter Monday"))
    germany = Calendar("germany", "Germany", WEEKDAYS.working_days, easter)
    start = datetime(2026, 3, 30, 9, 30, tzinfo=UTC)

    assert after(germany, start, BusinessDays(10)) == datetime(2026, 4, 15, 9, 30, tzinfo=UTC)
    assert after(WEEKDAYS, start, BusinessDays(10)) == datetime(2026, 4, 13, 9, 30, tzinfo=UTC)
    assert after(germany, start, 10 * DAY_MS) == datetime(2026, 4, 9, 9, 30, tzinfo=UTC)


def test_a_span_is_read_as_it_is_written() -> None:
    assert parse_span("10bd") == BusinessDays(10)
    assert parse_span("2w") == 14 * DAY_MS
    assert (parse_span("bd"), parse_span("1.5bd"), parse_span("-1bd")) == (None, None, None)
    assert (format_span(BusinessDays(3)), format_span(14 * DAY_MS)) == ("3bd", "14d")
