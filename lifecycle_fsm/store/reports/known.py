"""
Where accounts stood at a date, as far as history had been recorded by another.

Visits tell where accounts stood as history is known now. What was known is the same, but for accounts about which a
row looks back: one that was recorded later and says something about the time before. Only these are read row by row.
"""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, Text, and_, func, literal, or_, select, union, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.moments import DAY_MS, to_ms
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.store.reports.scoping import ms, standing, visited
from lifecycle_fsm.store.scope import within
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.history import LOOKS_AHEAD, LOOKS_BACK, transition_log
from lifecycle_fsm.store.tables.machines import machine_version
from lifecycle_fsm.store.tables.visits import stage_visit

Positions = Select[UUID, str, str]


def known_positions(scope: ReportScope, portfolio: Portfolio) -> Subquery:
    """
    Where accounts stood at the scope's date: `account_id`, `segment`, `stage`.

    With `known_at` accounts about which no later row looks back are read as ever; of the others
    the last row that was known then says it, without what had been taken back by then.
    """
    stood = _stood(hindsight(scope), portfolio)
    if scope.known_at is None:
        return union_all(*stood).subquery()
    touched = select(_touched(scope).c.account_id)
    untouched = (query.where(query.selected_columns[0].not_in(touched)) for query in stood)
    return union_all(*untouched, _as_known(scope, portfolio)).subquery()


def hindsight(scope: ReportScope) -> ReportScope:
    """
    The scope whose positions, as they are known now, are those that were known then unless a later row looks back.

    Visits have the CSM of then and rows that of today, so that with one only accounts without a later row are the same.
    """
    if scope.known_at is None or scope.csm is not None:
        return scope
    return replace(scope, as_of=min(scope.as_of, scope.known_at))


def corrections(scope: ReportScope, portfolio: Portfolio) -> Subquery:
    """
    What the knowledge of then makes of the positions as they are known now: `segment`, `stage`, `accounts`.

    Only accounts about which a later row looks back are read: 1 for where they were known to
    stand, -1 for where they stand in hindsight.
    """
    touched, stood = select(_touched(scope).c.account_id), _stood(hindsight(scope), portfolio)
    chosen = (query.where(query.selected_columns[0].in_(touched)) for query in stood)
    known = _as_known(scope, portfolio).add_columns(literal(1).label("accounts"))
    less = (query.add_columns(literal(-1).label("accounts")) for query in chosen)
    rows = union_all(known, *less).subquery()
    return select(rows.c.segment, rows.c.stage, rows.c.accounts).subquery()


def _stood(scope: ReportScope, portfolio: Portfolio) -> tuple[Positions, Positions]:
    at = ms(to_ms(scope.as_of))
    state, visit = account_state.c, stage_visit.c
    running = select(state.account_id, state.segment, state.stage).where(
        *standing(scope, portfolio), state.entered_at <= at
    )
    over = select(visit.account_id, visit.segment, visit.stage).where(
        *visited(scope, portfolio), visit.left_at > at, visit.entered_at <= at
    )
    return running, over


def _touched(scope: ReportScope) -> Subquery:
    """
    The accounts whose rows were not all recorded by `known_at` that say where they stood at the date of hindsight.

    A row that is at most a day late was recorded at most a day after the date that it speaks of.
    """
    assert scope.known_at is not None
    log, known_at = transition_log.c, ms(to_ms(scope.known_at))
    later = select(log.account_id).where(log.recorded_at > known_at)
    if scope.csm is not None:
        return later.distinct().subquery()
    at = ms(to_ms(hindsight(scope).as_of))
    names_anew = log.kind.in_([RecordKind.REASSIGNED.value, RecordKind.RUN_UNDONE.value, RecordKind.MIGRATED.value])
    back = later.where(LOOKS_BACK, or_(log.effective_at <= at, names_anew))
    soon = later.where(log.recorded_at <= known_at + ms(DAY_MS), log.effective_at <= at)
    ahead = select(log.account_id).where(LOOKS_AHEAD, log.recorded_at <= known_at, log.effective_at > at)
    return union(back, soon, ahead).subquery()


def _as_known(scope: ReportScope, portfolio: Portfolio) -> Positions:
    """Where the accounts about which more was recorded since stood by the rows of then."""
    assert scope.known_at is not None
    known_at = ms(to_ms(scope.known_at))
    touched = _touched(scope)
    newest = select(touched.c.account_id, _last_row(touched, ms(to_ms(scope.as_of)), known_at).label("seq")).subquery()
    log, version = transition_log.c, machine_version.c
    query = (
        select(log.account_id, version.segment, log.to_stage.label("stage"))
        .select_from(newest)
        .join(transition_log, and_(log.account_id == newest.c.account_id, log.seq == newest.c.seq))
        .join(machine_version, version.digest == log.machine)
    )
    return query.where(*_asked_for(scope, portfolio))


def _last_row(touched: Subquery, at: ColumnElement[int], known_at: ColumnElement[int]) -> ColumnElement[int]:
    """The number of the last row that took effect by the date, was known, and had not been taken back."""
    row, undone = transition_log.alias("row").c, transition_log.alias("undone").c
    taken_back = select(func.replace(undone.subject, "-", "")).where(
        undone.account_id == touched.c.account_id,
        undone.kind == RecordKind.RUN_UNDONE.value,
        undone.recorded_at <= known_at,
    )
    return (
        select(func.max(row.seq))
        .where(
            row.account_id == touched.c.account_id,
            row.recorded_at <= known_at,
            row.effective_at <= at,
            row.kind != RecordKind.RUN_UNDONE.value,
            row.run_id.is_(None) | _Digits(row.run_id).not_in(taken_back),
        )
        .scalar_subquery()
    )


def _asked_for(scope: ReportScope, portfolio: Portfolio) -> list[ColumnElement[bool]]:
    """The conditions on the row that says where an account stood; its CSM is that of today."""
    chosen = within(portfolio)
    if scope.csm is not None:
        chosen.append(account_state.c.csm == scope.csm)
    found: list[ColumnElement[bool]] = []
    if chosen:
        found.append(transition_log.c.account_id.in_(select(account_state.c.account_id).where(*chosen)))
    if scope.segment is not None:
        found.append(machine_version.c.segment == scope.segment)
    return found


class _Digits(FunctionElement[str]):
    """The 32 digits of an id, however a database keeps it."""

    inherit_cache = True
    type = Text()


@compiles(_Digits, "postgresql")
def _of_uuid(element: _Digits, compiler: SQLCompiler, **words: object) -> str:
    return f"replace(CAST({compiler.process(element.clauses, **words)} AS text), '-', '')"


@compiles(_Digits, "sqlite")
def _of_bytes(element: _Digits, compiler: SQLCompiler, **words: object) -> str:
    return f"lower(hex({compiler.process(element.clauses, **words)}))"
