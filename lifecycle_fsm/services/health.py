"""Health as of any date, as far as it was known at any other, under any version; and where it is going."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import InvalidInput, MachineNotFound, lies_ahead
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.domain.override import HEALTH
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.overdue import pace_in
from lifecycle_fsm.services.planning.known import stood_as_known
from lifecycle_fsm.services.planning.past import stood_at
from lifecycle_fsm.services.segment_rules import UNASSIGNED
from lifecycle_fsm.services.views import AccountView
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.accounts import Profile, load_lifecycles, load_profiles
from lifecycle_fsm.store.baselines import load_baselines
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.facts import Remembered, facts_as_of
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.milestones import load_milestone_events
from lifecycle_fsm.store.past_visits import load_past_visits
from lifecycle_fsm.store.replay import load_histories
from lifecycle_fsm.store.scope import visible_ids
from lifecycle_fsm.store.series import load_sources
from lifecycle_fsm.store.series_pages import page_series

LONGEST_TREND_DAYS = 3_660


@dataclass(frozen=True, slots=True)
class Moment:
    """
    Say as of when, and how much was known: everything recorded by `known_at`, or since, too, where it is None.

    `machine` is the digest of the version to score with, None for the one that the account had.
    """

    as_of: datetime
    known_at: datetime | None = None
    machine: str | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """Ask for what a measure, or `health.score`, was so many days before a date."""

    account_id: UUID
    field_key: str
    days: int
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """Ask for the observations of a measure, or with None of the health score, from `since` to `until`."""

    measure: str | None
    since: datetime
    until: datetime


def accounts_at(world: World, actor: Actor, ids: Sequence[UUID], moment: Moment) -> dict[UUID, AccountView]:
    """
    Accounts as they stood, in a number of statements that does not grow with theirs.

    Absent are accounts whose lifecycle had not begun, and those whose stage the version
    that was asked for does not have. Measures, milestones, CTAs, plans and overrides are
    those of the date; what was changed on CTAs since is undone.

    Raises:
        InvalidInput: the date lies ahead, or that of what was known.
        MachineNotFound: the version was never published.
    """
    require(actor, Capability.READ)
    now = world.clock()
    for date, path in ((moment.as_of, "asOf"), (moment.known_at, "asKnownAt")):
        if date is not None and date > now:
            raise lies_ahead(date, path)
    if moment.machine is not None and not moment.machine.isalnum():
        raise MachineNotFound(f"{moment.machine[:70]!r} is no digest of a machine")
    with world.database.reading() as connection:
        seen = sorted(visible_ids(connection, ids, actor.portfolio))
        stood = _stood(connection, seen, moment, now)
        digests = {moment.machine or each.machine for each in stood.values()} - {UNASSIGNED}
        machines = world.shelf.machines(connection, digests)
        facts = facts_as_of(connection, list(stood), moment.as_of, moment.known_at)
        profiles = load_profiles(connection, list(stood))
        baselines = _baselines(connection, list(stood), machines, moment)
    views: dict[UUID, AccountView] = {}
    for account_id, lifecycle in stood.items():
        machine, profile = machines.get(moment.machine or lifecycle.machine), profiles.get(account_id)
        if machine is not None and profile is not None and lifecycle.stage in machine.stages:
            known = _known(facts.get(account_id), baselines.get(account_id))
            views[account_id] = _view(lifecycle, machine, profile, known, moment.as_of)
    return views


def _stood(connection: Connection, ids: Sequence[UUID], moment: Moment, now: datetime) -> dict[UUID, Lifecycle]:
    histories = load_histories(connection, ids, now)
    present = load_lifecycles(connection, list(histories), load_layout(connection))
    visits = load_past_visits(connection, list(histories))
    at, known_at = moment.as_of, moment.known_at
    events = {} if known_at is None else load_milestone_events(connection, list(present))
    found: dict[UUID, Lifecycle] = {}
    for account_id, account in present.items():
        told, over = [link.entry for link in histories[account_id]], visits.get(account_id, ())
        stood = (
            stood_at(account, told, at, over)
            if known_at is None
            else stood_as_known(account, told, events.get(account_id, ()), over, at, known_at)
        )
        if stood is not None:
            found[account_id] = stood
    return found


def _baselines(
    connection: Connection, ids: Sequence[UUID], machines: dict[str, Machine], moment: Moment
) -> dict[UUID, dict[str, float]]:
    wanted = sorted({baseline for machine in machines.values() for baseline in machine.baselines})
    return load_baselines(connection, ids, wanted, moment.as_of, moment.known_at)


def _known(facts: Facts | None, baselines: dict[str, float] | None) -> Facts:
    return Facts({**(facts.values if facts is not None else {}), **(baselines or {})})


def _view(lifecycle: Lifecycle, machine: Machine, profile: Profile, facts: Facts, as_of: datetime) -> AccountView:
    return AccountView(
        profile=profile,
        lifecycle=lifecycle,
        machine=machine,
        facts=facts,
        pace=pace_in(machine, lifecycle, as_of, machine.zone(facts.values)),
        time_in_stage=lifecycle.time_in_stage(as_of),
        next_check_at=None,
        as_of=as_of,
    )


def values_before(world: World, actor: Actor, asked: Sequence[Before]) -> dict[Before, float]:
    """
    What measures and scores were a while ago, one statement for each date; those that are not known are absent.

    Raises:
        InvalidInput: a window is shorter than a day or longer than ten years.
    """
    require(actor, Capability.READ)
    for each in asked:
        if not 1 <= each.days <= LONGEST_TREND_DAYS:
            raise InvalidInput(f"the window has {each.days} days; expected 1 to {LONGEST_TREND_DAYS}", path="days")
    found: dict[Before, float] = {}
    with world.database.reading() as connection:
        for as_of in {each.as_of for each in asked}:
            here = [each for each in asked if each.as_of == as_of]
            wanted = sorted({(each.field_key, each.days * DAY_MS) for each in here})
            values = load_baselines(connection, list({each.account_id for each in here}), wanted, as_of)
            for each in here:
                value = values.get(each.account_id, {}).get(f"{each.field_key}.before.{each.days * DAY_MS}")
                if value is not None:
                    found[each] = value
    return found


def sources_of(
    world: World, actor: Actor, asked: Sequence[tuple[UUID, str, datetime]]
) -> dict[tuple[UUID, str, datetime], str]:
    """Where the newest observations of fields by a date come from; asked by account, field key and date."""
    require(actor, Capability.READ)
    found: dict[tuple[UUID, str, datetime], str] = {}
    with world.database.reading() as connection:
        for as_of in {date for _, _, date in asked}:
            here = [(account_id, key) for account_id, key, date in asked if date == as_of]
            ids, keys = list({account_id for account_id, _ in here}), list({key for _, key in here})
            sources = load_sources(connection, ids, keys, as_of)
            found |= {(account_id, key, as_of): source for (account_id, key), source in sources.items()}
    return found


def page_measured(
    world: World, actor: Actor, ids: Sequence[UUID], period: Period, page: PageRequest
) -> dict[UUID, Page[Remembered]]:
    """
    The same page of each account's observations in a period, oldest first; accounts without any have an empty one.

    Raises:
        InvalidInput: the catalog has no such measure, or the cursor does not belong to its history.
    """
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        key = HEALTH
        if period.measure is not None:
            spec = world.shelf.catalog(connection).measures.get(period.measure)
            if spec is None:
                raise InvalidInput(f"the catalog has no measure {period.measure[:60]!r}", path="measure")
            key = spec.field.key
        return page_series(connection, ids, key, period.since, period.until, page)
