"""An admin replays the past under a draft: where accounts would have stood, which moves and CTAs would have been."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import orjson

from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.outcomes import CtaOpened, Step
from lifecycle_fsm.services.planning.content import Existing, Options
from lifecycle_fsm.services.planning.draft import Versions, versions_of
from lifecycle_fsm.services.planning.past import deeds_of_people, stood_at
from lifecycle_fsm.services.planning.replaying import Runner, Stood, begin_replay
from lifecycle_fsm.services.publish import NotPublished
from lifecycle_fsm.services.segment_rules import UNASSIGNED
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.accounts import load_lifecycles
from lifecycle_fsm.store.baselines import load_baselines
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.facts import facts_as_of
from lifecycle_fsm.store.layout import Layout, load_layout
from lifecycle_fsm.store.ledger import Entry
from lifecycle_fsm.store.past_visits import PastVisit, load_past_visits
from lifecycle_fsm.store.replay import load_histories, next_ids

Key = TypeVar("Key")

PAGE = 500
MOST_STEPS = 1_000
"""A period may have so many evaluation dates."""


@dataclass(frozen=True, slots=True)
class Period:
    """The evaluation dates of a replay: the start, then every step up to the end, which is one as well."""

    start: datetime
    end: datetime
    step: timedelta

    def dates(self) -> tuple[datetime, ...]:
        """All dates, the first one first."""
        count = (self.end - self.start) // self.step
        dates = [self.start + number * self.step for number in range(count + 1)]
        return (*dates, self.end) if dates[-1] < self.end else tuple(dates)


@dataclass(frozen=True, slots=True)
class Compared:
    """How often something was, and how often it would have been."""

    then: int
    draft: int


Distribution = Mapping[tuple[str, str], Compared]
"""Accounts by segment and stage."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """
    What the draft would have done in a period.

    `distribution` is by date; `transitions` by segment and `stage.transition`, `ctas` by
    template, `reassigned` by the segments that accounts left and went to, all over the whole
    period after its start. Accounts whose stage leads nowhere in the draft are `left_out` of both sides.
    """

    period: Period
    machines: Mapping[str, str]
    accounts: int
    left_out: int
    distribution: Mapping[datetime, Distribution]
    transitions: Mapping[tuple[str, str], Compared]
    ctas: Mapping[str, Compared]
    reassigned: Mapping[tuple[str, str], Compared]


@dataclass(slots=True)
class _Count:
    """Counts of one side."""

    standing: dict[datetime, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))
    transitions: Counter[tuple[str, str]] = field(default_factory=Counter)
    ctas: Counter[str] = field(default_factory=Counter)
    reassigned: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(slots=True)
class _Replay:
    """A replay while it runs; `followed` are the versions that accounts have followed, by digest."""

    world: World
    connection: Connection
    layout: Layout
    period: Period
    versions: Versions
    followed: dict[str, Machine] = field(default_factory=dict)
    then: _Count = field(default_factory=_Count)
    draft: _Count = field(default_factory=_Count)
    accounts: int = 0
    left_out: int = 0


@dataclass(slots=True)
class _Account:
    """An account with its history, and its run under the draft from the first date after `since` on."""

    history: Sequence[Entry]
    since: datetime
    stood: Stood
    runner: Runner | None = None
    is_left_out: bool = False


def simulate(world: World, actor: Actor, files: Mapping[str, bytes], period: Period) -> Simulation | NotPublished:
    """
    Take every account through a period of the past under a draft, and compare with what happened; nothing is written.

    At each date the facts are those observed by then. People do what they did: they
    fire the same triggers where the draft lets them, date the same milestones, close
    the CTAs of the same templates, change the same success plans, put it into the same
    segments. Else the draft's rules say which segment takes an account. Between two
    dates nothing is evaluated, so a smaller step is more exact.

    Raises:
        Forbidden: the actor may not publish.
        InvalidInput: the period is empty or has more than 1,000 dates.
    """
    require(actor, Capability.PUBLISH)
    _check(period)
    compiled = compile_configuration(files)
    if compiled.configuration is None:
        return NotPublished(compiled.diagnostics)
    with world.database.reading() as connection:
        options = Options(Existing.EVALUATE)
        versions = versions_of((), compiled.configuration, compiled.drafts, options)
        replay = _Replay(world, connection, load_layout(connection), period, versions)
        for ids in _pages(connection):
            _replay_page(replay, ids)
    return _simulation(replay)


def _check(period: Period) -> None:
    if period.step <= timedelta(0) or period.end <= period.start:
        raise InvalidInput(
            "the period must end after its start, and its step must be longer than nothing", path="period"
        )
    if (period.end - period.start) // period.step > MOST_STEPS:
        raise InvalidInput(f"the period has more than {MOST_STEPS:,} dates; take a longer step", path="period.step")


def _pages(connection: Connection) -> Iterator[tuple[UUID, ...]]:
    after: UUID | None = None
    while page := next_ids(connection, after, PAGE):
        yield page
        after = page[-1]


def _replay_page(replay: _Replay, ids: Sequence[UUID]) -> None:
    accounts = dict(_accounts(replay, ids))
    for date in replay.period.dates():
        running = {each: account for each, account in accounts.items() if account.since <= date}
        facts = _facts(replay, list(running), date)
        for each, account in running.items():
            _run(replay, account, facts.get(each, Facts()), date)
    for account in accounts.values():
        if account.is_left_out:
            replay.left_out += 1
        else:
            _count_what_was(replay, account)


def _run(replay: _Replay, account: _Account, facts: Facts, date: datetime) -> None:
    if account.runner is None and not account.is_left_out:
        account.runner = begin_replay(replay.versions, account.stood, facts, date)
        account.is_left_out = account.runner is None
    if account.runner is None:
        return
    segment = account.runner.lifecycle.segment
    steps = account.runner.advance(facts, date)
    lifecycle = account.runner.lifecycle
    replay.draft.standing[date][lifecycle.segment, lifecycle.stage] += 1
    if date > replay.period.start:
        _count_steps(replay.draft, segment, steps)


def _accounts(replay: _Replay, ids: Sequence[UUID]) -> Iterator[tuple[UUID, _Account]]:
    present = load_lifecycles(replay.connection, ids, replay.layout)
    visits = load_past_visits(replay.connection, ids)
    for account_id, links in load_histories(replay.connection, ids, replay.period.end).items():
        history = [link.entry for link in links]
        account = _account(replay, present[account_id], history, visits.get(account_id, ()))
        replay.accounts += 1
        if account is None:
            replay.left_out += 1
        else:
            yield account_id, account


def _account(replay: _Replay, now: Lifecycle, history: Sequence[Entry], visits: Sequence[PastVisit]) -> _Account | None:
    began = [entry.effective_at for entry in history if entry.kind is RecordKind.ASSIGNED]
    since = max(replay.period.start, *began[:1]) if began else None
    stood = None if since is None else stood_at(now, history, since, visits)
    if since is None or stood is None:
        return None
    deeds = tuple(deed for deed in deeds_of_people(now, history) if deed.at > since)
    return _Account(history, since, Stood(_followed(replay, stood.machine), stood, now, deeds))


def _followed(replay: _Replay, digest: str) -> Machine:
    if digest not in replay.followed:
        replay.followed |= replay.world.shelf.machines(replay.connection, [digest])
    return replay.followed[digest]


def _segment_of(replay: _Replay, digest: str) -> str:
    return UNASSIGNED if digest == UNASSIGNED else _followed(replay, digest).segment


def _facts(replay: _Replay, ids: Sequence[UUID], date: datetime) -> dict[UUID, Facts]:
    known = facts_as_of(replay.connection, ids, date)
    wanted = sorted({baseline for machine in replay.versions.after.values() for baseline in machine.baselines})
    before = load_baselines(replay.connection, ids, wanted, date)
    return {each: Facts({**facts.values, **before.get(each, {})}) for each, facts in known.items()}


def _count_what_was(replay: _Replay, account: _Account) -> None:
    for date in replay.period.dates():
        rows = [entry for entry in account.history if entry.effective_at <= date]
        if account.since <= date and rows:
            replay.then.standing[date][_segment_of(replay, rows[-1].machine), rows[-1].to_stage] += 1
    for entry in account.history:
        if entry.effective_at <= replay.period.start:
            continue
        if entry.kind is RecordKind.MOVED:
            replay.then.transitions[_segment_of(replay, entry.machine), f"{entry.from_stage}.{entry.transition}"] += 1
        if entry.kind is RecordKind.REASSIGNED and entry.subject is not None:
            replay.then.reassigned[_segment_of(replay, entry.subject), _segment_of(replay, entry.machine)] += 1
        opened = (note["template"] for note in orjson.loads(entry.effects) if note["did"] == "cta_opened")
        replay.then.ctas.update(opened)


def _count_steps(count: _Count, segment: str, steps: Sequence[Step]) -> None:
    """Count steps of an account that stood in a segment before the first of them."""
    for step in steps:
        if step.kind is RecordKind.REASSIGNED:
            count.reassigned[segment, step.lifecycle.segment] += 1
            segment = step.lifecycle.segment
        if step.kind is RecordKind.MOVED:
            count.transitions[segment, f"{step.from_stage}.{step.transition}"] += 1
        count.ctas.update(done.cta.template for done in step.done if isinstance(done, CtaOpened))


def _simulation(replay: _Replay) -> Simulation:
    then, draft = replay.then, replay.draft
    dates = replay.period.dates()
    return Simulation(
        period=replay.period,
        machines={segment: machine.digest for segment, machine in replay.versions.after.items()},
        accounts=replay.accounts,
        left_out=replay.left_out,
        distribution={date: _compared(then.standing[date], draft.standing[date]) for date in dates},
        transitions=_compared(then.transitions, draft.transitions),
        ctas=_compared(then.ctas, draft.ctas),
        reassigned=_compared(then.reassigned, draft.reassigned),
    )


def _compared(then: Counter[Key], draft: Counter[Key]) -> dict[Key, Compared]:
    return {key: Compared(then[key], draft[key]) for key in sorted({*then, *draft}, key=repr)}
