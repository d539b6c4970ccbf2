"""Finished work deleted once it is old, and counted before."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, Table, and_, delete, exists, func, literal, or_, select, tuple_

from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.retention import Kept
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.tables.history import transition_inputs, transition_log
from lifecycle_fsm.store.tables.keys import api_key
from lifecycle_fsm.store.tables.refused import refused_row
from lifecycle_fsm.store.tables.runs import run, set_aside
from lifecycle_fsm.store.tables.work import delivery, ingest_batch, outbox

MOST_REFUSED = 100_000
"""So many refused rows are kept, however young."""

Old = Callable[[int], Select[*tuple[object, ...]]]
"""The keys of what was finished before an instant in ms."""


class EvidencePlace(NamedTuple):
    """How far evidence was let go: everything up to this row, by instant of recording."""

    recorded_at: int
    account_id: UUID = UUID(int=0)
    seq: int = 0


def count_old(connection: Connection, what: Kept, before: datetime) -> int:
    """How many of them are old enough to go."""
    return _count(connection, _OLD[what](to_ms(before)))


def count_evidence(connection: Connection, since: int, before: datetime) -> int:
    """How many rows recorded from an instant in ms until before another have evidence."""
    return _count(connection, _old_evidence(to_ms(before)).where(transition_log.c.recorded_at >= since))


def _count(connection: Connection, query: Select[*tuple[object, ...]]) -> int:
    return connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()


def forget(connection: Connection, what: Kept, before: datetime, limit: int) -> int:
    """Delete up to so many of them that are old enough, and give how many."""
    keys = [tuple(row) for row in connection.execute(_OLD[what](to_ms(before)).limit(limit))]
    for table, columns in _TABLES[what] if keys else ():
        key = tuple_(*(table.c[column] for column in columns))
        connection.execute(delete(table).where(key.in_(keys)))
    return len(keys)


def forget_evidence(
    connection: Connection, after: EvidencePlace, before: datetime, limit: int
) -> tuple[int, EvidencePlace | None]:
    """
    Let go of the evidence of up to so many rows recorded before an instant, from a place on.

    Gives how many had any, and where to go on; None at the end.
    """
    log = transition_log.c
    columns = (log.recorded_at, log.account_id, log.seq)
    behind = tuple_(*columns) > tuple_(
        *(literal(value, column.type) for value, column in zip(after, columns, strict=True))
    )
    # The condition on the instant alone is what the index is read by.
    wanted = (log.recorded_at >= after.recorded_at, log.recorded_at < to_ms(before), behind)
    rows = connection.execute(select(*columns).where(*wanted).order_by(*columns).limit(limit)).all()
    gone = 0
    if rows:
        here = tuple_(transition_inputs.c.account_id, transition_inputs.c.seq)
        keys = [(row.account_id, row.seq) for row in rows]
        gone = connection.execute(delete(transition_inputs).where(here.in_(keys))).rowcount
    return gone, EvidencePlace(*rows[-1]) if len(rows) == limit else None


def _arrived(before: int) -> Select[*tuple[object, ...]]:
    """Messages that were delivered to all; one of which a channel waits or gave up stays."""
    left = exists().where(
        delivery.c.account_id == outbox.c.account_id,
        delivery.c.message_id == outbox.c.id,
        or_(delivery.c.delivered_at.is_(None), delivery.c.delivered_at >= before),
    )
    return select(outbox.c.account_id, outbox.c.id).where(outbox.c.delivered_at < before, ~left)


def _dead(before: int) -> Select[*tuple[object, ...]]:
    """Messages that a channel gave up, and that wait for no other."""
    columns = (delivery.c.account_id, delivery.c.message_id)
    waits = delivery.alias()
    left = exists().where(
        waits.c.account_id == delivery.c.account_id,
        waits.c.message_id == delivery.c.message_id,
        waits.c.delivered_at.is_(None),
        or_(waits.c.dead_at.is_(None), waits.c.dead_at >= before),
    )
    return select(*columns).where(delivery.c.dead_at < before, ~left).distinct()


def _answered(before: int) -> Select[*tuple[object, ...]]:
    return select(ingest_batch.c.idempotency_key).where(ingest_batch.c.recorded_at < before)


def _refused(before: int) -> Select[*tuple[object, ...]]:
    """Refused rows that are old, and those behind the newest so many."""
    at = refused_row.c.refused_at
    oldest = select(at).order_by(at.desc()).offset(MOST_REFUSED - 1).limit(1).scalar_subquery()
    return select(refused_row.c.id).where(or_(at < before, at < oldest))


def _ended_runs(before: int) -> Select[*tuple[object, ...]]:
    """The run that changed last stays: on SQLite the next change is counted on from it."""
    last = select(func.max(run.c.change_order)).scalar_subquery()
    return select(run.c.id).where(run.c.finished_at < before, run.c.change_order < last)


def _ended_tokens(before: int) -> Select[*tuple[object, ...]]:
    return select(api_key.c.token_hash).where(or_(api_key.c.expires_at < before, api_key.c.revoked_at < before))


def _old_evidence(before: int) -> Select[*tuple[object, ...]]:
    same = and_(
        transition_inputs.c.account_id == transition_log.c.account_id, transition_inputs.c.seq == transition_log.c.seq
    )
    joined = transition_log.join(transition_inputs, same)
    columns = (transition_log.c.account_id, transition_log.c.seq)
    return select(*columns).select_from(joined).where(transition_log.c.recorded_at < before)


_OLD: Mapping[Kept, Old] = {
    Kept.MESSAGES: _arrived,
    Kept.DEAD_MESSAGES: _dead,
    Kept.BATCHES: _answered,
    Kept.REFUSED_ROWS: _refused,
    Kept.RUNS: _ended_runs,
    Kept.TOKENS: _ended_tokens,
    Kept.EVIDENCE: _old_evidence,
}

_OF_MESSAGES = ((delivery, ("account_id", "message_id")), (outbox, ("account_id", "id")))

_TABLES: Mapping[Kept, tuple[tuple[Table, tuple[str, ...]], ...]] = {
    Kept.MESSAGES: _OF_MESSAGES,
    Kept.DEAD_MESSAGES: _OF_MESSAGES,
    Kept.BATCHES: ((ingest_batch, ("idempotency_key",)),),
    Kept.REFUSED_ROWS: ((refused_row, ("id",)),),
    Kept.RUNS: ((set_aside, ("run_id",)), (run, ("id",))),
    Kept.TOKENS: ((api_key, ("token_hash",)),),
}
