"""Accounts read for an evaluation: with their open CTAs, and of the closed ones what its rules can see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from lifecycle_fsm.domain.cta import Cta
from lifecycle_fsm.domain.cta_archive import CtaArchive
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.reach import counts_closed, oldest_asked_ms, plans_in_sight, resting_places
from lifecycle_fsm.services.reading import Reading, read_beside
from lifecycle_fsm.services.segment_rules import load_rules
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.accounts import load_accounts
from lifecycle_fsm.store.closed_ctas import count_closed, load_closed_objectives, load_closed_since, load_last_closed
from lifecycle_fsm.store.ctas import load_ctas, load_open_ctas
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import Layout


def read_reachable(
    world: World, connection: Connection, ids: Sequence[UUID], layout: Layout, as_of: datetime
) -> dict[UUID, Reading]:
    """
    Read accounts as `read_accounts` does, with what their own rules and those of other segments see of closed CTAs.

    The rest is counted at most. All are read of accounts without a segment, and of those
    with one that was closed at the evaluation date or after it.
    """
    rules = load_rules(world, connection)
    stored = load_accounts(connection, ids, layout, load_open_ctas)
    readings = read_beside(world, connection, stored, as_of, rules)
    sparing = {key: reading for key, reading in readings.items() if reading.machine is not None}
    archives = _archives(connection, sparing, as_of)
    listed = _listed(connection, {key: sparing[key] for key in archives}, as_of)
    whole = load_ctas(connection, rest) if (rest := [key for key in readings if key not in archives]) else {}
    return {
        key: _with(reading, listed.get(key, ()), archives[key])
        if key in archives
        else _with(reading, whole.get(key, ()), None)
        for key, reading in readings.items()
    }


def _archives(connection: Connection, readings: Mapping[UUID, Reading], as_of: datetime) -> dict[UUID, CtaArchive]:
    """What is to be counted of closed CTAs; without the accounts of which all have to be read."""
    entries = {key: reading.lifecycle.entered_at for key, reading in readings.items()}
    asked = {key: at for key, at in entries.items() if any(map(counts_closed, _machines(readings[key])))}
    counted = count_closed(connection, asked) if asked else {}
    archives = {key: counted.get(key, CtaArchive(at)) for key, at in entries.items()}
    return {key: each for key, each in archives.items() if each.latest_at is None or each.latest_at < as_of}


def _listed(connection: Connection, readings: Mapping[UUID, Reading], as_of: datetime) -> dict[UUID, tuple[Cta, ...]]:
    """The closed CTAs that are read: last in places that rest or recur, objectives, and those whose age counts."""
    places = [(key, place) for key, reading in readings.items() for place in sorted(set(_places(reading)))]
    plans = {key: plans_in_sight(reading.lifecycle) for key, reading in readings.items()}
    planned = {key: each for key, each in plans.items() if each}
    found = [
        load_last_closed(connection, places),
        load_closed_objectives(connection, planned) if planned else {},
        _young(connection, readings, as_of),
    ]
    keys = {key for each in found for key in each}
    return {key: tuple({cta.cause_key: cta for each in found for cta in each.get(key, ())}.values()) for key in keys}


def _young(connection: Connection, readings: Mapping[UUID, Reading], as_of: datetime) -> dict[UUID, tuple[Cta, ...]]:
    """The closed CTAs that are not older than every age that rules ask for."""
    asked = {key: max(_ages(reading), default=None) for key, reading in readings.items()}
    ages = {key: age for key, age in asked.items() if age is not None}
    if not ages:
        return {}
    return load_closed_since(connection, list(ages), as_of - timedelta(milliseconds=max(ages.values())))


def _ages(reading: Reading) -> Iterator[int]:
    for machine in _machines(reading):
        age = oldest_asked_ms(machine)
        if age is not None:
            yield age


def _machines(reading: Reading) -> Iterator[Machine]:
    """The rules that may decide on an account: its own, and those of segments that may take it."""
    assert reading.machine is not None
    yield reading.machine
    if not reading.lifecycle.by_hand:
        yield from reading.rules.of(reading.lifecycle)


def _places(reading: Reading) -> Iterator[str]:
    for machine in _machines(reading):
        yield from resting_places(machine, reading.lifecycle, reading.facts)


def _with(reading: Reading, closed: Sequence[Cta], archive: CtaArchive | None) -> Reading:
    before = reading.lifecycle
    ctas = {cta.cause_key: cta for cta in (*before.ctas, *closed)}
    lifecycle = replace(before, ctas=tuple(sorted(ctas.values(), key=_age)), archive=_rest(archive, closed))
    return replace(reading, stored=replace(reading.stored, lifecycle=lifecycle))


def _rest(archive: CtaArchive | None, closed: Sequence[Cta]) -> CtaArchive | None:
    return None if archive is None else replace(archive.without(closed), are_old=True)


def _age(cta: Cta) -> tuple[datetime, int, str]:
    return cta.opened_at, cta.opened_seq, cta.cause_key
