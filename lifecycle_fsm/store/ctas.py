"""CTAs: opened once for a cause and once at a time for an identity, then worked on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.cta import CloseSource, Cta, CtaOutcome, CtaStatus, CtaType, Priority, Task
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.store.change import SuppressedCta
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.instants import optional_instant, optional_ms
from lifecycle_fsm.store.raw import Dialect, Row, dialect_of, execute_each, hits
from lifecycle_fsm.store.tables.ctas import cta as cta_table
from lifecycle_fsm.store.tables.ctas import cta_task


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """A playbook task of one CTA, and when and by whom it was done."""

    task: Task
    done_at: datetime | None = None
    done_by: str | None = None


@dataclass(frozen=True, slots=True)
class CtaRow:
    """A CTA to insert, with its id and the history row that opened it."""

    account_id: UUID
    id: UUID
    opened_seq: int
    cta: Cta


def insert_ctas(connection: Connection, rows: Sequence[CtaRow]) -> list[bool]:
    """Insert CTAs with their tasks, and say of each whether its place was free."""
    dialect = dialect_of(connection)
    inserted = hits(connection, _insert(dialect), [cta_values(row, dialect) for row in rows])
    tasks = [
        values for row, is_new in zip(rows, inserted, strict=True) if is_new for values in task_values(row, dialect)
    ]
    execute_each(connection, dialect.insert("cta_task", TASK_COLUMNS), tasks)
    return inserted


def update_ctas(connection: Connection, ctas: Sequence[tuple[UUID, Cta]]) -> None:
    """Write what work changes on CTAs of these accounts, found by their cause keys."""
    dialect = dialect_of(connection)
    execute_each(connection, _update(dialect), [_changed_values(account_id, cta, dialect) for account_id, cta in ctas])


def find_blocker(connection: Connection, account_id: UUID, cta: Cta) -> SuppressedCta:
    """Name the CTA because of which this one was not inserted."""
    same_cause = cta_table.c.cause_key == cta.cause_key
    same_place = (cta_table.c.identity == cta.identity) & cta_table.c.closed_at.is_(None)
    found = connection.execute(
        select(cta_table.c.cause_key).where(cta_table.c.account_id == account_id, same_cause | same_place).limit(1)
    ).scalar_one()
    return SuppressedCta(cta.cause_key, found)


def load_ctas(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[Cta, ...]]:
    """Read all CTAs of accounts, oldest first, without tasks; accounts without any are absent."""
    return by_account(connection.execute(_CTAS, {"ids": list(ids)}).all())


def load_open_ctas(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[Cta, ...]]:
    """Read the open CTAs of accounts, oldest first, without tasks; accounts without any are absent."""
    return by_account(connection.execute(_OPEN_CTAS, {"ids": list(ids)}).all())


def load_tasks(
    connection: Connection, account_ids: Sequence[UUID], cta_ids: Sequence[UUID]
) -> dict[UUID, tuple[TaskProgress, ...]]:
    """Read the tasks of CTAs by the CTA's id, in the order of the playbook; CTAs without any are absent."""
    rows = connection.execute(_TASKS, {"ids": list(account_ids), "cta_ids": list(cta_ids)}).all()
    return {cta_id: tuple(_progress(row) for row in group) for cta_id, group in groupby(rows, key=attrgetter("cta_id"))}


def by_account(rows: Sequence[ResultRow[*tuple[object, ...]]]) -> dict[UUID, tuple[Cta, ...]]:
    """The CTAs of rows with all of its columns, which come account by account."""
    return {
        account_id: tuple(cta_of(row) for row in group)
        for account_id, group in groupby(rows, key=attrgetter("account_id"))
    }


def cta_of(row: ResultRow[*tuple[object, ...]]) -> Cta:
    """The CTA of a row with all of its columns."""
    return Cta(
        id=row.id,
        cause_key=row.cause_key,
        identity=row.identity,
        template=row.template,
        title=row.title,
        type=CtaType(row.type),
        reason=row.reason,
        priority=Priority(row.priority),
        status=CtaStatus(row.status),
        opened_at=from_ms(row.opened_at),
        due_at=from_ms(row.due_at),
        owner=row.owner,
        outcome=None if row.outcome is None else CtaOutcome(row.outcome),
        closed_at=optional_instant(row.closed_at),
        snoozed_until=optional_instant(row.snoozed_until),
        playbook=row.playbook,
        flagged=bool(row.flagged),
        subject=row.subject,
        first_due_at=optional_instant(row.first_due_at),
        opened_by=row.opened_by,
        close_source=None if row.close_source is None else CloseSource(row.close_source),
        closed_seq=row.closed_seq,
        parent=row.parent,
        plan=row.plan,
        required=row.required is not False,
    )


CTA_COLUMNS = (
    "account_id",
    "id",
    "cause_key",
    "identity",
    "template",
    "title",
    "type",
    "reason",
    "priority",
    "status",
    "opened_at",
    "opened_seq",
    "due_at",
    "owner",
    "outcome",
    "closed_at",
    "snoozed_until",
    "playbook",
    "flagged",
    "subject",
    "first_due_at",
    "opened_by",
    "close_source",
    "closed_seq",
    "parent",
    "plan",
    "required",
)
"""The columns of a CTA, in the order of `cta_values`."""

TASK_COLUMNS = ("account_id", "cta_id", "key", "position", "title", "due_in_days", "required", "due_at", "assignee")

_CTAS = (
    select(*(cta_table.c[name] for name in CTA_COLUMNS))
    .where(cta_table.c.account_id.in_(bindparam("ids", expanding=True)))
    .order_by(cta_table.c.account_id, cta_table.c.opened_at, cta_table.c.opened_seq, cta_table.c.id)
)

_OPEN_CTAS = _CTAS.where(cta_table.c.closed_at.is_(None))

_TASKS = (
    select(
        cta_task.c.cta_id,
        cta_task.c.key,
        cta_task.c.title,
        cta_task.c.due_in_days,
        cta_task.c.required,
        cta_task.c.done_at,
        cta_task.c.done_by,
        cta_task.c.due_at,
        cta_task.c.assignee,
    )
    .where(
        cta_task.c.account_id.in_(bindparam("ids", expanding=True)),
        cta_task.c.cta_id.in_(bindparam("cta_ids", expanding=True)),
    )
    .order_by(cta_task.c.cta_id, cta_task.c.position)
)

_CHANGING = (
    "title",
    "priority",
    "status",
    "due_at",
    "owner",
    "outcome",
    "closed_at",
    "snoozed_until",
    "flagged",
    "close_source",
    "closed_seq",
    "parent",
)


def _insert(dialect: Dialect) -> str:
    return dialect.insert("cta", CTA_COLUMNS, "ON CONFLICT DO NOTHING")


def _update(dialect: Dialect) -> str:
    sets = ", ".join(f"{column} = {dialect.mark}" for column in _CHANGING)
    return f"UPDATE cta SET {sets} WHERE account_id = {dialect.mark} AND cause_key = {dialect.mark}"  # noqa: S608 - our own names


def cta_values(row: CtaRow, dialect: Dialect) -> Row:
    """The columns of a CTA, in the order of `CTA_COLUMNS`."""
    cta = row.cta
    return (
        dialect.bind_id(row.account_id),
        dialect.bind_id(row.id),
        cta.cause_key,
        cta.identity,
        cta.template,
        cta.title,
        cta.type.value,
        cta.reason,
        cta.priority.value,
        cta.status.value,
        to_ms(cta.opened_at),
        row.opened_seq,
        to_ms(cta.due_at),
        cta.owner,
        None if cta.outcome is None else cta.outcome.value,
        optional_ms(cta.closed_at),
        optional_ms(cta.snoozed_until),
        cta.playbook,
        cta.flagged,
        cta.subject,
        optional_ms(cta.first_due_at),
        cta.opened_by,
        None if cta.close_source is None else cta.close_source.value,
        cta.closed_seq,
        cta.parent,
        cta.plan,
        cta.required,
    )


def _changed_values(account_id: UUID, cta: Cta, dialect: Dialect) -> Row:
    return (
        cta.title,
        cta.priority.value,
        cta.status.value,
        to_ms(cta.due_at),
        cta.owner,
        None if cta.outcome is None else cta.outcome.value,
        optional_ms(cta.closed_at),
        optional_ms(cta.snoozed_until),
        cta.flagged,
        None if cta.close_source is None else cta.close_source.value,
        cta.closed_seq,
        cta.parent,
        dialect.bind_id(account_id),
        cta.cause_key,
    )


def task_values(row: CtaRow, dialect: Dialect) -> list[Row]:
    """The columns of each task of a CTA, in the order of `TASK_COLUMNS`."""
    account_id, cta_id = dialect.bind_id(row.account_id), dialect.bind_id(row.id)
    return [
        (
            account_id,
            cta_id,
            task.key,
            position,
            task.title,
            task.due_in_days,
            task.required,
            optional_ms(task.due_at),
            None if task.assignee is None else str(task.assignee),
        )
        for position, task in enumerate(row.cta.tasks)
    ]


def _progress(row: ResultRow[*tuple[object, ...]]) -> TaskProgress:
    task = Task(
        row.key,
        row.title,
        row.due_in_days,
        row.required,
        assignee=row.assignee,
        due_at=optional_instant(row.due_at),
    )
    return TaskProgress(task, optional_instant(row.done_at), row.done_by)
