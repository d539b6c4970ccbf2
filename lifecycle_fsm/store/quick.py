"""Accounts and their history in one statement each, for readers who ask for no more than the rows say."""

from collections import namedtuple
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Text, Uuid, any_, bindparam, func, select
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.store.accounts import Profile, StoredAccount
from lifecycle_fsm.store.change import Head
from lifecycle_fsm.store.direct import Direct, Values, direct_text
from lifecycle_fsm.store.history import LOG
from lifecycle_fsm.store.hot_row import derived_measures, lifecycle_of, observed_values, reading
from lifecycle_fsm.store.instants import optional_instant
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.tables.accounts import account_profile, account_state, field_slot
from lifecycle_fsm.store.tables.history import transition_inputs, transition_log
from lifecycle_fsm.store.tables.tallies import stage_tally
from lifecycle_fsm.store.tally import StageAccounts, sum_of_tally

_PROFILE = tuple(account_profile.c[name] for name in ("key", "name", "created_at", "csm_name", "attributes"))


class QuickAccount(NamedTuple):
    """An account without its CTAs and plans, and who it is."""

    stored: StoredAccount
    profile: Profile


async def load_layout_quickly(direct: Direct) -> Layout:
    """Read which field lies where."""
    return Layout(dict(cast("Sequence[tuple[str, str]]", await direct.fetch(_LAYOUT))))


async def load_quickly(direct: Direct, ids: Sequence[UUID], layout: Layout) -> dict[UUID, QuickAccount] | None:
    """
    Read accounts, without their CTAs and plans; ids without an account are absent.

    None when the layout is out of date.
    """
    text, make = _accounts(layout.kept_columns)
    rows = await direct.fetch(text, list(ids))
    if any(row[-1] != len(layout.slots) for row in rows):
        return None
    width = len(_PROFILE) + 1
    return {
        cast("UUID", row[0]): QuickAccount(_stored(make(*tuple(row)[:-width]), layout), _profile(tuple(row)[-width:-1]))
        for row in rows
    }


class LogRow(NamedTuple):
    """A row of the log as it lies there, with its reason; instants in milliseconds, effects as JSON."""

    account_id: UUID
    seq: int
    kind: str
    from_stage: str | None
    to_stage: str
    transition: str | None
    trigger: str | None
    subject: str | None
    cause: str
    actor: str | None
    on_behalf_of: str | None
    effective_at: int
    recorded_at: int
    machine: str
    evaluator: str
    command_id: str | None
    run_id: UUID | None
    effects: str
    prev_hash: bytes
    hash: bytes
    reason: str | None


async def load_newest_quickly(direct: Direct, ids: Sequence[UUID], count: int) -> dict[UUID, list[LogRow]]:
    """Read the newest rows of each account's history, newest first; ids without any are absent."""
    found: dict[UUID, list[LogRow]] = {}
    for values in await direct.fetch(_NEWEST, list(ids), count):
        row = LogRow._make(cast("Iterable[Any]", values))
        found.setdefault(row.account_id, []).append(row)
    return found


@lru_cache(maxsize=8)
def _accounts(columns: tuple[str, ...]) -> tuple[str, Any]:
    """The statement for accounts with these slots, and what makes the hot part of its rows one with names."""
    hot = list(reading(columns).selected_columns)
    slots = select(func.count()).select_from(field_slot).scalar_subquery()
    joined = account_state.join(account_profile, account_profile.c.account_id == account_state.c.account_id)
    query = select(*hot, *_PROFILE, slots).select_from(joined).where(account_state.c.account_id == any_(_IDS))
    names = [column.name for column in hot]
    return direct_text(query), namedtuple("HotRow", names)


def _stored(hot: Any, layout: Layout) -> StoredAccount:  # noqa: ANN401 # a row of columns known at run time
    row = cast("ResultRow[*tuple[object, ...]]", hot)
    return StoredAccount(
        lifecycle=lifecycle_of(row),
        head=Head(row.state_version, row.head_hash),
        facts=Facts(observed_values(row, layout)),
        facts_version=row.facts_version,
        health_score=row.health_score,
        health_band=None if row.health_band is None else Band(row.health_band),
        next_check_at=optional_instant(row.next_check_at),
        derived=derived_measures(row, layout),
    )


def _profile(values: Values) -> Profile:
    key, name, created_at, csm_name, attributes = cast("tuple[str, str, int, str | None, dict[str, str]]", values)
    return Profile(key, name, from_ms(created_at), csm_name, attributes)


async def count_stages_quickly(direct: Direct, segment: str | None) -> tuple[StageAccounts, ...]:
    """The accounts of each stage as they stand now, sorted, in one segment or in all."""
    rows = await direct.fetch(_TALLY) if segment is None else await direct.fetch(_TALLY_OF_ONE, segment)
    return tuple(StageAccounts(*cast("tuple[str, str, int]", row)) for row in rows)


_LAYOUT = direct_text(select(field_slot.c.field, field_slot.c.slot))

_COUNTED = sum_of_tally()

_TALLY = direct_text(_COUNTED)

_TALLY_OF_ONE = direct_text(_COUNTED.where(stage_tally.c.segment == bindparam("segment", type_=Text())))

_IDS = bindparam("ids", type_=ARRAY(Uuid()))

_ROW = tuple(transition_inputs.c.reason if name == "reason" else transition_log.c[name] for name in LogRow._fields)

_NEWEST = direct_text(
    select(*_ROW)
    .select_from(LOG.join(account_state, account_state.c.account_id == transition_log.c.account_id))
    .where(
        transition_log.c.account_id == any_(_IDS),
        transition_log.c.seq > account_state.c.state_version - bindparam("count", type_=BigInteger()),
    )
    .order_by(transition_log.c.account_id, transition_log.c.seq.desc())
)
