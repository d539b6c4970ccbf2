"""What values were a while before a date: the beginnings of changes over a window."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, Select, bindparam, func, select

from lifecycle_fsm.domain.fields import baseline_key
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.instants import FOREVER
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.facts import fact_history

Baseline = tuple[str, int]
"""The key of a field, and how many milliseconds before the evaluation date its value is asked for."""


def load_baselines(
    connection: Connection,
    ids: Sequence[UUID],
    baselines: Sequence[Baseline],
    as_of: datetime,
    as_known_at: datetime | None = None,
) -> dict[UUID, dict[str, float]]:
    """
    Read `<field>.before.<window>` values of accounts in one statement; those that are unknown are absent.

    With `as_known_at` only what had been recorded by then counts.

    `<field>.before.<window>.until` is the instant, in milliseconds since 1970, at which
    time alone changes the value; absent where it will not.
    """
    if not baselines:
        return {}
    keys = tuple(baseline_key(key, window) for key, window in baselines)
    instants = {f"before_{place}": to_ms(as_of) - window for place, (_, window) in enumerate(baselines)}
    instants["known_at"] = to_ms(as_known_at) if as_known_at is not None else FOREVER
    rows = connection.execute(_baselines(tuple(key for key, _ in baselines)), {"ids": list(ids), **instants})
    spans = [window for _, window in baselines]
    return {row[0]: dict(_before(keys, spans, row[1:])) for row in rows}


def _before(keys: Sequence[str], spans: Sequence[int], found: Sequence[float | None]) -> Iterator[tuple[str, float]]:
    values, followed_by = found[: len(keys)], found[len(keys) :]
    for key, span, value, next_at in zip(keys, spans, values, followed_by, strict=True):
        if value is not None:
            yield key, value
        if next_at is not None:
            yield f"{key}.until", int(next_at) + span


@lru_cache(maxsize=64)
def _baselines(keys: tuple[str, ...]) -> Select[UUID, *tuple[float | None, ...]]:
    """Two index seeks for each account and baseline: the value, and the observation that will replace it."""
    values = [_last_before(key, place).label(f"value_{place}") for place, key in enumerate(keys)]
    followed_by = [_first_after(key, place).label(f"next_{place}") for place, key in enumerate(keys)]
    return select(account_state.c.account_id, *values, *followed_by).where(
        account_state.c.account_id.in_(bindparam("ids", expanding=True))
    )


def _last_before(key: str, place: int) -> ScalarSelect[float]:
    return (
        select(func.coalesce(fact_history.c.number, fact_history.c.integer))
        .where(*_known(key), fact_history.c.observed_at <= bindparam(f"before_{place}"))
        .order_by(fact_history.c.observed_at.desc(), fact_history.c.recorded_at.desc(), fact_history.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _first_after(key: str, place: int) -> ScalarSelect[int]:
    return (
        select(fact_history.c.observed_at)
        .where(*_known(key), fact_history.c.observed_at > bindparam(f"before_{place}"))
        .order_by(fact_history.c.observed_at)
        .limit(1)
        .scalar_subquery()
    )


def _known(key: str) -> tuple[ColumnElement[bool], ...]:
    return (
        fact_history.c.account_id == account_state.c.account_id,
        fact_history.c.field == key,
        fact_history.c.recorded_at <= bindparam("known_at", type_=BigInteger()),
    )
