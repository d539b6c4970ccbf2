"""The rows that reports of visits count."""

from sqlalchemy import and_, case, false, select, union_all

from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.store.decision import clock_since
from lifecycle_fsm.store.reports.asked import Asked, Rows, flag
from lifecycle_fsm.store.reports.durations import lasted
from lifecycle_fsm.store.reports.known import known_positions
from lifecycle_fsm.store.reports.scoping import in_period, standing, visited, whole_days
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.history import transition_log
from lifecycle_fsm.store.tables.machines import machine_version
from lifecycle_fsm.store.tables.visits import stage_visit


def stage_rows(asked: Asked) -> Rows:
    """Where accounts stood at the date: `account_id`, `segment`, `stage`."""
    return select(*known_positions(asked.scope, asked.portfolio).c)


def time_rows(asked: Asked) -> Rows:
    """The visits that began in the period: `account_id`, `segment`, `stage`, `ended`."""
    state, visit = account_state.c, stage_visit.c
    running = select(state.account_id, state.segment, state.stage, flag(false()).label("ended")).where(
        *standing(asked.scope, asked.portfolio), *in_period(state.entered_at, asked.scope)
    )
    over = select(visit.account_id, visit.segment, visit.stage, flag(visit.left_at <= asked.at)).where(
        *visited(asked.scope, asked.portfolio), *in_period(visit.entered_at, asked.scope)
    )
    return union_all(running, over)


def move_rows(asked: Asked) -> Rows:
    """
    The visits that ended in the period.

    Columns are `account_id`, `segment`, `stage`, `to_stage`, `kind`, `transition`, `band`, `csm`, `left_on`.
    """
    visit = stage_visit.c
    return select(
        visit.account_id,
        visit.segment,
        visit.stage,
        visit.to_stage,
        visit.kind,
        visit.transition,
        visit.health_band.label("band"),
        flag(visit.health_band.is_not(None)).label("has_health"),
        visit.csm,
        whole_days(visit.left_at).label("left_on"),
    ).where(*visited(asked.scope, asked.portfolio), *in_period(visit.left_at, asked.scope))


def compliance_rows(asked: Asked) -> Rows:
    """The visits to `stage` that began in the period: `account_id`, `segment`, `csm`, `began_on`, `outcome`."""
    limit, stage = asked.span, asked.text("stage")
    state, visit = account_state.c, stage_visit.c
    moved, short = visit.kind == RecordKind.MOVED.value, lasted() <= limit
    outcome = case(
        (and_(moved, visit.left_at <= asked.at, short), "in_time"),
        (and_(visit.left_at > asked.at, asked.at - visit.entered_at <= limit), "pending"),
        else_="late",
    )
    over = select(
        visit.account_id,
        visit.segment,
        visit.csm,
        whole_days(visit.entered_at).label("began_on"),
        outcome.label("outcome"),
    ).where(
        *visited(asked.scope, asked.portfolio),
        *in_period(visit.entered_at, asked.scope),
        visit.stage == stage,
        ~and_(~moved, short),
    )
    waits = case((asked.at - clock_since(to_ms(asked.scope.as_of)) <= limit, "pending"), else_="late")
    running = select(state.account_id, state.segment, state.csm, whole_days(state.entered_at), waits).where(
        *standing(asked.scope, asked.portfolio), *in_period(state.entered_at, asked.scope), state.stage == stage
    )
    return union_all(over, running)


def alert_rows(asked: Asked) -> Rows:
    """The alerts that opened in the period: `account_id`, `segment` of their rules, and their `key`."""
    log, version = transition_log.c, machine_version.c
    joined = transition_log.join(machine_version, version.digest == log.machine)
    return (
        select(log.account_id, version.segment, log.subject.label("key"))
        .select_from(joined.join(account_state, account_state.c.account_id == log.account_id))
        .where(log.kind == RecordKind.ALERT_OPENED.value, *in_period(log.effective_at, asked.scope))
        .where(*standing(asked.scope, asked.portfolio))
    )
