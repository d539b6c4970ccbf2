"""Facts and measures: every observation is kept, and the newest one is what guards are judged on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, cast
from uuid import UUID

import orjson
from sqlalchemy import bindparam, func, select
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.errors import StoreFailed, UnknownAccount
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import Field, FieldKind, Value
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.store.baselines import Baseline, load_baselines
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.hot_row import observed_values, reading
from lifecycle_fsm.store.ids import in_order, new_id
from lifecycle_fsm.store.instants import FOREVER, optional_instant
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.locks import lock_accounts
from lifecycle_fsm.store.raw import Dialect, Row, dialect_of, execute_each, hits
from lifecycle_fsm.store.tables.facts import fact_history


@dataclass(frozen=True, slots=True)
class Observation:
    """One value of one field of one account, as somebody observed it; None says that it became unknown."""

    account_id: UUID
    field: Field
    value: Value
    observed_at: datetime
    source: str


class Noted(NamedTuple):
    """
    An observation for history, when it is recorded, and in which order.

    `writes` is how many writes its account had seen before, `place` counts the rows of one write, from 0.
    """

    seen: Observation
    recorded_at: datetime
    writes: int
    place: int = 0


@dataclass(frozen=True, slots=True)
class Remembered:
    """An observation as history keeps it."""

    value: Value
    observed_at: datetime
    recorded_at: datetime
    source: str


class Reception(StrEnum):
    """What became of an observation."""

    CURRENT = "current"
    """It is the newest and what guards now see."""
    LATE = "late"
    """A newer one was known: it went to history only."""
    REPEATED = "repeated"
    """It was known already: nothing was written."""


@dataclass(slots=True)
class _Draft:
    """What a batch does to one account, while it is being worked out."""

    version: int
    values: dict[str, Value]
    rest: dict[str, Value]
    appended: list[Observation]


def record_facts(
    connection: Connection, observations: Sequence[Observation], layout: Layout, recorded_at: datetime
) -> list[Reception]:
    """
    Append observations to history and show the newest of each field in the hot row.

    Of two with the same instant the one recorded later counts, and of two recorded in the same
    millisecond the one written last. At most 10,000 accounts at a time; give one account's
    observations in the order in which they were made.

    Raises:
        UnknownAccount: one of the accounts does not exist.
        StoreFailed: an account was changed although it was locked; try again.
    """
    receptions = _first_try(connection, observations, layout, recorded_at)
    if receptions is not None:
        return receptions
    lock_accounts(connection, {seen.account_id for seen in observations})
    receptions, losers = _record(connection, observations, layout, recorded_at)
    if losers:
        raise StoreFailed("accounts that are locked were changed all the same; try again", retryable=True)
    return receptions


def _first_try(
    connection: Connection, observations: Sequence[Observation], layout: Layout, recorded_at: datetime
) -> list[Reception] | None:
    """
    Write a batch without locks; None, and nothing written, where somebody else changed one of the accounts.

    What it holds of the others is given back then: to wait for one account while holding
    those after it would make two writers wait for each other.
    """
    with connection.begin_nested() as attempt:
        receptions, losers = _record(connection, observations, layout, recorded_at)
        if losers:
            attempt.rollback()
            return None
        return receptions


def load_facts(
    connection: Connection, ids: Sequence[UUID], layout: Layout, baselines: Sequence[Baseline], as_of: datetime
) -> dict[UUID, Facts]:
    """
    Read what is known about accounts now, with the values that fields had before, for `change_over`.

    A baseline is the newest value observed at or before `as_of` less its window. Ids
    without an account are absent.
    """
    rows = connection.execute(reading(layout.observed_columns), {"ids": list(ids)}).all()
    before = load_baselines(connection, ids, baselines, as_of)
    return {row.account_id: Facts({**observed_values(row, layout), **before.get(row.account_id, {})}) for row in rows}


def facts_as_of(
    connection: Connection, ids: Sequence[UUID], as_of: datetime, as_known_at: datetime | None = None
) -> dict[UUID, Facts]:
    """
    Read what was observed about accounts up to `as_of`, as far as it was recorded by `as_known_at`.

    Without `as_known_at`, everything recorded since counts, too. Derived fields that
    history keeps, such as `health.score`, are included. Accounts without history are absent.
    """
    known_at = to_ms(as_known_at) if as_known_at is not None else FOREVER
    rows = connection.execute(_AS_OF, {"ids": list(ids), "as_of": to_ms(as_of), "known_at": known_at})
    values: dict[UUID, dict[str, Value]] = {}
    for row in rows:
        known = values.setdefault(row.account_id, {})
        known[row.field] = value_of(row)
        known[f"{row.field}@"] = row.observed_at
    return {account_id: Facts(known) for account_id, known in values.items()}


def last_recorded_at(connection: Connection) -> datetime | None:
    """When the last observation of any account was recorded, None before the first."""
    last = connection.execute(select(func.max(fact_history.c.recorded_at))).scalar_one()
    return optional_instant(last)


def append_history(connection: Connection, noted: Iterable[Noted]) -> None:
    """Append observations to history only, as for derived values."""
    dialect = dialect_of(connection)
    rows = [history_row(each, dialect) for each in noted]
    execute_each(connection, dialect.insert("fact_history", HISTORY_COLUMNS), rows)


def _record(
    connection: Connection, observations: Sequence[Observation], layout: Layout, recorded_at: datetime
) -> tuple[list[Reception], set[UUID]]:
    """Write a batch; give what became of each observation, and the accounts that somebody else changed meanwhile."""
    drafts = _drafts(connection, observations, layout)
    known = _known_late(connection, observations, drafts)
    receptions = [_receive(drafts[seen.account_id], seen, known, layout) for seen in observations]
    touched = sorted((account_id for account_id, draft in drafts.items() if draft.appended), key=lambda key: key.bytes)
    dialect = dialect_of(connection)
    rows = [_projection(account_id, drafts[account_id], layout, dialect) for account_id in touched]
    won = hits(connection, _project(dialect, layout.observed_columns), rows)
    winners = [drafts[account_id] for account_id, hit in zip(touched, won, strict=True) if hit]
    append_history(
        connection,
        (
            Noted(seen, recorded_at, draft.version, place)
            for draft in winners
            for place, seen in enumerate(draft.appended)
        ),
    )
    return receptions, {account_id for account_id, hit in zip(touched, won, strict=True) if not hit}


def _drafts(connection: Connection, observations: Sequence[Observation], layout: Layout) -> dict[UUID, _Draft]:
    ids = {observation.account_id for observation in observations}
    rows = connection.execute(reading(layout.observed_columns), {"ids": list(ids)}).all()
    drafts = {row.account_id: _Draft(row.facts_version, observed_values(row, layout), {}, []) for row in rows}
    missing = ids - drafts.keys()
    if missing:
        raise UnknownAccount(f"no account has the id {str(min(missing))!r}; create it before its facts")
    return drafts


def _receive(draft: _Draft, seen: Observation, known: dict["_Place", Value], layout: Layout) -> Reception:
    key, instant = seen.field.key, to_ms(seen.observed_at)
    newest = cast("int | None", draft.values.get(f"{key}@"))
    if newest is not None:
        known.setdefault((seen.account_id, key, newest), draft.values.get(key))
    place = (seen.account_id, key, instant)
    if place in known and known[place] == seen.value:
        return Reception.REPEATED
    known[place] = seen.value
    draft.appended.append(seen)
    if newest is not None and instant < newest:
        return Reception.LATE
    _show(draft, seen, instant, layout)
    return Reception.CURRENT


def _show(draft: _Draft, seen: Observation, instant: int, layout: Layout) -> None:
    for key, value in ((seen.field.key, seen.value), (f"{seen.field.key}@", instant)):
        draft.values[key] = value
        if key not in layout.slots:
            draft.rest[key] = value


_Place = tuple[UUID, str, int]
"""An account, a field, and when it was observed."""


def _known_late(
    connection: Connection, observations: Sequence[Observation], drafts: Mapping[UUID, _Draft]
) -> dict[_Place, Value]:
    """What history has at exactly the instants of those observations that are late."""
    late = [seen for seen in observations if to_ms(seen.observed_at) < _newest(drafts[seen.account_id], seen.field)]
    if not late:
        return {}
    accounts = list({seen.account_id for seen in late})
    instants = list({to_ms(seen.observed_at) for seen in late})
    rows = connection.execute(_AT_INSTANTS, {"ids": accounts, "instants": instants})
    # In the order in which they were recorded: a later correction replaces what it corrects.
    return {(row.account_id, row.field, row.observed_at): value_of(row) for row in rows}


def _newest(draft: _Draft, field: Field) -> int:
    return cast("int", draft.values.get(f"{field.key}@", _NEVER))


def _projection(account_id: UUID, draft: _Draft, layout: Layout, dialect: Dialect) -> Row:
    return (
        *(draft.values.get(key) for key, _ in layout.observed),
        orjson.dumps(draft.rest).decode(),
        dialect.bind_id(account_id),
        draft.version,
    )


@lru_cache(maxsize=16)
def _project(dialect: Dialect, columns: tuple[str, ...]) -> str:
    sets = [f"{column} = {dialect.mark}" for column in columns]
    sets += [f"more = {dialect.merge.format(column='more')}", "facts_version = facts_version + 1"]
    return (
        f"UPDATE account_state SET {', '.join(sets)} "  # noqa: S608 - our own names
        f"WHERE account_id = {dialect.mark} AND facts_version = {dialect.mark}"
    )


HISTORY_COLUMNS = (
    "account_id",
    "field",
    "observed_at",
    "recorded_at",
    "id",
    "number",
    "integer",
    "text",
    "source",
)

_NEVER = -(2**62)


def history_row(noted: Noted, dialect: Dialect) -> Row:
    """The columns of an observation, in the order of `HISTORY_COLUMNS`."""
    seen, recorded_at = noted.seen, to_ms(noted.recorded_at)
    kind, value = seen.field.kind, seen.value
    return (
        dialect.bind_id(seen.account_id),
        seen.field.key,
        to_ms(seen.observed_at),
        recorded_at,
        dialect.bind_id(UUID(int=in_order(new_id(recorded_at).int, noted.writes, noted.place))),
        value if kind is FieldKind.NUMBER else None,
        value if kind not in (FieldKind.NUMBER, FieldKind.TEXT) else None,
        value if kind is FieldKind.TEXT else None,
        seen.source,
    )


def value_of(row: ResultRow[*tuple[object, ...]]) -> Value:
    """The value of a row of history, in whichever column its kind has."""
    return cast("Value", next((value for value in (row.number, row.integer, row.text) if value is not None), None))


_VALUES = (fact_history.c.number, fact_history.c.integer, fact_history.c.text)

_RANKED = (
    select(
        fact_history.c.account_id,
        fact_history.c.field,
        fact_history.c.observed_at,
        *_VALUES,
        func.row_number()
        .over(
            partition_by=(fact_history.c.account_id, fact_history.c.field),
            order_by=(
                fact_history.c.observed_at.desc(),
                fact_history.c.recorded_at.desc(),
                fact_history.c.id.desc(),
            ),
        )
        .label("place"),
    )
    .where(
        fact_history.c.account_id.in_(bindparam("ids", expanding=True)),
        fact_history.c.observed_at <= bindparam("as_of"),
        fact_history.c.recorded_at <= bindparam("known_at"),
    )
    .subquery()
)

_AS_OF = select(
    _RANKED.c.account_id,
    _RANKED.c.field,
    _RANKED.c.observed_at,
    _RANKED.c.number,
    _RANKED.c.integer,
    _RANKED.c.text,
).where(_RANKED.c.place == 1)

_AT_INSTANTS = (
    select(fact_history.c.account_id, fact_history.c.field, fact_history.c.observed_at, *_VALUES)
    .where(
        fact_history.c.account_id.in_(bindparam("ids", expanding=True)),
        fact_history.c.observed_at.in_(bindparam("instants", expanding=True)),
    )
    .order_by(fact_history.c.recorded_at, fact_history.c.id)
)
