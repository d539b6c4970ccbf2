"""Messages that leave once the write that caused them is committed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import bindparam, func, select

from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.store.change import Message, Payload
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.raw import Dialect, Row, dialect_of, execute_each
from lifecycle_fsm.store.tables.work import PENDING, outbox
from lifecycle_fsm.telemetry.traces import here

TRACE = "traceparent"
"""Under which name a message knows the trace that caused it; most know none."""

MESSAGE_COLUMNS = ("account_id", "id", "kind", "seq", "payload", "created_at", "next_attempt_at", "attempts")


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A message that has not been delivered; `seq` is the history row that it is about."""

    account_id: UUID
    id: UUID
    kind: str
    seq: int
    payload: Payload
    created_at: datetime
    attempts: int


def put_messages(connection: Connection, messages: Sequence[tuple[UUID, int, Message]]) -> None:
    """Put messages of these accounts about these history rows into the outbox."""
    dialect = dialect_of(connection)
    # Ids of one instant are random; in order they keep what happened in a row in its order.
    ids = sorted(new_id(to_ms(message.created_at)) for _, _, message in messages)
    rows = [message_values(*message, dialect, message_id) for message, message_id in zip(messages, ids, strict=True)]
    execute_each(connection, dialect.insert("outbox", MESSAGE_COLUMNS), rows)


def waiting_messages(connection: Connection, due_at: datetime, limit: int) -> tuple[WaitingMessage, ...]:
    """Read messages whose next attempt is due, the longest due first."""
    rows = connection.execute(_WAITING, {"due_at": to_ms(due_at), "limit": limit})
    return tuple(
        WaitingMessage(row.account_id, row.id, row.kind, row.seq, row.payload, from_ms(row.created_at), row.attempts)
        for row in rows
    )


def count_waiting(connection: Connection) -> int:
    """How many messages have not been handed to their channels."""
    wanted = select(func.count()).select_from(outbox).where(PENDING)
    return connection.execute(wanted).scalar_one()


def settle_messages(connection: Connection, messages: Sequence[WaitingMessage], at: datetime) -> None:
    """Say that messages have been handed to every channel that wants them."""
    dialect = dialect_of(connection)
    statement = (
        f"UPDATE outbox SET delivered_at = {dialect.mark} "  # noqa: S608 - our own names
        f"WHERE account_id = {dialect.mark} AND id = {dialect.mark}"
    )
    rows = [(to_ms(at), dialect.bind_id(each.account_id), dialect.bind_id(each.id)) for each in messages]
    execute_each(connection, statement, rows)


_WAITING = (
    select(
        outbox.c.account_id,
        outbox.c.id,
        outbox.c.kind,
        outbox.c.seq,
        outbox.c.payload,
        outbox.c.created_at,
        outbox.c.attempts,
    )
    .where(outbox.c.delivered_at.is_(None), outbox.c.dead_at.is_(None), outbox.c.next_attempt_at <= bindparam("due_at"))
    .order_by(outbox.c.next_attempt_at, outbox.c.account_id, outbox.c.seq, outbox.c.id)
    .limit(bindparam("limit"))
)


def message_values(
    account_id: UUID, seq: int, message: Message, dialect: Dialect, message_id: UUID | None = None
) -> Row:
    """The columns of a message that has just been put, in the order of `MESSAGE_COLUMNS`."""
    created_at = to_ms(message.created_at)
    return (
        dialect.bind_id(account_id),
        dialect.bind_id(message_id or new_id(created_at)),
        message.kind,
        seq,
        orjson.dumps(_with_trace(message.payload)).decode(),
        created_at,
        created_at,
        0,
    )


def _with_trace(payload: Payload) -> dict[str, object]:
    cause = here()
    return dict(payload) if cause is None else {**payload, TRACE: cause.traceparent}
