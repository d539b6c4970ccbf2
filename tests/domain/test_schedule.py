"""Schedules: spans and cron lines, and the last instant that each names."""

from datetime import UTC, datetime

import pytest

from lifecycle_fsm.domain.schedule import Every, parse_schedule

NOW = datetime(2026, 3, 4, 14, 37, 25, 500_000, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("2s", "2026-03-04T14:37:24"),
        ("5m", "2026-03-04T14:35:00"),
        ("1d", "2026-03-04T00:00:00"),
        ("* * * * *", "2026-03-04T14:37:00"),
        ("0 3 * * *", "2026-03-04T03:00:00"),
        ("0 15 * * *", "2026-03-03T15:00:00"),
        ("*/20 * * * *", "2026-03-04T14:20:00"),
        ("10-40/15,59 9-17 * * *", "2026-03-04T14:25:00"),
        ("30 4 1 * *", "2026-03-01T04:30:00"),
        ("0 0 29 2 *", "2024-02-29T00:00:00"),
        ("0 6 * * 1", "2026-03-02T06:00:00"),
        ("0 6 * * 7", "2026-03-01T06:00:00"),
        ("0 6 3 * 5", "2026-03-03T06:00:00"),
        ("0 6 1-7 * */2", "2026-03-03T06:00:00"),
    ],
)
def test_the_last_instant_is_the_last_one(text: str, last: str) -> None:
    schedule = parse_schedule(text)

    assert schedule is not None
    assert schedule.last(NOW).isoformat() == f"{last}+00:00"
    assert schedule.last(schedule.last(NOW)) == schedule.last(NOW)
    assert str(schedule) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0s",
        "2",
        "soon",
        "* * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "0 0 30 2 *",
        "5-1 * * * *",
        "*/0 * * * *",
        "1/x * * * *",
        "-1 * * * *",
        "1- * * * *",
    ],
)
def test_anything_else_is_no_schedule(text: str) -> None:
    assert parse_schedule(text) is None


def test_a_span_counts_from_1970() -> None:
    assert parse_schedule("7s") == Every(7_000, "7s")
