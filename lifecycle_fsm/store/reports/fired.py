"""Which alerts opened in a period."""

from collections.abc import Mapping

from sqlalchemy import func, select

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.reports.scoping import in_period, standing
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.history import transition_log
from lifecycle_fsm.store.tables.machines import machine_version


def count_alerts(connection: Connection, scope: ReportScope, portfolio: Portfolio) -> Mapping[tuple[str, str], int]:
    """How often each alert opened in the period, by the segment of its rules and its key."""
    log, version = transition_log.c, machine_version.c
    keys = (version.segment, log.subject)
    query = (
        select(*keys, func.count())
        .select_from(transition_log.join(machine_version, version.digest == log.machine))
        .join(account_state, account_state.c.account_id == log.account_id)
        .where(log.kind == RecordKind.ALERT_OPENED.value, *in_period(log.effective_at, scope))
        .where(*standing(scope, portfolio))
        .group_by(*keys)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(query)}
