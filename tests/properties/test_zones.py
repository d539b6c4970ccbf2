"""Days where accounts are: the calendar on the wall there, whatever the clocks do."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
import pytest

from lifecycle_fsm.domain.calendars import BusinessDays, after
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import DAY_MS, HOUR_MS, from_ms, to_day, to_ms
from lifecycle_fsm.domain.zones import find_zone, zone_names
from lifecycle_fsm.engine.deadline import next_deadline
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.situation import situation_of
from lifecycle_fsm.guards.reference import judge
from tests.properties.definitions import CATALOG, machine_of

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Australia/Lord_Howe",
)
STRETCHES = (datetime(2011, 11, 1, tzinfo=UTC), datetime(2018, 2, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
"""Apia left out a day at the end of the first; Sao Paulo still turned its clocks, at midnight, in the second."""
LENGTH_MS = 400 * DAY_MS


def wall(name: str, instant_ms: int) -> datetime:
    return from_ms(instant_ms).astimezone(ZoneInfo(name))


def instants(rng: Random, name: str) -> Iterator[int]:
    """Instants of all stretches, many of them around the turning of the clocks."""
    zone = find_zone(name)
    assert zone is not None
    for start in map(to_ms, STRETCHES):
        yield from (start + rng.randrange(LENGTH_MS) for _ in range(20))
        turn = zone.next_change(start)
        yield from (turn + step for step in (-DAY_MS, -HOUR_MS, -1, 0, 1, HOUR_MS, DAY_MS))


def test_the_zones_that_came_along_are_the_ones_that_are_known_elsewhere() -> None:
    assert len(zone_names()) > 590
    assert [find_zone(name) for name in ("", "Berlin", "Europe", "europe/berlin", "../zones", "localtime")] == [
        None
    ] * 6


@pytest.mark.parametrize("name", ZONES)
def test_a_day_is_the_one_on_the_wall(name: str) -> None:
    zone = find_zone(name)
    assert zone is not None

    for instant in instants(Random(1), name):
        assert zone.day(instant) == to_day(wall(name, instant).date())
        assert zone.instant(zone.local(instant)) in (instant, instant - HOUR_MS, instant - HOUR_MS // 2)


@pytest.mark.parametrize("name", ZONES)
def test_clocks_are_not_turned_before_the_next_change(name: str) -> None:
    zone = find_zone(name)
    assert zone is not None
    for start in map(to_ms, STRETCHES):
        turn = zone.next_change(start)

        hours = range(start, turn, HOUR_MS)

        assert {wall(name, each).utcoffset() for each in (*hours, turn - 1)} == {wall(name, start).utcoffset()}
        is_new_year = from_ms(turn) == datetime(from_ms(start).year + 2, 1, 1, tzinfo=UTC)
        assert is_new_year or wall(name, turn).utcoffset() != wall(name, start).utcoffset()


def machine(zone: str | dict[str, str], *conditions: dict[str, object]) -> Machine:
    stages = {
        "mid": {"transitions": [{"key": "go", "to": "end", "when": {"all": list(conditions)}}]},
        "end": {"final": "true"},
    }
    segment = {
        "schema": "lifecycle/v1",
        "segment": "any",
        "applies_to": {"manual": "true"},
        "initial": "mid",
        "time_zone": zone,
        "stages": stages,
    }
    return machine_of(orjson.dumps(CATALOG), orjson.dumps(segment))


def is_due(name: str, renewal: date, seen_ms: int, at_ms: int) -> bool:
    """What the conditions of the test say, by the calendar on the wall."""
    today = wall(name, at_ms).date()
    return (renewal - today).days <= 1 and (today - wall(name, seen_ms).date()).days >= 2


@pytest.mark.parametrize("name", ZONES)
def test_conditions_on_days_are_judged_by_the_wall_until_their_deadline(name: str) -> None:
    rng, rules = (
        Random(2),
        machine(
            {"fact": "zone"}, {"days_until": "renewal_on", "at_most": "1"}, {"days_since": "seen_at", "at_least": "2"}
        ),
    )
    guard = rules.transitions[0].guard("auto")
    changes = 0
    for as_of in instants(rng, name):
        renewal, seen = wall(name, as_of).date() + timedelta(days=rng.randint(-1, 4)), as_of - rng.randrange(4 * DAY_MS)
        facts = Facts({"fact.zone": name, "fact.renewal_on": to_day(renewal), "fact.seen_at": seen})
        lifecycle = Lifecycle(UUID(int=1), "any", rules.digest, "mid", from_ms(as_of))

        situation = situation_of(rules, lifecycle, facts, from_ms(as_of))
        deadline = next_deadline(situation)

        assert deadline is not None
        until = min(deadline, as_of + 6 * DAY_MS)
        truth = partial(is_due, name, renewal, seen)
        moments = [as_of, *range(as_of, until, HOUR_MS // 2), until - 1]
        assert [judge(guard, situation_of(rules, lifecycle, facts, from_ms(at)).row, at) for at in moments] == [
            truth(at) for at in moments
        ]
        assert len({truth(at) for at in moments}) == 1
        changes += truth(deadline) is not truth(as_of)
    assert changes > 3


@pytest.mark.parametrize("name", ZONES)
def test_business_days_are_those_of_the_place(name: str) -> None:
    rules = machine(name, {"stage_age": {"at_least": "1d"}})
    zone, calendar = find_zone(name), rules.workdays
    assert zone is not None
    for start in instants(Random(3), name):
        days = Random(start).randint(1, 30)

        due = to_ms(after(calendar, from_ms(start), BusinessDays(days), zone))

        assert business_days(wall(name, start).date(), wall(name, due).date()) == days
        shown = wall(name, due).replace(tzinfo=None).time()
        assert shown == wall(name, start).time() or due == zone.instant(zone.local(due))


def business_days(start: date, end: date) -> int:
    days = [start + timedelta(days=each) for each in range((end - start).days + 1)]
    return sum(later.weekday() < 5 for _, later in pairwise(days))
