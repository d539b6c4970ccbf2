"""Who would be affected by another version of the rules, found set-wise."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    type_coerce,
)

from lifecycle_fsm.domain.calendars import at_least_ms
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.engine.alerting import over
from lifecycle_fsm.engine.machine import Alert, Machine, Stage
from lifecycle_fsm.guards.model import Guard
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.decision import clock_since, first_move, holds, taken_by
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.work import dirty

_ROWS = 2_000
"""How many rows are fetched at a time."""


@dataclass(frozen=True, slots=True)
class Group:
    """
    How many accounts of a segment follow one version and stand in one stage.

    `writes` changes with every write to any of them.
    """

    segment: str
    machine: str
    stage: str
    accounts: int
    writes: int


@dataclass(frozen=True, slots=True)
class ChangedExit:
    """
    A way out of a stage whose condition differs between two versions, for one trigger.

    A condition of None stands for a version that has no such exit.
    """

    stage: str
    transition: str
    trigger: str
    before: Guard | None
    after: Guard | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    What to look for in the accounts of a segment that follow one version, if they went over to another.

    Only stages that both versions have are compared here; accounts in `forced` stages
    are given as they are. `alerts` and `stages` are those of the later version that differ.
    """

    before: Machine
    after: Machine
    forced: frozenset[str] = frozenset()
    exits: tuple[ChangedExit, ...] = ()
    alerts: tuple[Alert, ...] = ()
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True)
class Affected:
    """
    An account that the other version treats in another way.

    `acts` says that data, an alert or time in stage might act on it at once, `waits`
    that the present version might, too, since it waits for an evaluation. `shifts` has
    one number for each changed exit: -1 where it was open and no longer is, 1 for the
    reverse, else 0.
    """

    account_id: UUID
    stage: str
    acts: bool
    waits: bool
    shifts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """An account that the later rules give to another segment, None for no segment, than the earlier ones do."""

    account_id: UUID
    segment: str
    machine: str
    stage: str
    taken_by: str | None


@dataclass(frozen=True, slots=True)
class Going:
    """
    Which accounts go over: those of a segment that do not follow its version in `versions`.

    Where the rules of assignment differ, `before` and `after` are the machines by rank:
    those whom the later rules give to another segment go over as well.
    """

    versions: Mapping[str, str]
    layout: Layout
    before: Sequence[Machine] | None = None
    after: Sequence[Machine] = ()


def count_groups(connection: Connection) -> tuple[Group, ...]:
    """Count the accounts of each segment, version and stage."""
    return tuple(Group(*row[:4], int(row.writes)) for row in connection.execute(_GROUPS))


def population_version(groups: Sequence[Group]) -> str:
    """A text that changes with every write to any account."""
    return f"{sum(group.accounts for group in groups)}.{sum(group.writes for group in groups)}"


def find_affected(connection: Connection, compared: Comparison, layout: Layout, as_of_ms: int) -> Iterator[Affected]:
    """Find the accounts of one version that another version treats in another way, in no order."""
    shifts = [_shift(each, compared, layout, as_of_ms).label(f"shift_{n}") for n, each in enumerate(compared.exits)]
    acts = or_(*_reasons(compared, layout, as_of_ms))
    statement = (
        select(account_state.c.account_id, account_state.c.stage, acts.label("acts"), _is_waiting(as_of_ms), *shifts)
        .where(account_state.c.machine == compared.before.digest, account_state.c.segment == compared.before.segment)
        .where(or_(acts, *(shift.element != 0 for shift in shifts)))
    )
    for row in _streamed(connection, statement):
        yield Affected(row[0], row[1], bool(row[2]), bool(row[3]), tuple(row[4:]))


def find_taken(
    connection: Connection, before: Sequence[Machine], after: Sequence[Machine], layout: Layout, as_of_ms: int
) -> Iterator[Taken]:
    """Find the accounts, not assigned by hand, that two sets of rules give to different segments, in no order."""
    earlier, later = (taken_by(machines, layout, as_of_ms) for machines in (before, after))
    by_hand = account_state.c.bookkeeping["by_hand"].as_boolean()
    statement = select(
        account_state.c.account_id, account_state.c.segment, account_state.c.machine, account_state.c.stage, later
    ).where(_or_empty(earlier) != _or_empty(later), func.coalesce(by_hand, false()) == false())
    for row in _streamed(connection, statement):
        yield Taken(*row)


def count_going(connection: Connection, going: Going, as_of_ms: int) -> int:
    """How many accounts are to go over."""
    counted = select(func.count()).select_from(account_state).where(_goes(going, as_of_ms))
    return connection.execute(counted).scalar_one()


def page_of_going(
    connection: Connection, going: Going, as_of_ms: int, after: UUID | None, limit: int
) -> tuple[UUID, ...]:
    """The next accounts that are to go over, in the order of their ids."""
    wanted = select(account_state.c.account_id).where(_goes(going, as_of_ms))
    if after is not None:
        wanted = wanted.where(account_state.c.account_id > after)
    return tuple(connection.execute(wanted.order_by(account_state.c.account_id).limit(limit)).scalars())


def _goes(going: Going, as_of_ms: int) -> ColumnElement[bool]:
    older = (
        and_(account_state.c.segment == segment, account_state.c.machine != digest)
        for segment, digest in going.versions.items()
    )
    return or_(false(), *older, *_differently_taken(going, as_of_ms))


def _differently_taken(going: Going, as_of_ms: int) -> Iterator[ColumnElement[bool]]:
    if going.before is not None:
        earlier = taken_by(going.before, going.layout, as_of_ms)
        later = taken_by(going.after, going.layout, as_of_ms)
        by_hand = func.coalesce(account_state.c.bookkeeping["by_hand"].as_boolean(), false())
        differs = and_(later.is_not(None), later != account_state.c.segment, _or_empty(earlier) != _or_empty(later))
        yield case((differs, ~by_hand), else_=false())


def longest_in_stage(connection: Connection, group: Group, limit: int) -> tuple[UUID, ...]:
    """The accounts of a group that have been in their stage longest."""
    bound = {"segment": group.segment, "machine": group.machine, "stage": group.stage, "limit": limit}
    return tuple(connection.execute(_LONGEST, bound).scalars())


def page_of_ids(
    connection: Connection, segment: str, machines: Sequence[str], after: UUID | None, limit: int
) -> tuple[UUID, ...]:
    """The next accounts of a segment that follow one of these versions, in the order of their ids."""
    bound = {"segment": segment, "machines": list(machines), "after": after or _FIRST, "limit": limit}
    return tuple(connection.execute(_PAGE, bound).scalars())


def _reasons(compared: Comparison, layout: Layout, as_of_ms: int) -> Iterator[ColumnElement[bool]]:
    """Why the other version might act on an account at once."""
    yield first_move(compared.after, layout, as_of_ms).is_not(None)
    yield _is_waiting(as_of_ms)
    if compared.forced:
        yield account_state.c.stage.in_(sorted(compared.forced))
    for alert in compared.alerts:
        yield _alert_acts(alert, compared.after, layout, as_of_ms)
    for stage in compared.stages:
        yield and_(account_state.c.stage == stage.key, _is_late(stage, as_of_ms))


def _is_waiting(as_of_ms: int) -> ColumnElement[bool]:
    due = account_state.c.next_check_at <= literal(as_of_ms, BigInteger())
    return or_(func.coalesce(due, false()), account_state.c.account_id.in_(select(dirty.c.account_id)))


def _is_late(stage: Stage, as_of_ms: int) -> ColumnElement[bool]:
    limits = ((stage.expected, (Pace.ON_TRACK,)), (stage.stuck, (Pace.ON_TRACK, Pace.BEHIND)))
    return or_(
        false(),
        *(
            and_(
                clock_since(as_of_ms) < literal(as_of_ms - at_least_ms(span), BigInteger()),
                account_state.c.noted_pace.in_([pace.value for pace in noted]),
            )
            for span, noted in limits
            if span is not None
        ),
    )


def _alert_acts(alert: Alert, machine: Machine, layout: Layout, as_of_ms: int) -> ColumnElement[bool]:
    """
    Whether the alert is on and would clear, or is not on and would open but for a cool-down.

    Where it has levels, the engine looks at every account that it is on for.
    """
    watched = alert.stages or tuple(key for key, stage in machine.stages.items() if not stage.final)
    in_sight = account_state.c.stage.in_(watched)
    opens = and_(in_sight, holds(alert.when, machine, layout, as_of_ms))
    clears = or_(not_(in_sight), holds(over(alert), machine, layout, as_of_ms))
    return case((_is_on(alert), true() if alert.levels else clears), else_=opens)


def _is_on(alert: Alert) -> ColumnElement[bool]:
    opened, cleared = (account_state.c.bookkeeping[("alerts", alert.key, place)].as_string() for place in (1, 2))
    return and_(opened.is_not(None), cleared.is_(None))


def _shift(each: ChangedExit, compared: Comparison, layout: Layout, as_of_ms: int) -> ColumnElement[int]:
    was = _open(each.before, compared.before, layout, as_of_ms)
    becomes = _open(each.after, compared.after, layout, as_of_ms)
    here = account_state.c.stage == each.stage
    return case(
        (not_(here), _ZERO),
        (and_(was, not_(becomes)), literal(-1, BigInteger())),
        (and_(not_(was), becomes), literal(1, BigInteger())),
        else_=_ZERO,
    )


def _open(guard: Guard | None, machine: Machine, layout: Layout, as_of_ms: int) -> ColumnElement[bool]:
    return false() if guard is None else holds(guard, machine, layout, as_of_ms)


def _or_empty(segment: ColumnElement[str | None]) -> ColumnElement[str]:
    return type_coerce(func.coalesce(segment, literal("", String())), String())


def _streamed(connection: Connection, statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """Fetch rows by and by, so that many of them take little memory."""
    yield from connection.execute(statement, execution_options={"stream_results": True, "yield_per": _ROWS})


_ZERO = literal(0, BigInteger())

_FIRST = UUID(int=0)

_KEYS = tuple(func.coalesce(account_state.c[name], "").label(name) for name in ("segment", "machine", "stage"))
"""Not the bare columns: an index on some of them would cost more than it saves where every row is read."""

_GROUPS = (
    select(
        *_KEYS,
        func.count().label("accounts"),
        func.sum(account_state.c.state_version + account_state.c.facts_version).label("writes"),
    )
    .group_by(*_KEYS)
    .order_by(*_KEYS)
)

_LONGEST = (
    select(account_state.c.account_id)
    .where(
        account_state.c.segment == bindparam("segment"),
        account_state.c.machine == bindparam("machine"),
        account_state.c.stage == bindparam("stage"),
    )
    .order_by(account_state.c.entered_at, account_state.c.account_id)
    .limit(bindparam("limit"))
)

_PAGE = (
    select(account_state.c.account_id)
    .where(
        account_state.c.segment == bindparam("segment"),
        account_state.c.machine.in_(bindparam("machines", expanding=True)),
        account_state.c.account_id > bindparam("after", type_=account_state.c.account_id.type),
    )
    .order_by(account_state.c.account_id)
    .limit(bindparam("limit"))
)
