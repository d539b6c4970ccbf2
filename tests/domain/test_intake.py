"""What is let in, and what a refusal says."""

from datetime import UTC, datetime

import pytest

from lifecycle_fsm.domain.catalog import FactSpec, MeasureSpec, MeasureType
from lifecycle_fsm.domain.fields import FieldKind
from lifecycle_fsm.domain.intake import Outside, Refusal, take_fact, take_instant, take_measure

SETUP = MeasureSpec("setup", "Setup", "%", 0.0, 100.0)
STATUS = FactSpec("status", "Status", FieldKind.TEXT, one_of=("active", "churned"))


@pytest.mark.parametrize(("outside", "taken"), [(80, 80.0), ("80.5", 80.5), (" 1e1 ", 10.0), (" ", None), (None, None)])
def test_takes_a_measure(outside: Outside, taken: float | None) -> None:
    assert take_measure(SETUP, outside) == taken


@pytest.mark.parametrize("outside", [float("nan"), float("inf"), "nan", "Infinity", "12,5", True, "0x10", "1_000"])
def test_refuses_what_is_no_finite_number(outside: Outside) -> None:
    refusal = take_measure(SETUP, outside)

    assert refusal == Refusal(f"measure 'setup' is {str(outside)!r}; expected a finite number in %")


@pytest.mark.parametrize("outside", [-0.1, 100.1])
def test_refuses_a_measure_outside_its_range(outside: float) -> None:
    assert take_measure(SETUP, outside) == Refusal(f"measure 'setup' is '{outside}'; expected 0 to 100 %")


@pytest.mark.parametrize(
    ("kind", "outside", "taken"),
    [
        (FieldKind.DAY, "1970-01-11", 10),
        (FieldKind.DAY, "2026-02-30", None),
        (FieldKind.DAY, "1899-12-31", None),
        (FieldKind.INSTANT, "1970-01-01T00:00:01Z", 1000),
        (FieldKind.INSTANT, "1970-01-02", 86_400_000),
        (FieldKind.INSTANT, "1970-01-01T00:00:01", None),
        (FieldKind.INSTANT, "2500-01-01T00:00:00Z", None),
        (FieldKind.FLAG, True, 1),
        (FieldKind.FLAG, "No", 0),
        (FieldKind.FLAG, "maybe", None),
        (FieldKind.INTEGER, "7", 7),
        (FieldKind.INTEGER, 7.5, None),
        (FieldKind.INTEGER, 2**53, None),
        (FieldKind.NUMBER, "inf", None),
        (FieldKind.TEXT, "zero\x00byte", None),
        (FieldKind.TEXT, "x" * 501, None),
    ],
)
def test_takes_or_refuses_a_fact_by_its_kind(kind: FieldKind, outside: Outside, taken: float | None) -> None:
    result = take_fact(FactSpec("x", "X", kind), outside)

    assert result == taken if taken is not None else isinstance(result, Refusal)


def test_names_the_texts_that_are_allowed() -> None:
    assert take_fact(STATUS, "gone") == Refusal("fact 'status' is 'gone'; expected one of active, churned")


def test_an_instant_is_turned_to_utc() -> None:
    assert take_instant("2026-03-02T10:00:00+01:00") == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_long_value_is_cut_in_the_message() -> None:
    refusal = take_measure(SETUP, "9" * 30 + "x" * 100)

    assert isinstance(refusal, Refusal)
    assert len(refusal.message) < 110


TRAINED = MeasureSpec("trained", "Trained", "yes/no", 0.0, 1.0, type=MeasureType.FLAG)
SPONSOR = MeasureSpec(
    "sponsor", "Sponsor", "points", 0.0, 100.0, type=MeasureType.CHOICE, choices=(("strong", 100.0), ("none", 0.0))
)
SEATS = MeasureSpec("seats", "Seats", "seats", 0.0, type=MeasureType.COUNT)
LAUNCH = MeasureSpec("launch", "Launch", "points", 0.0, 100.0, is_derived=True)


@pytest.mark.parametrize(
    ("spec", "outside", "taken"),
    [
        (TRAINED, True, 1.0),
        (TRAINED, "no", 0.0),
        (SPONSOR, "strong", 100.0),
        (SPONSOR, " none ", 0.0),
        (SEATS, "12", 12.0),
        (SEATS, None, None),
    ],
)
def test_a_measure_comes_as_its_type_says(spec: MeasureSpec, outside: Outside, taken: float | None) -> None:
    assert take_measure(spec, outside) == taken


@pytest.mark.parametrize(
    ("spec", "outside", "message"),
    [
        (TRAINED, "perhaps", "measure 'trained' is 'perhaps'; expected true or false"),
        (SPONSOR, 100, "measure 'sponsor' is '100'; expected one of strong, none"),
        (SEATS, 1.5, "measure 'seats' is '1.5'; expected a whole number of seats"),
        (SEATS, -1, "measure 'seats' is '-1'; expected at least 0 seats"),
        (LAUNCH, 50, "measure 'launch' is derived from what else is known; record that instead"),
    ],
)
def test_a_measure_of_another_type_is_refused(spec: MeasureSpec, outside: Outside, message: str) -> None:
    assert take_measure(spec, outside) == Refusal(message)
