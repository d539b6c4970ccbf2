"""Two simulated years of the made-up portfolio: every value, deed and deadline goes through the engine."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.fields import Field, FieldKind, Value, fact_field, measure_field
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import to_day, to_ms
from lifecycle_fsm.engine.outcomes import Evaluation, Step
from lifecycle_fsm.services.assign import offer
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.demo.attempts import attempts_of
from lifecycle_fsm.services.demo.people import deeds_of
from lifecycle_fsm.services.demo.population import Character, make_population
from lifecycle_fsm.services.demo.signals import Signal, is_churned, signals_of
from lifecycle_fsm.services.reading import Reading, read_accounts
from lifecycle_fsm.services.record import Writes, record_many
from lifecycle_fsm.services.segment_rules import UNASSIGNED
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.accounts import NewAccount, Profile, create_accounts, load_accounts, load_profiles
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.facts import Observation, last_recorded_at, record_facts
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.layout import Layout, load_layout
from lifecycle_fsm.store.waiting import find_waiting

ACCOUNTS = 240
DAYS = 730
SEED = 20
SOURCE = "demo"
PRODUCT = "product"
"""Who tells of accounts that no person looks after."""

Progress = Callable[[int, int], None]
"""Told how many days have been played, and of how many."""


@dataclass(frozen=True, slots=True)
class Play:
    """The characters by account id, the day on which the play begins, and the vocabulary that they speak."""

    characters: Mapping[UUID, Character]
    begins: datetime
    catalog: Catalog
    layout: Layout


@dataclass(slots=True)
class DemoSummary:
    """What was played."""

    accounts: int = 0
    days: int = 0
    values: int = 0
    lifecycles: dict[UUID, Lifecycle] = field(default_factory=dict)


def play_demo(
    world: World, progress: Progress, *, until: datetime, accounts: int = ACCOUNTS, days: int = DAYS, seed: int = SEED
) -> DemoSummary:
    """
    Play the days before `until` into a store whose demo machines are published and that has no other accounts.

    One transaction a day; a play that was interrupted goes on with the day after the
    last, towards its own end. The same arguments give the same accounts and the same
    stages; only the ids of CTAs and the salts of history differ.

    Raises:
        InvalidInput: the published catalog lacks a measure or a fact that the accounts send; nothing was played.
    """
    midnight = until.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    population = {account_id_for(each.key): each for each in make_population(accounts, days, seed)}
    summary = DemoSummary(accounts=accounts, days=days)
    with world.database.reading() as connection:
        catalog, layout = world.shelf.catalog(connection), load_layout(connection)
        play = Play(population, midnight - timedelta(days=days), catalog, layout)
        play, first_day = _taken_up(connection, play, summary)
    for day in range(first_day, days):
        with world.database.writing() as connection:
            _play_day(world, connection, play, day, summary)
        progress(day + 1, days)
    return summary


def _taken_up(connection: Connection, play: Play, summary: DemoSummary) -> tuple[Play, int]:
    """The play and its next day: those of an interrupted play where there was one."""
    stored = load_accounts(connection, list(play.characters), play.layout)
    last = last_recorded_at(connection)
    if not stored or last is None:
        return play, 0
    summary.lifecycles |= {account_id: account.lifecycle for account_id, account in stored.items()}
    account_id, profile = next(iter(load_profiles(connection, list(stored)[:1]).items()))
    signed = profile.created_at - timedelta(days=play.characters[account_id].starts)
    begins = signed.replace(hour=0)
    return replace(play, begins=begins), (last - begins).days + 1


def _play_day(world: World, connection: Connection, play: Play, day: int, summary: DemoSummary) -> None:
    as_of = play.begins + timedelta(days=day, hours=9)
    _sign(connection, [each for each in play.characters.values() if each.starts == day], as_of)
    observations = list(_observations(play, day, as_of))
    record_facts(connection, observations, play.layout, as_of)
    due = {each.account_id for each in find_waiting(connection, to_ms(as_of), len(play.characters))}
    touched = due | {seen.account_id for seen in observations} | set(_with_deeds(play, summary, day, as_of))
    readings = read_accounts(world, connection, sorted(touched), play.layout, as_of)
    stamp = Stamp(recorded_at=as_of, run_id=new_id(to_ms(as_of)), source=SOURCE)
    _evaluate(connection, play, _writes(world, connection, play, readings, as_of), stamp, summary)
    summary.values += len(observations)


def _writes(world: World, connection: Connection, play: Play, readings: dict[UUID, Reading], as_of: datetime) -> Writes:
    """The accounts to evaluate, with what people do to them first."""
    taken = offer(world, connection, readings.values(), as_of)
    readings |= {account_id: assigned.reading for account_id, assigned in taken.items()}
    asked: dict[UUID, Sequence[Step]] = {account_id: (assigned.step,) for account_id, assigned in taken.items()}
    asked |= {key: tuple(_steps(play, reading, as_of)) for key, reading in readings.items() if key not in taken}
    by = {key: play.characters[key].csm or PRODUCT for key, steps in asked.items() if steps and key not in taken}
    return Writes(readings, asked, by=by)


def _steps(play: Play, reading: Reading, as_of: datetime) -> Iterator[Step]:
    character = play.characters[reading.lifecycle.account_id]
    age = (as_of - play.begins).days - character.starts
    if reading.machine is None or is_churned(character, age):
        return
    lifecycle = reading.lifecycle
    for step in deeds_of(character, lifecycle, age, as_of):
        lifecycle = step.lifecycle
        yield step
    yield from attempts_of(character, reading.machine, lifecycle, reading.facts, as_of)


def _evaluate(connection: Connection, play: Play, writes: Writes, stamp: Stamp, summary: DemoSummary) -> None:
    results = record_many(connection, writes, stamp, stamp.recorded_at, play.layout)
    for account_id, result in results.items():
        assert isinstance(result, Evaluation)  # nobody else writes while the play goes on
        summary.lifecycles[account_id] = result.lifecycle


def _sign(connection: Connection, signing: Sequence[Character], as_of: datetime) -> None:
    """Create the accounts whose contract starts today."""
    profiles = [Profile(each.key, each.name, as_of, each.csm, _attributes(each)) for each in signing]
    create_accounts(
        connection,
        [
            NewAccount(profile, UNASSIGNED, UNASSIGNED, UNASSIGNED, as_of, each.csm)
            for each, profile in zip(signing, profiles, strict=True)
        ],
    )


def _attributes(character: Character) -> dict[str, str]:
    return {"plan": "enterprise" if character.arr >= 100_000 else "standard", "origin": SOURCE}


def _observations(play: Play, day: int, as_of: datetime) -> Iterator[Observation]:
    for account_id, character in play.characters.items():
        age = day - character.starts
        if age < 0 or is_churned(character, age - 1):
            continue
        for signal in signals_of(character, age):
            field, value = _seen(play, signal)
            yield Observation(account_id, field, value, as_of, SOURCE)


def _seen(play: Play, signal: Signal) -> tuple[Field, Value]:
    if not signal.is_fact:
        _check_named(play.catalog.measures, "measure", signal.key)
        return measure_field(signal.key), float(signal.value)
    _check_named(play.catalog.facts, "fact", signal.key)
    spec = play.catalog.facts[signal.key]
    value: Value = signal.value
    if spec.kind is FieldKind.DAY:
        value = to_day(play.begins.date()) + int(signal.value)
    return fact_field(signal.key, spec.kind), value


def _check_named(known: Container[str], kind: str, key: str) -> None:
    if key not in known:
        raise InvalidInput(
            f"the demo sends the {kind} {key!r}, which the published catalog lacks; "
            "let the demo publish its own definitions, or add it to yours"
        )


def _with_deeds(play: Play, summary: DemoSummary, day: int, as_of: datetime) -> Iterator[UUID]:
    """The accounts that people will work on today, as far as their last evaluation tells."""
    for account_id, lifecycle in summary.lifecycles.items():
        character = play.characters[account_id]
        age = day - character.starts
        if not is_churned(character, age) and next(deeds_of(character, lifecycle, age, as_of), None) is not None:
            yield account_id
