"""The accounts behind the number that an address names."""

from collections.abc import Callable, Mapping
from uuid import UUID

from sqlalchemy import Select

from lifecycle_fsm.domain.reports.address import Address, ReportName
from lifecycle_fsm.store.reports import achieved, entries, gaps, held, positions, present, scores, used, visited, zones
from lifecycle_fsm.store.reports.asked import Asked, Rows, accounts_behind


def _now_or_then(now: Callable[[Asked], Rows], then: Callable[[Asked], Rows]) -> Callable[[Asked], Rows]:
    """A report of the present that may be asked for a date; its address says so."""
    return lambda asked: then(asked) if "then" in asked.parameters else now(asked)


_ROWS: Mapping[ReportName, Callable[[Asked], Rows]] = {
    ReportName.STAGES: visited.stage_rows,
    ReportName.TIMES: visited.time_rows,
    ReportName.MOVES: visited.move_rows,
    ReportName.COMPLIANCE: visited.compliance_rows,
    ReportName.ALERTS: visited.alert_rows,
    ReportName.HEALTH: _now_or_then(present.health_rows, scores.health_then),
    ReportName.PACE: present.pace_rows,
    ReportName.MEASURE: _now_or_then(present.measure_rows, scores.measure_then),
    ReportName.GAPS: _now_or_then(present.gap_rows, gaps.gaps_then),
    ReportName.ZONES: zones.zone_rows,
    ReportName.RENEWALS: present.renewal_rows,
    ReportName.CTAS: present.cta_rows,
    ReportName.COHORT: entries.cohort_rows,
    ReportName.FUNNEL: entries.funnel_rows,
    ReportName.MATRIX: positions.passage_rows,
    ReportName.MILESTONE: achieved.milestone_rows,
    ReportName.SCORES: scores.score_rows,
    ReportName.HELD: held.held_rows,
    ReportName.OPENED: used.opened_rows,
    ReportName.ACHIEVED: used.achieved_rows,
}

Among = Select[UUID]
"""A selection of ids of accounts."""


def behind(address: Address, asked: Asked) -> Among:
    """
    Select the ids of the accounts that a number counts, those with several rows several times.

    What is asked has the scope and the parameters of the address.

    Raises:
        InvalidInput: the report was not asked so, or does not count by that.
    """
    return accounts_behind(_ROWS[address.report](asked), address.counted)
