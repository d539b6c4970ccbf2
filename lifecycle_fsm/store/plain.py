"""
Accounts about which nothing is stored beside their hot row and their past, read as the driver gives them.

Such accounts are of one kind if every column agrees but those of their own: their id, the
end of their history, since when they stand, and what was observed about them.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, cast
from uuid import UUID

import orjson
from sqlalchemy import JSON

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.raw import POSTGRESQL, Dialect, dialect_of, rows_of
from lifecycle_fsm.store.tables.accounts import INTEGER_SLOTS, NUMBER_SLOTS, TEXT_SLOTS, account_state
from lifecycle_fsm.store.tables.metadata import metadata

_OWN = ("account_id", "facts_version", "head_hash", "entered_at", "health_score", "more")
_DERIVED = frozenset({"next_check_at", "health_band", *NUMBER_SLOTS, *INTEGER_SLOTS, *TEXT_SLOTS})
_KIND = tuple(column.name for column in account_state.columns if column.name not in _DERIVED.union(_OWN))
"""The columns that say of which kind an account is: all that are not known to be its own, or to follow from others."""

_PAST = frozenset(
    {
        "account_profile",
        "account_state",
        "cta_task",
        "dirty",
        "fact_history",
        "milestone_event",
        "outbox",
        "set_aside",
        "stage_entry",
        "stage_tally",
        "stage_visit",
        "transition_inputs",
        "transition_log",
    }
)
"""Tables of accounts that no decision on an automatic move reads, or that have no row without one in another."""

Kind = tuple[object, ...]


class Plain(NamedTuple):
    """An account as its columns have it; `observed` are the values of the layout's slots, then those asked for."""

    account_id: UUID
    facts_version: int
    head_hash: bytes
    entered_ms: int
    health_score: float | None
    more: str
    slots: tuple[Value, ...]

    def observed(self, beside: Sequence[str]) -> tuple[Value, ...]:
        """The values of the slots, and of fields that have none."""
        if not beside:
            return self.slots
        more = orjson.loads(self.more)
        return (*self.slots, *(more.get(key) for key in beside))


def read_plain(connection: Connection, ids: Sequence[UUID], layout: Layout) -> dict[Kind, list[Plain]]:
    """
    Read and lock those of the accounts that are plain, by kind, in the order of their ids.

    Locked in that order, so that no two writers wait for each other.
    """
    dialect = dialect_of(connection)
    kinds: dict[Kind, list[Plain]] = {}
    bound = (list(ids),) if dialect is POSTGRESQL else tuple(dialect.bind_id(each) for each in ids)
    for row in rows_of(connection, _statement(dialect, layout.observed_columns, len(ids)), bound):  # type: ignore[arg-type] # a list is bound as an array
        plain = Plain(_id(row[0]), *row[1 : len(_OWN)], row[len(_OWN) + len(_KIND) :])  # type: ignore[arg-type,call-arg] # the columns say so
        kinds.setdefault(row[len(_OWN) : len(_OWN) + len(_KIND)], []).append(plain)
    return kinds


def revision_of(kind: Kind) -> int:
    """The number of the last history row of every account of the kind."""
    return cast("int", kind[_KIND.index("state_version")])


def machine_of(kind: Kind) -> str:
    """The digest of the machine of every account of the kind."""
    return cast("str", kind[_KIND.index("machine")])


def _id(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(bytes=cast("bytes", value))


@lru_cache(maxsize=16)
def _statement(dialect: Dialect, slots: tuple[str, ...], count: int) -> str:
    is_postgresql = dialect is POSTGRESQL
    texts = {column.name for column in account_state.columns if isinstance(column.type, JSON)}
    chosen = [
        f"CAST(s.{name} AS text)" if name in texts and is_postgresql else f"s.{name}"
        for name in (*_OWN, *_KIND, *slots)
    ]
    listed = "= ANY(%s)" if is_postgresql else f"IN ({', '.join('?' * count)})"
    beside = [f"NOT EXISTS (SELECT 1 FROM {table} AS b WHERE b.account_id = s.account_id)" for table in _beside()]  # noqa: S608 - our own names
    lock = " FOR NO KEY UPDATE OF s" if is_postgresql else ""
    return (
        f"SELECT {', '.join(chosen)} FROM account_state AS s "  # noqa: S608 - our own names
        f"WHERE {' AND '.join([f's.account_id {listed}', *beside])} ORDER BY s.account_id{lock}"
    )


def _beside() -> list[str]:
    """Every table of accounts in which a decision may find something: a new one counts until it is said to be past."""
    return sorted(
        table.name
        for table in metadata.tables.values()
        if "account_id" in table.primary_key.columns and table.name not in _PAST
    )
