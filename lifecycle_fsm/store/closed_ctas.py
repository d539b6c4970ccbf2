"""Closed CTAs as far as a decision may need them: counted by kind, the last ones of places, objectives of plans."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from sqlalchemy import Select, Text, bindparam, case, func, select, union_all
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.cta import Cta, CtaOutcome, CtaType
from lifecycle_fsm.domain.cta_archive import CtaArchive, CtaKind, CtaTally
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.store.ctas import CTA_COLUMNS, by_account
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.instants import optional_instant
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.ctas import cta
from lifecycle_fsm.store.tables.types import Id

_KIND = (cta.c.type, cta.c.reason, cta.c.template, cta.c.outcome, func.coalesce(cta.c.flagged, False).label("flagged"))

_SINCE = account_state.c.entered_at

Place = tuple[UUID, str]
"""A place of an account."""

_TERMS = 200
"""How many places one statement names; SQLite takes 500 terms."""


def count_closed(connection: Connection, entries: Mapping[UUID, datetime]) -> dict[UUID, CtaArchive]:
    """Count all closed CTAs of accounts by kind; each account is named with the entry into its stage."""
    rows = connection.execute(_COUNTED, {"ids": list(entries)}).all()
    counted = {account_id: list(group) for account_id, group in groupby(rows, key=attrgetter("account_id"))}
    return {account_id: _archive(entered_at, counted.get(account_id, ())) for account_id, entered_at in entries.items()}


def load_last_closed(connection: Connection, places: Sequence[Place]) -> dict[UUID, tuple[Cta, ...]]:
    """Read the CTAs that were last closed in places of accounts; several where they closed at one instant."""
    found: dict[UUID, tuple[Cta, ...]] = {}
    for start in range(0, len(places), _TERMS):
        some = places[start : start + _TERMS]
        named = {f"{name}{at}": value for at, place in enumerate(some) for name, value in zip("ap", place, strict=True)}
        read = by_account(connection.execute(_last_closed(len(some)), named).all())
        found |= {account_id: (*found.get(account_id, ()), *ctas) for account_id, ctas in read.items()}
    return found


@lru_cache(maxsize=_TERMS)
def _last_closed(count: int) -> Select[*tuple[object, ...]]:
    """One look into the index for each of so many places, however many CTAs were closed there."""
    terms = (
        select(bindparam(f"a{at}", type_=Id).label("account_id"), bindparam(f"p{at}", type_=Text).label("place"))
        for at in range(count)
    )
    named, later = union_all(*terms).subquery("named"), cta.alias("later")
    latest = (
        select(func.max(later.c.closed_at))
        .where(later.c.account_id == named.c.account_id, later.c.identity == named.c.place)
        .where(later.c.closed_at.is_not(None))
        .scalar_subquery()
    )
    here = (cta.c.account_id == named.c.account_id) & (cta.c.identity == named.c.place) & (cta.c.closed_at == latest)
    columns = (cta.c[name] for name in CTA_COLUMNS)
    return select(*columns).select_from(named.join(cta, here)).order_by(cta.c.account_id)


def load_closed_since(connection: Connection, ids: Sequence[UUID], since: datetime) -> dict[UUID, tuple[Cta, ...]]:
    """Read the closed CTAs of accounts that were opened at a date or later."""
    return by_account(connection.execute(_RECENT, {"ids": list(ids), "since": to_ms(since)}).all())


def load_closed_objectives(connection: Connection, plans: Mapping[UUID, Sequence[str]]) -> dict[UUID, tuple[Cta, ...]]:
    """Read the closed objectives of plans by their keys, of accounts."""
    keys = {key for each in plans.values() for key in each}
    found = by_account(connection.execute(_OBJECTIVES, {"ids": list(plans), "plans": sorted(keys)}).all())
    return {
        account_id: tuple(each for each in ctas if each.plan in plans[account_id]) for account_id, ctas in found.items()
    }


def _archive(entered_at: datetime, rows: Sequence[ResultRow[*tuple[object, ...]]]) -> CtaArchive:
    latest = max((row.latest for row in rows), default=None)
    return CtaArchive(entered_at, optional_instant(latest), tuple(map(_tally, rows)))


def _tally(row: ResultRow[*tuple[object, ...]]) -> CtaTally:
    outcome = row.outcome
    kind = CtaKind(
        CtaType(row.type),
        row.reason,
        row.template,
        None if outcome is None else CtaOutcome(outcome),
        bool(row.flagged),
    )
    return CtaTally(kind, row.closed, row.opened_since, row.closed_since)


_COUNTED = (
    select(
        cta.c.account_id,
        *_KIND,
        func.count().label("closed"),
        func.sum(case((cta.c.opened_at >= _SINCE, 1), else_=0)).label("opened_since"),
        func.sum(case((cta.c.closed_at >= _SINCE, 1), else_=0)).label("closed_since"),
        func.max(cta.c.closed_at).label("latest"),
    )
    .select_from(cta.join(account_state, account_state.c.account_id == cta.c.account_id))
    .where(cta.c.account_id.in_(bindparam("ids", expanding=True)), cta.c.closed_at.is_not(None))
    .group_by(cta.c.account_id, *_KIND)
    .order_by(cta.c.account_id)
)

_CLOSED = (
    select(*(cta.c[name] for name in CTA_COLUMNS))
    .where(cta.c.account_id.in_(bindparam("ids", expanding=True)), cta.c.closed_at.is_not(None))
    .order_by(cta.c.account_id, cta.c.opened_at, cta.c.opened_seq, cta.c.id)
)

_OBJECTIVES = _CLOSED.where(cta.c.plan.in_(bindparam("plans", expanding=True)))

_RECENT = _CLOSED.where(cta.c.opened_at >= bindparam("since"))
