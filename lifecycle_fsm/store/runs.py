"""Runs over many accounts: how far each has come, what it came to, and whom it set aside."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, ColumnElement, func, insert, literal_column, select, update
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.run import COUNTERS, AsideCause, RunKind, RunSummary, counts_of
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.instants import optional_instant, optional_ms
from lifecycle_fsm.store.raw import dialect_of, execute_each
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.history import transition_log
from lifecycle_fsm.store.tables.runs import run as run_table
from lifecycle_fsm.store.tables.runs import set_aside as set_aside_table


@dataclass(frozen=True, slots=True)
class Run:
    """
    Hold one run: `last_account` is the last of the pages that are done, in the order of ids.

    `segments` are those it is limited to, none for all. A run without `finished_at` was
    interrupted or goes on. `asked_at` says that a person asked for it and a worker does
    it, `cancelled_at` that a person stopped it: it ends after the page that it is at.
    The dates of one back-fill are runs of one series.
    """

    id: UUID
    kind: RunKind
    actor: str
    as_of: datetime
    started_at: datetime
    finished_at: datetime | None = None
    segments: tuple[str, ...] = ()
    last_account: UUID | None = None
    summary: RunSummary = field(default_factory=RunSummary)
    asked_at: datetime | None = None
    cancelled_at: datetime | None = None
    series_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SetAside:
    """An account that a run left as it was; `detail` never quotes a value."""

    account_id: UUID
    run_id: UUID
    cause: AsideCause
    detail: str
    at: datetime


def keep_run(connection: Connection, run: Run) -> None:
    """Write how far the run has come."""
    values = {**_values(run), **_changed(connection)}
    changed = connection.execute(update(run_table).where(run_table.c.id == run.id).values(values))
    if not changed.rowcount:
        connection.execute(insert(run_table).values(id=run.id, **values))


def find_run(connection: Connection, run_id: UUID) -> Run | None:
    """The run with this id."""
    row = connection.execute(select(run_table).where(run_table.c.id == run_id)).one_or_none()
    return None if row is None else run_of(row)


def newest_runs(connection: Connection, limit: int, kind: RunKind | None = None) -> tuple[Run, ...]:
    """Up to so many runs, of one kind or of all, the newest first."""
    wanted = select(run_table).order_by(run_table.c.started_at.desc(), run_table.c.id.desc()).limit(limit)
    if kind is not None:
        wanted = wanted.where(run_table.c.kind == kind)
    return tuple(run_of(row) for row in connection.execute(wanted))


def cancel_run(connection: Connection, run_id: UUID, at: datetime) -> None:
    """Say that a run that has not ended is to stop, with all of its series; what it has done stays done."""
    going_on = _with_series(run_id) & run_table.c.finished_at.is_(None) & run_table.c.cancelled_at.is_(None)
    connection.execute(update(run_table).where(going_on).values(cancelled_at=to_ms(at), **_changed(connection)))


def is_cancelled(connection: Connection, run_id: UUID) -> bool:
    """Whether somebody wants the run to stop."""
    found = connection.execute(select(run_table.c.cancelled_at).where(run_table.c.id == run_id)).one_or_none()
    return found is not None and found[0] is not None


def asked_runs(connection: Connection) -> tuple[UUID, ...]:
    """The runs that people asked for and that have not ended, oldest first."""
    waiting = select(run_table.c.id).where(run_table.c.asked_at.is_not(None), run_table.c.finished_at.is_(None))
    order = (run_table.c.started_at, run_table.c.as_of_at, run_table.c.id)
    return tuple(connection.execute(waiting.order_by(*order)).scalars())


def runs_of_series(connection: Connection, series_id: UUID) -> tuple[Run, ...]:
    """The runs of one back-fill, by date."""
    wanted = select(run_table).where(run_table.c.series_id == series_id).order_by(run_table.c.as_of_at, run_table.c.id)
    return tuple(run_of(row) for row in connection.execute(wanted))


def ask_for_run(connection: Connection, run_id: UUID, at: datetime) -> None:
    """Let a worker go on with a run that has not ended, and with all of its series."""
    waiting = _with_series(run_id) & run_table.c.finished_at.is_(None) & run_table.c.asked_at.is_(None)
    connection.execute(update(run_table).where(waiting).values(asked_at=to_ms(at), **_changed(connection)))


def last_effective_at(connection: Connection, segments: Sequence[str]) -> datetime | None:
    """The date of the last record of the accounts of these segments, or of all; None before the first record."""
    last = select(func.max(transition_log.c.effective_at))
    if segments:
        last = last.join(account_state, account_state.c.account_id == transition_log.c.account_id)
        last = last.where(account_state.c.segment.in_(segments))
    return optional_instant(connection.execute(last).scalar_one())


def set_accounts_aside(connection: Connection, accounts: Sequence[SetAside]) -> None:
    """Remember accounts that a run left as they were; one that it left before keeps its first entry."""
    dialect = dialect_of(connection)
    rows = [
        (dialect.bind_id(each.account_id), dialect.bind_id(each.run_id), each.cause, each.detail, to_ms(each.at))
        for each in accounts
    ]
    columns = tuple(column.name for column in set_aside_table.columns)
    execute_each(connection, dialect.insert("set_aside", columns, "ON CONFLICT DO NOTHING"), rows)


def accounts_set_aside(
    connection: Connection, limit: int, *, run_id: UUID | None = None, cause: AsideCause | None = None
) -> tuple[SetAside, ...]:
    """Up to so many accounts that were set aside, by one run or any, for one cause or any, the newest first."""
    wanted = select(set_aside_table).limit(limit)
    wanted = wanted.order_by(set_aside_table.c.set_aside_at.desc(), set_aside_table.c.account_id)
    if run_id is not None:
        wanted = wanted.where(set_aside_table.c.run_id == run_id)
    if cause is not None:
        wanted = wanted.where(set_aside_table.c.cause == cause)
    return tuple(_set_aside(row) for row in connection.execute(wanted))


def set_aside_by_runs(connection: Connection, ids: Sequence[UUID], limit: int) -> tuple[SetAside, ...]:
    """Up to so many accounts that each of these runs set aside, the newest of each first."""
    newest = (set_aside_table.c.set_aside_at.desc(), set_aside_table.c.account_id)
    place = func.row_number().over(partition_by=set_aside_table.c.run_id, order_by=newest).label("place")
    ranked = select(set_aside_table, place).where(set_aside_table.c.run_id.in_(list(ids))).subquery()
    wanted = select(ranked).where(ranked.c.place <= limit).order_by(ranked.c.run_id, ranked.c.place)
    return tuple(_set_aside(row) for row in connection.execute(wanted))


def _set_aside(row: ResultRow[*tuple[object, ...]]) -> SetAside:
    return SetAside(row.account_id, row.run_id, AsideCause(row.cause), row.detail, from_ms(row.set_aside_at))


def _with_series(run_id: UUID) -> ColumnElement[bool]:
    series = select(run_table.c.series_id).where(run_table.c.id == run_id).scalar_subquery()
    return (run_table.c.id == run_id) | (run_table.c.series_id == series)


def _changed(connection: Connection) -> dict[str, ColumnElement[int]]:
    """The place of a change that is being written; `run_feed` says what it is."""
    return {"change_order": _COUNTED_ON if connection.dialect.name == "sqlite" else _TRANSACTION}


_TRANSACTION = literal_column("CAST(CAST(pg_current_xact_id() AS text) AS bigint)", BigInteger)
_COUNTED_ON = (select(func.coalesce(func.max(run_table.c.change_order), 0) + 1)).scalar_subquery()


def _values(run: Run) -> dict[str, object]:
    return {
        "kind": run.kind,
        "actor": run.actor,
        "as_of_at": to_ms(run.as_of),
        "started_at": to_ms(run.started_at),
        "finished_at": optional_ms(run.finished_at),
        "segments": orjson.dumps(run.segments).decode(),
        "last_account": run.last_account,
        "asked_at": optional_ms(run.asked_at),
        "series_id": run.series_id,
        **dict(zip(COUNTERS, counts_of(run.summary), strict=True)),
    }


def run_of(row: ResultRow[*tuple[object, ...]]) -> Run:
    """The run of a row with all of its columns."""
    return Run(
        id=row.id,
        kind=RunKind(row.kind),
        actor=row.actor,
        as_of=from_ms(row.as_of_at),
        started_at=from_ms(row.started_at),
        finished_at=optional_instant(row.finished_at),
        segments=tuple(orjson.loads(row.segments)),
        last_account=row.last_account,
        summary=RunSummary(*(getattr(row, name) for name in COUNTERS)),
        asked_at=optional_instant(row.asked_at),
        cancelled_at=optional_instant(row.cancelled_at),
        series_id=row.series_id,
    )
