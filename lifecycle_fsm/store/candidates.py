"""
The accounts that an evaluation would change, found set-wise in SQL.

What the statement says of an account whose evaluation stands, neither marked nor past its
deadline, is what the engine says. Every other account is a candidate, whatever it says.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    text,
    true,
    type_coerce,
    union,
)

from lifecycle_fsm.domain.fields import milestone_field
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.engine.alerting import over
from lifecycle_fsm.engine.machine import AUTO, Achievement, Alert, AlertLevel, Machine, Stage
from lifecycle_fsm.guards.model import Guard, Held, held_parts
from lifecycle_fsm.guards.sql import Column, condition
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.decision import as_read, clock, columns, first_move, is_bare, is_held, taken_away, taken_by
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.work import dirty

UNASSIGNED = "unassigned"
"""The machine of an account that no segment takes."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which accounts are looked at, at which date, under which machines; no segment means all of them."""

    as_of_ms: int
    layout: Layout
    machines: Sequence[Machine]
    """Every version that one of the accounts has."""
    takers: Sequence[Machine]
    """The versions that segments use now, by rank: they take accounts without a segment."""
    segments: Sequence[str] = ()
    base: Sequence[Machine] = ()
    """By rank, the versions whose rules take accounts from one segment to another."""
    later: Mapping[str, Sequence[Machine]] = field(default_factory=dict)
    """The same for the accounts that follow a publication which not all do, by its id."""


TAKEN = "segment "
"""Before the name of the segment that takes an account from its own."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    An account that may change, with the versions of the row that this was decided on.

    `first` is the key of the automatic transition that would fire first, for an account
    without a segment the one that takes it, and `segment NAME` where another segment
    takes it from its own. It binds where the account is `settled`:
    neither marked nor past its deadline.
    """

    account_id: UUID
    state_version: int
    facts_version: int
    first: str | None
    settled: bool


def count_by_machine(connection: Connection, segments: Sequence[str]) -> dict[str, int]:
    """How many accounts have each machine."""
    counted = select(account_state.c.machine, func.count()).group_by(account_state.c.machine)
    rows = connection.execute(counted.where(_in_segments(segments)))
    return {row[0]: row[1] for row in rows}


def count_held(connection: Connection, scope: Scope) -> int:
    """How many accounts have an automatic exit that is neither true nor false, since a value is not known."""
    held = _by_machine({each.digest: is_held(each, scope.layout, scope.as_of_ms) for each in scope.machines}, false())
    counted = select(func.count()).select_from(account_state).where(_in_segments(scope.segments), held)
    return connection.execute(counted).scalar_one()


def find_candidates(connection: Connection, scope: Scope, after: UUID | None, limit: int) -> list[Candidate]:
    """Up to so many candidates in the order of their ids, those after an id only, in one statement."""
    prepare_scan(connection)
    rows = connection.execute(candidates(scope, after, limit))
    return [Candidate(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]


def page_of_accounts(
    connection: Connection, segments: Sequence[str], entered_by_ms: int, after: UUID | None, limit: int
) -> list[UUID]:
    """Up to so many accounts in the order of their ids, those after an id, that were in their stage by an instant."""
    within = and_(_in_segments(segments), account_state.c.entered_at <= entered_by_ms)
    if after is not None:
        within = and_(within, account_state.c.account_id > after)
    wanted = select(account_state.c.account_id).where(within).order_by(account_state.c.account_id).limit(limit)
    return list(connection.execute(wanted).scalars())


def prepare_scan(connection: Connection) -> None:
    """Tell PostgreSQL not to compile the statement of a scan: that takes longer than the scan."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL jit = off"))


def candidates(scope: Scope, after: UUID | None, limit: int) -> Select[Any]:
    """Select what `Candidate` holds, in its order."""
    within = _in_segments(scope.segments)
    if after is not None:
        within = and_(within, account_state.c.account_id > after)
    is_due = account_state.c.next_check_at <= scope.as_of_ms
    due = func.coalesce(is_due, false())
    marked = account_state.c.account_id.in_(select(dirty.c.account_id))
    is_marked = exists().where(dirty.c.account_id == account_state.c.account_id)
    found = union(
        _selected(scope, and_(~due, ~is_marked)).where(within, or_(is_due, is_suspect(scope))),
        _selected(scope, false()).where(within, marked),
    ).subquery()
    return select(found).order_by(found.c.account_id).limit(limit)


def is_suspect(scope: Scope) -> ColumnElement[bool]:
    """
    Whether the engine would do something for an account whose evaluation stands.

    Nearly all accounts are bare, and of these less is asked.
    """
    bare = replace(scope, layout=replace(scope.layout, is_bare=True))
    return case((is_bare(), _is_suspect(bare)), else_=_is_suspect(scope))


def _is_suspect(scope: Scope) -> ColumnElement[bool]:
    answers = {machine.digest: _changes(machine, scope) for machine in scope.machines}
    answers[UNASSIGNED] = taken_by(scope.takers, scope.layout, scope.as_of_ms).is_not(None)
    changes = _by_machine(answers, false())
    return or_(_taken_away(scope).is_not(None), changes) if scope.base or scope.later else changes


def _taken_away(scope: Scope) -> ColumnElement[str | None]:
    """The other segment that takes an account, null for none."""
    stages: dict[str, set[str]] = {}
    for machine in scope.machines:
        stages.setdefault(machine.segment, set()).update(machine.stages)
    base = taken_away(scope.base, stages, scope.layout, scope.as_of_ms)
    if not scope.later:
        return base
    later = {key: taken_away(ranked, stages, scope.layout, scope.as_of_ms) for key, ranked in scope.later.items()}
    return case(later, value=account_state.c.bookkeeping["rules"].as_string(), else_=base)


def _selected(scope: Scope, settled: ColumnElement[bool]) -> Select[Any]:
    first: dict[str, ColumnElement[Any]] = {
        machine.digest: first_move(machine, scope.layout, scope.as_of_ms) for machine in scope.machines
    }
    first[UNASSIGNED] = taken_by(scope.takers, scope.layout, scope.as_of_ms)
    away = _taken_away(scope)
    return select(
        account_state.c.account_id,
        account_state.c.state_version,
        account_state.c.facts_version,
        case((away.is_not(None), literal(TAKEN, String()) + away), else_=_by_machine(first, null())).label("first"),
        type_coerce(settled, Boolean()).label("settled"),
    )


def _changes(machine: Machine, scope: Scope) -> ColumnElement[bool]:
    column = columns(machine, scope.layout, scope.as_of_ms)
    stages = {key: _first_of(_in_stage(machine, stage, column, scope)) for key, stage in machine.stages.items()}
    timed = {held.since.key: held for guard in machine.guards() for held in held_parts(guard)}
    return or_(
        case(stages, value=account_state.c.stage, else_=false()),
        *(_clock_is_wrong(held, scope) for held in timed.values()),
        *(_closes(guard, column, scope) for rule in machine.cta_rules if (guard := rule.closes_when) is not None),
    )


def _first_of(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Whether one of them is true: unlike OR, SQLite looks at none after the first, nor at the rest of an AND."""
    branches = [(each, true()) for each in conditions]
    return case(*branches, else_=false()) if branches else false()


def _in_stage(machine: Machine, stage: Stage, column: Column, scope: Scope) -> Iterator[ColumnElement[bool]]:
    exits = [each for each in machine.exits[stage.key] if AUTO in each.triggers]
    moves = [(condition(each.guard(AUTO), column, scope.as_of_ms), each.target != stage.key) for each in exits]
    if all(leaves for _, leaves in moves):
        yield from (holds for holds, _ in moves)
    else:
        # The first that is true decides; one that leads back to its own stage is never taken.
        yield case(*((holds, true() if leaves else false()) for holds, leaves in moves), else_=false())
    yield from _late(stage, scope)
    for achievement in machine.achievements:
        if not achievement.stages or stage.key in achievement.stages:
            yield _reaches(achievement, column, scope)
    for alert in machine.alerts:
        is_watched = stage.key in alert.stages if alert.stages else not stage.final
        if is_watched:
            yield _begins(alert, column, scope.as_of_ms)
        if not scope.layout.is_bare:
            yield or_(*_goes_on(alert, column, scope.as_of_ms)) if is_watched else _is_on(alert)


def _reaches(achievement: Achievement, column: Column, scope: Scope) -> ColumnElement[bool]:
    """Whether data dates the milestone; one that was revoked waits for newer data, which marks the account."""
    reached_at = scope.layout.expression(milestone_field(achievement.milestone))
    revoked = account_state.c.bookkeeping[("revoked", achievement.milestone)].as_string()
    waits = and_(reached_at.is_(None), revoked.is_(None))
    return case((condition(achievement.when, column, scope.as_of_ms), waits), else_=false())


def _late(stage: Stage, scope: Scope) -> Iterator[ColumnElement[bool]]:
    noted, entered_at, as_of_ms = account_state.c.noted_pace, clock(scope.layout, scope.as_of_ms), scope.as_of_ms
    # Limits in business days are kept by the deadline alone: SQL has no calendar.
    if isinstance(stage.expected, int):
        yield and_(entered_at < as_of_ms - stage.expected, noted == Pace.ON_TRACK.value)
    if isinstance(stage.stuck, int):
        yield and_(entered_at < as_of_ms - stage.stuck, noted != Pace.STUCK.value)


def _begins(alert: Alert, column: Column, as_of_ms: int) -> ColumnElement[bool]:
    """Whether an episode begins; the memory of the alert is read only where its condition is true."""
    cleared_at = _memory(alert, 2)
    is_off = or_(_memory(alert, 0).is_(None), cleared_at.is_not(None))
    may_open = and_(is_off, or_(cleared_at.is_(None), cleared_at <= as_of_ms - alert.cool_down_ms))
    return case((condition(alert.when, column, as_of_ms), may_open), else_=false())


def _goes_on(alert: Alert, column: Column, as_of_ms: int) -> Iterator[ColumnElement[bool]]:
    """Whether an episode that is on clears or rises."""
    yield case((_is_on(alert), func.coalesce(condition(over(alert), column, as_of_ms), false())), else_=false())
    for level in alert.levels:
        if level.when is not None:
            yield _rises(alert, level, level.when, column, as_of_ms)


def _rises(alert: Alert, level: AlertLevel, when: Guard, column: Column, as_of_ms: int) -> ColumnElement[bool]:
    """Whether an episode rises to a level; one that time alone brings is due at its instant, so not asked for here."""
    severity = func.coalesce(account_state.c.bookkeeping[("alerts", alert.key, 3)].as_string(), AlertSeverity.MEDIUM)
    less_grave = [each.value for each in AlertSeverity if each.rank < level.severity.rank]
    is_old_enough = _memory(alert, 1) <= as_of_ms - level.after_ms
    rises = and_(_is_on(alert), severity.in_(less_grave), is_old_enough)
    return case((condition(when, column, as_of_ms), rises), else_=false())


def _is_on(alert: Alert) -> ColumnElement[bool]:
    """Whether an episode goes on; the memory is only read for accounts that have one of any alert, which are few."""
    remembered = and_(_memory(alert, 0).is_not(None), _memory(alert, 2).is_(None))
    return case((account_state.c.alerts_on.is_not(None), remembered), else_=false())


def _memory(alert: Alert, place: int) -> ColumnElement[int]:
    """What an account remembers of the alert: its episode, and when that was opened and cleared."""
    remembered: ColumnElement[int] = (
        account_state.c.bookkeeping[("alerts", alert.key, place)].as_string().cast(BigInteger)
    )
    return remembered


def _closes(guard: Guard, column: Column, scope: Scope) -> ColumnElement[bool]:
    """Whether a rule closes a CTA; a condition that is unknown closes none."""
    return case((condition(guard, column, scope.as_of_ms), true()), else_=false())


def _clock_is_wrong(held: Held, scope: Scope) -> ColumnElement[bool]:
    """Whether a condition with `for` has become true or ceased to be since it was last looked at."""
    since = scope.layout.expression(held.since)
    holds = condition(held.leaf, as_read(scope.layout, scope.as_of_ms), scope.as_of_ms)
    return case((holds, since.is_(None)), else_=since.is_not(None))


def _in_segments(segments: Sequence[str]) -> ColumnElement[bool]:
    return account_state.c.segment.in_([literal(each) for each in segments]) if segments else true()


def _by_machine(answers: Mapping[str, ColumnElement[Any]], otherwise: ColumnElement[Any]) -> ColumnElement[Any]:
    if not answers:
        return otherwise
    return case(dict(answers), value=account_state.c.machine, else_=otherwise)
