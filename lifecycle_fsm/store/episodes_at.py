"""Episodes of alerts as they stood at a date: what came later is told by the history rows of their rises."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Text, case, func, literal, null, or_, select

from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.store.tables.alerts import alert_episode
from lifecycle_fsm.store.tables.history import transition_log

_ROSE = (
    transition_log.c.account_id == alert_episode.c.account_id,
    transition_log.c.kind == RecordKind.ALERT_RAISED.value,
    transition_log.c.subject == alert_episode.c.alert,
)


def severity_at(as_of: datetime | None) -> ColumnElement[str]:
    """How grave an episode was: what its first later rise rose from, its own severity where it did not rise later."""
    episode = alert_episode.c
    if as_of is None:
        return episode.severity
    is_as_it_was = or_(episode.raised_at.is_(None), episode.raised_at <= to_ms(as_of))
    return case((is_as_it_was, episode.severity), else_=func.coalesce(_risen_from(as_of), episode.severity))


def columns_at(as_of: datetime | None) -> Sequence[ColumnElement[Any]]:
    """The columns of an episode as it stood; an end to come is none."""
    if as_of is None:
        return tuple(alert_episode.columns)
    at, episode = to_ms(as_of), alert_episode.c
    is_over = episode.cleared_at <= at
    own = {
        "severity": severity_at(as_of),
        "raised_at": case((episode.raised_at > at, _last_rise(as_of)), else_=episode.raised_at),
        "cleared_at": case((is_over, episode.cleared_at), else_=null()),
        "cleared_seq": case((is_over, episode.cleared_seq), else_=null()),
    }
    return [own[column.name].label(column.name) if column.name in own else column for column in alert_episode.columns]


def _risen_from(as_of: datetime) -> ScalarSelect[str]:
    later = transition_log.c.effective_at > to_ms(as_of)
    # The text of effects is canonical, so this is how a rise says what it rose from.
    told = (
        (transition_log.c.effects.contains(f'"before":"{each.value}","did":"severity_reached"', autoescape=True), each)
        for each in AlertSeverity
    )
    values = ((says, literal(each.value, Text())) for says, each in told)
    return select(case(*values)).where(*_ROSE, later).order_by(transition_log.c.seq).limit(1).scalar_subquery()


def _last_rise(as_of: datetime) -> ScalarSelect[int]:
    by_then = transition_log.c.effective_at.between(alert_episode.c.opened_at, to_ms(as_of))
    return select(func.max(transition_log.c.effective_at)).where(*_ROSE, by_then).scalar_subquery()
