"""Every field has one place in the hot row, and SQL finds it there."""

import pytest
from sqlalchemy import select

from lifecycle_fsm.domain.fields import (
    CAME_FROM,
    HEALTH_BAND,
    HEALTH_SCORE,
    STAGE_ENTERED_AT,
    Field,
    FieldKind,
    Value,
    fact_field,
    measure_field,
)
from lifecycle_fsm.store.facts import Observation, record_facts
from lifecycle_fsm.store.layout import Layout, assign_slots, is_observed
from lifecycle_fsm.store.tables.accounts import account_state
from tests.store.builders import NO_SLOTS, NOON, a_profile, a_stored_account, opened

ACME = a_profile().account_id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (measure_field("usage.wau_ratio"), 1 / 3),
        (measure_field("tiny"), 5e-324),
        (measure_field("huge"), -1.2345678901234567e200),
        (fact_field("seats", FieldKind.INTEGER), 2**53 - 1),
        (fact_field("at", FieldKind.INSTANT), -2_208_988_800_000),
        (fact_field("signed", FieldKind.FLAG), 0),
        (fact_field("day", FieldKind.DAY), 20_513),
        (fact_field("text", FieldKind.TEXT), 'it\'s "é" \\ 100 %'),
    ],
    ids=lambda part: part.key if isinstance(part, Field) else "",
)
@pytest.mark.parametrize("has_slot", [False, True], ids=["in JSON", "in a slot"])
def test_sql_reads_a_value_exactly_wherever_it_lies(
    database_url: str, has_slot: bool, field: Field, value: Value
) -> None:
    with opened(database_url) as database, database.writing() as connection:
        layout = assign_slots(connection, [field]) if has_slot else NO_SLOTS
        a_stored_account(connection)
        record_facts(connection, [Observation(ACME, field, value, NOON, "test")], layout, NOON)
        read = connection.execute(select(layout.expression(field))).scalar_one()

    assert (read, type(read)) == (value, type(value))


def test_a_field_that_is_not_known_is_null(database_url: str) -> None:
    fields = [Field(f"fact.{kind}", kind) for kind in FieldKind]

    with opened(database_url) as database, database.writing() as connection:
        a_stored_account(connection)
        row = connection.execute(select(*(NO_SLOTS.expression(field) for field in fields))).one()

    assert tuple(row) == (None,) * 6


def test_fields_that_every_account_has_have_their_own_columns() -> None:
    fields = (STAGE_ENTERED_AT, CAME_FROM, HEALTH_SCORE, HEALTH_BAND)

    assert [NO_SLOTS.expression(field) for field in fields] == [
        account_state.c.entered_at,
        account_state.c.came_from,
        account_state.c.health_score,
        account_state.c.health_band,
    ]


def test_facts_get_slots_before_derived_fields_and_instants(database_url: str) -> None:
    fields = [
        Field("visits.adoption", FieldKind.INTEGER),
        Field("measure.logins@", FieldKind.INSTANT),
        Field("fact.contract.end", FieldKind.DAY),
        measure_field("logins"),
        HEALTH_SCORE,
    ]

    with opened(database_url) as database, database.writing() as connection:
        layout = assign_slots(connection, fields)

    assert layout == Layout(
        {"fact.contract.end": "i00", "visits.adoption": "i01", "measure.logins@": "i02", "measure.logins": "n00"}
    )


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("measure.logins", True),
        ("measure.logins@", True),
        ("fact.change.request", True),
        ("measure.logins.before.2592000000", False),
        ("measure.logins.change.2592000000", False),
        ("health.score", False),
        ("milestone.fact.x", False),
        ("ctas.type=risk", False),
    ],
)
def test_observed_fields_are_told_from_derived_ones(key: str, expected: bool) -> None:
    assert is_observed(key) is expected
