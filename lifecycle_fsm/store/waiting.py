"""Accounts that wait for an evaluation: marked by a write, or because their deadline has passed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select

from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.operations import Backlog
from lifecycle_fsm.domain.run import AsideCause
from lifecycle_fsm.domain.shard import WHOLE, Shard
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.instants import optional_instant
from lifecycle_fsm.store.raw import dialect_of, execute_each
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.runs import set_aside
from lifecycle_fsm.store.tables.types import Id
from lifecycle_fsm.store.tables.work import dirty


@dataclass(frozen=True, slots=True)
class Waiting:
    """An account that waits, and the marks that say so; none when its deadline has passed."""

    account_id: UUID
    marks: tuple[UUID, ...]


def mark_waiting(connection: Connection, ids: Iterable[UUID], cause: str, at: datetime) -> None:
    """Mark accounts for the next evaluation run."""
    dialect, at_ms = dialect_of(connection), to_ms(at)
    statement = dialect.insert("dirty", ("account_id", "id", "marked_at", "cause"))
    rows = [(dialect.bind_id(each), dialect.bind_id(new_id(at_ms)), at_ms, cause) for each in ids]
    execute_each(connection, statement, rows)


@dataclass(frozen=True, slots=True)
class Patience:
    """
    Say which waiting accounts are passed over: those that the run has set aside.

    Without a run, those are passed over whose evaluation failed in any run after `failed_since_ms`.
    """

    run_id: UUID | None = None
    failed_since_ms: int | None = None


EAGER = Patience()
"""Nobody is passed over."""


def find_waiting(
    connection: Connection, as_of_ms: int, limit: int, patience: Patience = EAGER, shard: Shard = WHOLE
) -> tuple[Waiting, ...]:
    """Up to so many accounts that are marked or due at that instant, each once: first those marked longest."""
    bound = {
        "limit": limit,
        "run": patience.run_id or _NO_RUN,
        "failed_since": _NEVER if patience.failed_since_ms is None else patience.failed_since_ms,
        "first": shard.first,
        "last": shard.last,
    }
    marked = dict.fromkeys(account_id for (account_id,) in connection.execute(_MARKED, bound))
    # With all their marks, also those beyond the limit: one evaluation answers them all.
    found = {each.account_id: each for each in marks_of(connection, list(marked))}
    waiting = {account_id: found[account_id] for account_id in marked if account_id in found}
    if len(waiting) < limit:
        for (account_id,) in connection.execute(_DUE, {**bound, "as_of": as_of_ms, "limit": limit - len(waiting)}):
            waiting.setdefault(account_id, Waiting(account_id, ()))
    return tuple(waiting.values())


def backlog(connection: Connection, as_of: datetime) -> Backlog:
    """How many accounts wait at an instant, and since when the longest of them has waited."""
    marks, marked_at = connection.execute(_COUNT_MARKED).one()
    due, due_at = connection.execute(_COUNT_DUE, {"as_of": to_ms(as_of)}).one()
    oldest = min((each for each in (marked_at, due_at) if each is not None), default=None)
    return Backlog(marks, due, optional_instant(oldest))


def marks_of(connection: Connection, ids: Sequence[UUID]) -> tuple[Waiting, ...]:
    """Those of the accounts that are marked, with their marks."""
    marks: dict[UUID, list[UUID]] = {}
    for account_id, mark in connection.execute(_MARKS, {"ids": list(ids)}):
        marks.setdefault(account_id, []).append(mark)
    return tuple(Waiting(account_id, tuple(found)) for account_id, found in marks.items())


def forget_waiting(connection: Connection, waiting: Sequence[Waiting]) -> None:
    """Remove the marks that were found; those set since then stay."""
    dialect = dialect_of(connection)
    statement = f"DELETE FROM dirty WHERE account_id = {dialect.mark} AND id = {dialect.mark}"  # noqa: S608 - our own names
    keys = [(dialect.bind_id(each.account_id), dialect.bind_id(mark)) for each in waiting for mark in each.marks]
    execute_each(connection, statement, keys)


_NO_RUN = UUID(int=0)
_NEVER = 2**62


def _is_aside(account_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    by_run = set_aside.c.run_id == bindparam("run")
    of_late = (set_aside.c.cause == AsideCause.FAILED) & (set_aside.c.set_aside_at > bindparam("failed_since"))
    return exists().where(set_aside.c.account_id == account_id, or_(by_run, of_late))


def _in_shard(account_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    return account_id.between(bindparam("first", type_=Id), bindparam("last", type_=Id))


_MARKED = (
    select(dirty.c.account_id)
    .where(_in_shard(dirty.c.account_id), ~_is_aside(dirty.c.account_id))
    .order_by(dirty.c.marked_at, dirty.c.id)
    .limit(bindparam("limit"))
)

_MARKS = select(dirty.c.account_id, dirty.c.id).where(dirty.c.account_id.in_(bindparam("ids", expanding=True)))

_DUE = (
    select(account_state.c.account_id)
    .where(
        account_state.c.next_check_at <= bindparam("as_of"),
        _in_shard(account_state.c.account_id),
        ~_is_aside(account_state.c.account_id),
    )
    .order_by(account_state.c.next_check_at)
    .limit(bindparam("limit"))
)

_COUNT_MARKED = select(func.count(dirty.c.account_id.distinct()), func.min(dirty.c.marked_at))

_COUNT_DUE = select(func.count(), func.min(account_state.c.next_check_at)).where(
    account_state.c.next_check_at <= bindparam("as_of")
)
