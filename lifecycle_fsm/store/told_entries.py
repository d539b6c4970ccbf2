"""When accounts first entered stages, and what they entered since, worked out of their visits."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FunctionElement,
    ScalarSelect,
    Select,
    Subquery,
    Table,
    func,
    literal,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.types import JsonObject
from lifecycle_fsm.store.tables.visits import stage_visit
from lifecycle_fsm.store.tally import UNASSIGNED

_RUNNING = 2**62
"""The number of a running visit, which comes after all that are over."""

Among = Select[UUID]
"""A selection of accounts."""


class ObjectOf(FunctionElement[Any]):
    """Keys and values of rows as one JSON object."""

    type = JsonObject
    inherit_cache = True


@compiles(ObjectOf, "postgresql")
def _in_postgresql(element: ObjectOf, compiler: SQLCompiler, **more: object) -> str:
    return f"jsonb_object_agg({compiler.process(element.clauses, **more)})"


@compiles(ObjectOf, "sqlite")
def _in_sqlite(element: ObjectOf, compiler: SQLCompiler, **more: object) -> str:
    return f"json_group_object({compiler.process(element.clauses, **more)})"


def told(among: Among | None) -> Select[*tuple[Any, ...]]:
    """What visits tell of some accounts, None for all, in the columns of `stage_entry`."""
    numbered = _numbered(among)
    each = numbered.c
    columns = (each.account_id, each.segment, each.stage, each.nth, each.entered_at)
    return select(*columns, _since(numbered).label("since")).where(each.again == 1)


def visited(among: Among | None) -> Subquery:
    """Every entering of a stage: `account_id`, `segment`, `stage`, `entered_at`, and `seq`, which orders them."""
    chosen = _VISITS if among is None else [each.where(each.selected_columns.account_id.in_(among)) for each in _VISITS]
    return union_all(*chosen).subquery()


def _entering(table: Table, seq: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    columns = (table.c.account_id, table.c.segment, table.c.stage, table.c.entered_at)
    return select(*columns, seq.label("seq")).where(table.c.segment != UNASSIGNED)


_VISITS = (
    _entering(stage_visit, stage_visit.c.seq),
    _entering(account_state, literal(_RUNNING, BigInteger())),
)


def _numbered(among: Among | None) -> Subquery:
    """Enterings numbered within their segment (`nth`), and within their stage of it (`again`)."""
    each = visited(among).c
    segment, order = (each.account_id, each.segment), (each.entered_at, each.seq)
    number = func.row_number(type_=BigInteger)
    return select(
        each.account_id,
        each.segment,
        each.stage,
        each.entered_at,
        each.seq,
        number.over(partition_by=segment, order_by=order).label("nth"),
        number.over(partition_by=(*segment, each.stage), order_by=order).label("again"),
    ).subquery()


def _since(entry: Subquery) -> ScalarSelect[Any]:
    """When the account of an entering first entered each stage of the segment from that entering on."""
    own = entry.c
    # By the account alone, so that the planner has no other index to choose: only what is counted is narrowed.
    parts = (each.where(each.selected_columns.account_id == own.account_id).correlate(entry) for each in _VISITS)
    each = union_all(*parts).subquery().c
    # Stages that one evaluation passes are entered at one instant: what of them came before is told by its number.
    is_since = tuple_(each.entered_at, each.seq) >= tuple_(own.entered_at, own.seq)
    at = func.min(each.entered_at).filter(each.segment == own.segment, is_since)
    first = select(each.stage, at.label("at")).group_by(each.stage).order_by(each.stage).correlate(entry)
    found = first.subquery().c
    return select(ObjectOf(found.stage, found.at).filter(found.at.is_not(None))).scalar_subquery()
