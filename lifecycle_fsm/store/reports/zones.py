"""Accounts whose days are counted in UTC although their rules count local ones."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, literal, null, select, union_all

from lifecycle_fsm.domain.fields import FieldKind, fact_field
from lifecycle_fsm.domain.zones import TimeZone, find_zone, zone_names
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.reports.asked import Asked, Rows, flag
from lifecycle_fsm.store.reports.scoping import standing
from lifecycle_fsm.store.tables.accounts import account_state


class UnknownZones(NamedTuple):
    """
    Of so many accounts of a segment, of how many the fact that names their time zone says nothing, or no zone.

    Those without a value are counted where the segment has no default.
    """

    segment: str
    fact: str
    accounts: int
    missing: int
    unknown: int


def zone_rows(asked: Asked) -> Rows:
    """
    Accounts whose rules read their time zone from a fact.

    Columns are `account_id`, `segment`, `fact`, and whether the zone `is_missing`, or `is_unknown`: no zone's name.
    """
    declared: dict[TimeZone, list[str]] = {}
    for machine in asked.machines:
        if machine.time_zone is not None and machine.time_zone.fact is not None:
            declared.setdefault(machine.time_zone, []).append(machine.digest)
    found = list(_of(declared, asked))
    return union_all(*found) if found else _nobody()


def count_unknown_zones(connection: Connection, asked: Asked) -> tuple[UnknownZones, ...]:
    """Count accounts by segment and fact, sorted; one scan for each declaration of a time zone."""
    rows = zone_rows(asked).subquery().c
    numbers = func.count(), func.sum(rows.is_missing), func.sum(rows.is_unknown)
    query = select(rows.segment, rows.fact, *numbers).group_by(rows.segment, rows.fact)
    return tuple(
        UnknownZones(segment, fact, accounts, int(missing), int(unknown))
        for segment, fact, accounts, missing, unknown in connection.execute(query.order_by(rows.segment, rows.fact))
    )


def _of(declared: dict[TimeZone, list[str]], asked: Asked) -> Iterator[Rows]:
    state = account_state.c
    for zone, digests in declared.items():
        assert zone.fact is not None
        written = asked.layout.expression(fact_field(zone.fact, FieldKind.TEXT))
        has_default = find_zone(zone.default or "") is not None
        yield select(
            state.account_id,
            state.segment,
            literal(zone.fact).label("fact"),
            flag(_never() if has_default else written.is_(None)).label("is_missing"),
            flag(and_(written.is_not(None), written.not_in(sorted(zone_names())))).label("is_unknown"),
        ).where(*standing(asked.scope, asked.portfolio), state.machine.in_(digests))


def _never() -> ColumnElement[bool]:
    return null().is_not(None)


def _nobody() -> Rows:
    state, none = account_state.c, flag(_never())
    empty = select(
        state.account_id, state.segment, literal("").label("fact"), none.label("is_missing"), none.label("is_unknown")
    )
    return empty.where(_never())
