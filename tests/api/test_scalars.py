"""Scalars and ids: what is written is read back, and anything else is refused with the reason."""

from datetime import UTC, date, datetime, timedelta

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from api.ids import global_id, read_id
from api.scalars import (
    read_day,
    read_document,
    read_duration,
    read_instant,
    read_value,
    write_day,
    write_document,
    write_duration,
    write_instant,
    write_value,
)
from lifecycle_fsm.domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(), "PT0S"),
        (timedelta(days=3, hours=4), "P3DT4H"),
        (timedelta(days=60), "P60D"),
        (timedelta(minutes=-90), "-PT1H30M"),
        (timedelta(seconds=1.5), "PT1.5S"),
        (timedelta(days=-1), "-P1D"),
    ],
)
def test_durations_are_iso_8601(span: timedelta, text: str) -> None:
    assert write_duration(span) == text
    assert read_duration(text) == span


def test_documents_are_only_given() -> None:
    assert write_document({"seq": 1}) == {"seq": 1}
    with pytest.raises(GraphQLError, match="JSON cannot be"):
        read_document({"seq": 1})


@given(st.timedeltas(timedelta(days=-200_000), timedelta(days=200_000)))
def test_every_duration_is_read_back(span: timedelta) -> None:
    assert read_duration(write_duration(span)) == span


@pytest.mark.parametrize("text", ["", "P", "PT", "P1Y", "P1W", "1d", "P200001D", f"P{'9' * 30}D", "P-1D", 5, None])
def test_refuses_other_durations(text: object) -> None:
    with pytest.raises(GraphQLError, match="Duration cannot be"):
        read_duration(text)


def test_instants_are_in_utc() -> None:
    instant = datetime(2026, 3, 2, 9, tzinfo=UTC)

    assert write_instant(instant) == "2026-03-02T09:00:00Z"
    assert write_instant(instant.replace(microsecond=1500)) == "2026-03-02T09:00:00.001Z"
    assert read_instant("2026-03-02T10:00:00+01:00") == instant


@pytest.mark.parametrize(
    "text", ["", "2026-03-02", "2026-03-02T09:00:00", "2026-03-02T25:00:00Z", "1800-01-01T00:00:00Z", "now", 5, True]
)
def test_refuses_other_instants(text: object) -> None:
    with pytest.raises(GraphQLError, match="DateTime cannot be"):
        read_instant(text)


def test_days_are_read_back_and_others_refused() -> None:
    assert read_day(write_day(date(2026, 3, 2))) == date(2026, 3, 2)
    for text in ("2026-13-01", "2300-01-01", "", 5):
        with pytest.raises(GraphQLError, match="Date cannot be"):
            read_day(text)


@pytest.mark.parametrize("value", [1, -2.5, "x", True, None, 2**53 - 1])
def test_values_are_kept(value: object) -> None:
    assert write_value(read_value(value)) is value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, [], {}, "x" * 501])
def test_refuses_other_values(value: object) -> None:
    with pytest.raises(GraphQLError, match="Value cannot be"):
        read_value(value)


@given(st.text(min_size=1, max_size=100))
def test_an_id_is_taken_apart_only_by_us(local: str) -> None:
    assert read_id(global_id("Segment", local), "id") == ("Segment", local)


@pytest.mark.parametrize(
    "text", ["", "x", "é", "U2VnbWVudA", f"{global_id('Segment', 'x')}=", f"{global_id('Segment', 'x')}\n", "A" * 501]
)
def test_any_other_text_is_no_id(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_id(text, "input.id")

    assert refused.value.path == "input.id"
