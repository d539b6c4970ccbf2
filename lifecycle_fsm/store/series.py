"""The observations of a field, and where the newest ones come from."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select

from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.facts import Remembered, value_of
from lifecycle_fsm.store.tables.facts import fact_history


def fact_series(
    connection: Connection, account_id: UUID, key: str, since: datetime, until: datetime
) -> tuple[Remembered, ...]:
    """
    Read every observation of one field of one account in a period, both ends included, oldest first.

    Of corrections each is there, in the order of recording.
    """
    bound = {"account_id": account_id, "field": key, "since": to_ms(since), "until": to_ms(until)}
    return tuple(
        Remembered(value_of(row), from_ms(row.observed_at), from_ms(row.recorded_at), row.source)
        for row in connection.execute(_SERIES, bound)
    )


def load_sources(
    connection: Connection, ids: Sequence[UUID], keys: Sequence[str], as_of: datetime
) -> dict[tuple[UUID, str], str]:
    """Read where the newest observation of each field by a date comes from, by account and field, in one statement."""
    rows = connection.execute(_SOURCES, {"ids": list(ids), "fields": list(keys), "as_of": to_ms(as_of)})
    return {(row.account_id, row.field): row.source for row in rows}


_NEWEST = (fact_history.c.observed_at.desc(), fact_history.c.recorded_at.desc(), fact_history.c.id.desc())

_SERIES = (
    select(fact_history)
    .where(
        fact_history.c.account_id == bindparam("account_id"),
        fact_history.c.field == bindparam("field"),
        fact_history.c.observed_at.between(bindparam("since"), bindparam("until")),
    )
    .order_by(fact_history.c.observed_at, fact_history.c.recorded_at, fact_history.c.id)
)

_LAST = (
    select(
        fact_history.c.account_id,
        fact_history.c.field,
        fact_history.c.source,
        func.row_number()
        .over(partition_by=(fact_history.c.account_id, fact_history.c.field), order_by=_NEWEST)
        .label("place"),
    )
    .where(
        fact_history.c.account_id.in_(bindparam("ids", expanding=True)),
        fact_history.c.field.in_(bindparam("fields", expanding=True)),
        fact_history.c.observed_at <= bindparam("as_of"),
    )
    .subquery()
)

_SOURCES = select(_LAST.c.account_id, _LAST.c.field, _LAST.c.source).where(_LAST.c.place == 1)
