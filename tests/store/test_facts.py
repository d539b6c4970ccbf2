"""Observations are all kept; the newest of each field is what guards see."""

from datetime import timedelta

import pytest

from lifecycle_fsm.domain.errors import UnknownAccount
from lifecycle_fsm.domain.fields import Field, FieldKind, Value, measure_field
from lifecycle_fsm.domain.moments import DAY_MS, to_ms
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.store.accounts import StoredAccount, load_accounts
from lifecycle_fsm.store.baselines import load_baselines
from lifecycle_fsm.store.change import AccountChange, Health
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.facts import (
    Observation,
    Reception,
    facts_as_of,
    load_facts,
    record_facts,
)
from lifecycle_fsm.store.layout import Layout, assign_slots, load_layout
from lifecycle_fsm.store.series import fact_series
from lifecycle_fsm.store.transitions import save
from tests.store.builders import NO_SLOTS, NOON, a_profile, a_stored_account, opened

LOGINS = measure_field("logins")
CONTRACT = Field("fact.contract.end", FieldKind.DAY)
PLAN = Field("fact.plan", FieldKind.TEXT)
ACME = a_profile().account_id
WITH_SLOTS = Layout({"measure.logins": "n03", "measure.logins@": "i01", "fact.plan": "t07"})


def a_score(stored: StoredAccount, score: float) -> AccountChange:
    """What an evaluation writes that finds another score and nothing else."""
    health = Health(score, Band.NEUTRAL, NOON)
    return AccountChange(stored.lifecycle, stored.head, NOON, health=health, facts_version=stored.facts_version)


LAYOUTS = pytest.mark.parametrize("layout", [NO_SLOTS, WITH_SLOTS], ids=["in JSON", "in slots"])


def seen(value: Value, days: int = 0, field: Field = LOGINS) -> Observation:
    return Observation(ACME, field, value, NOON + timedelta(days=days), "test")


def known(connection: Connection, layout: Layout) -> dict[str, Value]:
    return dict(load_accounts(connection, [ACME], layout)[ACME].facts.values)


@LAYOUTS
def test_the_newest_observation_is_what_guards_see(database_url: str, layout: Layout) -> None:
    with opened(database_url) as database, database.writing() as connection:
        a_stored_account(connection)
        observations = [seen(5.0), seen("gold", field=PLAN), seen(20_000, field=CONTRACT)]
        receptions = record_facts(connection, observations, layout, NOON)
        now = known(connection, layout)

    assert receptions == [Reception.CURRENT] * 3
    assert now == {
        "measure.logins": 5.0,
        "measure.logins@": to_ms(NOON),
        "fact.plan": "gold",
        "fact.plan@": to_ms(NOON),
        "fact.contract.end": 20_000,
        "fact.contract.end@": to_ms(NOON),
    }


@LAYOUTS
def test_late_data_goes_to_history_only(database_url: str, layout: Layout) -> None:
    with opened(database_url) as database, database.writing() as connection:
        a_stored_account(connection)
        record_facts(connection, [seen(5.0, days=2)], layout, NOON)
        receptions = record_facts(connection, [seen(9.0, days=1)], layout, NOON)
        now = known(connection, layout)
        series = fact_series(connection, ACME, "measure.logins", NOON, NOON + timedelta(days=9))

    assert receptions == [Reception.LATE]
    assert now["measure.logins"] == 5.0
    assert [row.value for row in series] == [9.0, 5.0]


@LAYOUTS
def test_a_repeated_observation_is_written_once_whether_current_or_late(database_url: str, layout: Layout) -> None:
    batch = [seen(5.0, days=2), seen(9.0, days=1), seen(5.0, days=2), seen(9.0, days=1)]

    with opened(database_url) as database, database.writing() as connection:
        a_stored_account(connection)
        first = record_facts(connection, batch, layout, NOON)
        version = load_accounts(connection, [ACME], layout)[ACME].facts_version
        second = record_facts(connection, batch, layout, NOON + timedelta(days=3))
        after = load_accounts(connection, [ACME], layout)[ACME].facts_version
        series = fact_series(connection, ACME, "measure.logins", NOON, NOON + timedelta(days=9))

    assert first == [Reception.CURRENT, Reception.LATE, Reception.REPEATED, Reception.REPEATED]
    assert second == [Reception.REPEATED] * 4
    assert [row.value for row in series] == [9.0, 5.0]
    assert (version, after) == (1, 1)


def test_a_correction_of_the_same_instant_counts_from_when_it_is_recorded(database_url: str) -> None:
    later = NOON + timedelta(hours=1)

    with opened(database_url) as database, database.writing() as connection:
        a_stored_account(connection)
        record_facts(connection, [seen(5.0)], NO_SLOTS, NOON)
        receptions = record_facts(connection, [seen(6.0)], NO_SLOTS, later)
        now = known(connection, NO_SLOTS)
        as_known = facts_as_of(connection, [ACME], NOON, as_known_at=NOON)
        as_corrected = facts_as_of(connection, [ACME], NOON)

    assert receptions == [Reception.CURRENT]
    assert now["measure.logins"] == 6.0
    assert as_known[ACME].values["measure.logins"] == 5.0
    assert as_corrected[ACME].values["measure.logins"] == 6.0


def test_of_corrections_in_one_millisecond_the_last_written_counts_everywhere(database_url: str) -> None:
    batches = [[float(10 * batch + place) for place in range(10)] for batch in range(10)]

    with opened(database_url) as database, database.writing() as connection:
        a_stored_account(connection)
        for batch in batches:
            record_facts(connection, [seen(value) for value in batch], NO_SLOTS, NOON)
        now = known(connection, NO_SLOTS)
        series = fact_series(connection, ACME, "measure.logins", NOON, NOON)
        then = facts_as_of(connection, [ACME], NOON)[ACME].values

    assert [row.value for row in series] == [float(number) for number in range(100)]
    assert now["measure.logins"] == then["measure.logins"] == 99.0


def test_scores_of_one_millisecond_are_in_the_order_of_writing(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        a_stored_account(connection)
        for score in range(50):
            record_facts(connection, [seen(float(score))], NO_SLOTS, NOON)
            save(connection, a_score(a_stored_account(connection), float(score)), NO_SLOTS)
        series = fact_series(connection, ACME, "health.score", NOON, NOON)

    assert [row.value for row in series] == [float(number) for number in range(50)]


def test_a_value_that_became_unknown_is_unknown(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        a_stored_account(connection)
        record_facts(connection, [seen(5.0), seen(None, days=1)], NO_SLOTS, NOON)
        now = known(connection, NO_SLOTS)
        past = facts_as_of(connection, [ACME], NOON)[ACME].values
        present = facts_as_of(connection, [ACME], NOON + timedelta(days=1))[ACME].values

    assert now == {"measure.logins@": to_ms(NOON + timedelta(days=1))}
    assert past["measure.logins"] == 5.0
    assert present["measure.logins"] is None


def test_a_baseline_is_the_newest_value_before_the_window_and_says_until_when(database_url: str) -> None:
    baselines = [("measure.logins", 30 * DAY_MS), ("measure.logins", 90 * DAY_MS)]

    with opened(database_url) as database, database.writing() as connection:
        a_stored_account(connection)
        record_facts(connection, [seen(float(days), days) for days in range(0, 60, 10)], NO_SLOTS, NOON)
        as_of = NOON + timedelta(days=50)
        alone = load_baselines(connection, [ACME], baselines, as_of)
        together = load_facts(connection, [ACME], NO_SLOTS, baselines, as_of)

    expected = {
        f"measure.logins.before.{30 * DAY_MS}": 20.0,
        f"measure.logins.before.{30 * DAY_MS}.until": to_ms(NOON + timedelta(days=60)),
        f"measure.logins.before.{90 * DAY_MS}.until": to_ms(NOON + timedelta(days=90)),
    }
    assert alone == {ACME: expected}
    assert together[ACME].values == {"measure.logins": 50.0, "measure.logins@": to_ms(as_of), **expected}


def test_an_account_that_does_not_exist_is_named_and_nothing_is_written(database_url: str) -> None:
    with opened(database_url) as database:
        with pytest.raises(UnknownAccount, match=str(ACME)), database.writing() as connection:
            record_facts(connection, [seen(5.0)], NO_SLOTS, NOON)
        with database.reading() as connection:
            rows = connection.exec_driver_sql("SELECT count(*) FROM fact_history").scalar_one()

    assert rows == 0


def test_a_field_that_gets_a_slot_takes_its_values_there(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        a_stored_account(connection)
        record_facts(connection, [seen(5.0), seen("gold", field=PLAN)], NO_SLOTS, NOON)
        layout = assign_slots(connection, [LOGINS, PLAN])
        again = load_layout(connection)
        now = known(connection, layout)
        stored = connection.exec_driver_sql("SELECT n00, t00 FROM account_state").one()

    assert layout.slots == again.slots == {"measure.logins": "n00", "fact.plan": "t00"}
    assert (now["measure.logins"], now["fact.plan"]) == (5.0, "gold")
    assert tuple(stored) == (5.0, "gold")


def test_fields_beyond_the_last_slot_stay_in_json(database_url: str) -> None:
    texts = [Field(f"fact.text{place}", FieldKind.TEXT) for place in range(10)]

    with opened(database_url) as database, database.writing() as connection:
        first = assign_slots(connection, texts)
        second = assign_slots(connection, [Field("fact.aaa", FieldKind.TEXT), *texts])

    assert sorted(first.slots.values()) == [f"t{place:02}" for place in range(8)]
    assert second == first
