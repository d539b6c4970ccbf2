"""Messages on their way to channels: claimed for a while, delivered, tried again, or given up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, exists, func, select, tuple_

from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.store.change import Payload
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.instants import optional_instant
from lifecycle_fsm.store.raw import dialect_of, execute_each, hits
from lifecycle_fsm.store.tables.accounts import account_profile, account_state
from lifecycle_fsm.store.tables.ctas import cta
from lifecycle_fsm.store.tables.work import delivery, outbox

_COLUMNS = ("account_id", "message_id", "channel", "seq", "attempts", "next_attempt_at", "leased_until")


@dataclass(frozen=True, slots=True)
class DeliveryKey:
    """A message on its way to one channel."""

    account_id: UUID
    message_id: UUID
    channel: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours until its lease ends; `attempts` counts this one, too."""

    key: DeliveryKey
    seq: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of a claimed delivery: delivered without `error`, given up when `is_dead`, else due again."""

    claimed: Claimed
    error: str | None = None
    next_attempt_at: datetime | None = None
    is_dead: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that is told of a message; the account's names are read when it leaves and kept nowhere."""

    message_id: UUID
    account_id: UUID
    kind: str
    seq: int
    created_at: datetime
    payload: Payload
    account_key: str | None
    account_name: str | None
    csm: str | None
    segment: str
    cta_type: str | None = None
    cta_title: str | None = None


def hand_over(connection: Connection, keys: Sequence[tuple[DeliveryKey, int]], now: datetime) -> None:
    """Put messages, with the history rows that they are about, on their way; those that are on it stay as they are."""
    dialect, at = dialect_of(connection), to_ms(now)
    rows = [
        (dialect.bind_id(key.account_id), dialect.bind_id(key.message_id), key.channel, seq, 0, at, 0)
        for key, seq in keys
    ]
    execute_each(connection, dialect.insert("delivery", _COLUMNS, "ON CONFLICT DO NOTHING"), rows)


def claim(connection: Connection, channel: str, now: datetime, until: datetime, limit: int) -> tuple[Claimed, ...]:
    """Claim up to so many due deliveries of a channel, of each account only the first that is still to go."""
    bound = {"channel": channel, "now": to_ms(now), "limit": limit}
    found = [
        Claimed(DeliveryKey(row.account_id, row.message_id, channel), row.seq, row.attempts + 1)
        for row in connection.execute(_CLAIMABLE, bound)
    ]
    dialect = dialect_of(connection)
    mark = dialect.mark
    statement = (
        f"UPDATE delivery SET attempts = {mark}, leased_until = {mark} WHERE account_id = {mark} "  # noqa: S608
        f"AND message_id = {mark} AND channel = {mark} AND attempts = {mark} "
        "AND delivered_at IS NULL AND dead_at IS NULL"
    )
    rows = [(each.attempts, to_ms(until), *_bound(each, dialect.bind_id), each.attempts - 1) for each in found]
    won = hits(connection, statement, rows)
    return tuple(each for each, hit in zip(found, won, strict=True) if hit)


def anything_due(connection: Connection, channel: str, now: datetime) -> bool:
    """Whether `claim` would find anything."""
    bound = {"channel": channel, "now": to_ms(now), "limit": 1}
    return connection.execute(_CLAIMABLE, bound).first() is not None


def settle(connection: Connection, attempts: Sequence[Attempt], now: datetime) -> None:
    """Write what came of deliveries; one that was claimed anew meanwhile is left to who claimed it."""
    dialect, at = dialect_of(connection), to_ms(now)
    mark = dialect.mark
    statement = (
        f"UPDATE delivery SET delivered_at = {mark}, dead_at = {mark}, last_error = {mark}, "  # noqa: S608
        f"next_attempt_at = {mark}, leased_until = 0 WHERE account_id = {mark} "
        f"AND message_id = {mark} AND channel = {mark} AND attempts = {mark}"
    )
    rows = [
        (
            at if each.error is None else None,
            at if each.is_dead else None,
            each.error,
            at if each.next_attempt_at is None else to_ms(each.next_attempt_at),
            *_bound(each.claimed, dialect.bind_id),
            each.claimed.attempts,
        )
        for each in attempts
    ]
    execute_each(connection, statement, rows)


def load_letters(connection: Connection, messages: Sequence[tuple[UUID, UUID]]) -> Mapping[UUID, Letter]:
    """Read messages by account and id, with what is told of their accounts and CTAs; erased ones are absent."""
    rows = connection.execute(_LETTERS.where(tuple_(outbox.c.account_id, outbox.c.id).in_(messages))).all()
    causes = [(row.account_id, row.payload["cta"]) for row in rows if isinstance(row.payload.get("cta"), str)]
    ctas = {}
    if causes:
        found = select(cta.c.account_id, cta.c.cause_key, cta.c.type, cta.c.title)
        for each in connection.execute(found.where(tuple_(cta.c.account_id, cta.c.cause_key).in_(causes))):
            ctas[each.account_id, each.cause_key] = (each.type, each.title)
    return {
        row.id: Letter(
            row.id, row.account_id, row.kind, row.seq, from_ms(row.created_at), row.payload,
            row.key, row.name, row.csm, row.segment, *ctas.get((row.account_id, row.payload.get("cta")), (None, None)),
        )
        for row in rows
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Traffic:
    """How many deliveries of a channel wait and are dead, and the oldest instant at which one was due."""

    channel: str
    waiting: int
    dead: int
    oldest_due_at: datetime | None


def load_traffic(connection: Connection) -> tuple[Traffic, ...]:
    """Count what is not delivered, by channel."""
    return tuple(
        Traffic(row.channel, row.waiting, row.dead, optional_instant(row.oldest))
        for row in connection.execute(_TRAFFIC)
    )


def _bound(claimed: Claimed, bind_id: object) -> tuple[UUID | bytes, UUID | bytes, str]:
    assert callable(bind_id)
    return bind_id(claimed.key.account_id), bind_id(claimed.key.message_id), claimed.key.channel


_other = delivery.alias("other")

_CLAIMABLE = (
    select(delivery.c.account_id, delivery.c.message_id, delivery.c.seq, delivery.c.attempts)
    .where(
        delivery.c.channel == bindparam("channel"),
        delivery.c.delivered_at.is_(None),
        delivery.c.dead_at.is_(None),
        delivery.c.next_attempt_at <= bindparam("now"),
        delivery.c.leased_until < bindparam("now"),
        ~exists().where(
            _other.c.account_id == delivery.c.account_id,
            _other.c.channel == delivery.c.channel,
            _other.c.delivered_at.is_(None),
            _other.c.dead_at.is_(None),
            tuple_(_other.c.seq, _other.c.message_id) < tuple_(delivery.c.seq, delivery.c.message_id),
        ),
    )
    .order_by(delivery.c.next_attempt_at, delivery.c.account_id)
    .limit(bindparam("limit"))
)

_LETTERS = (
    select(
        outbox.c.id,
        outbox.c.account_id,
        outbox.c.kind,
        outbox.c.seq,
        outbox.c.created_at,
        outbox.c.payload,
        account_profile.c.key,
        account_profile.c.name,
        account_state.c.csm,
        account_state.c.segment,
    )
    .join(account_state, account_state.c.account_id == outbox.c.account_id)
    .outerjoin(account_profile, account_profile.c.account_id == outbox.c.account_id)
)

_TRAFFIC = (
    select(
        delivery.c.channel,
        func.count().filter(delivery.c.dead_at.is_(None)).label("waiting"),
        func.count(delivery.c.dead_at).label("dead"),
        func.min(delivery.c.next_attempt_at).filter(delivery.c.dead_at.is_(None)).label("oldest"),
    )
    .where(delivery.c.delivered_at.is_(None))
    .group_by(delivery.c.channel)
    .order_by(delivery.c.channel)
)
