"""Instants and durations survive the way to integers and back."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_fsm.domain.moments import (
    EARLIEST,
    LATEST,
    day_of,
    format_duration,
    from_day,
    from_ms,
    parse_duration,
    to_day,
    to_ms,
)


@given(st.integers(to_ms(EARLIEST), to_ms(LATEST)))
def test_milliseconds_survive(milliseconds: int) -> None:
    assert to_ms(from_ms(milliseconds)) == milliseconds


@given(st.dates())
def test_days_survive(day: date) -> None:
    assert from_day(to_day(day)) == day


def test_an_instant_before_1970_falls_on_its_own_day() -> None:
    assert from_day(day_of(to_ms(datetime(1969, 12, 31, 23, 59, tzinfo=UTC)))).isoformat() == "1969-12-31"


@given(st.integers(0, 999_999).map(lambda seconds: seconds * 1000))
def test_durations_survive(milliseconds: int) -> None:
    assert parse_duration(format_duration(milliseconds)) == milliseconds


@pytest.mark.parametrize("text", ["14", "d", "1.5d", "-3d", "14 d", "14D", ""])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert parse_duration(text) is None
