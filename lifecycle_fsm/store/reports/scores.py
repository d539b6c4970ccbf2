"""Health scores as of past dates."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from lifecycle_fsm.domain.fields import HEALTH_SCORE
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.reports.asked import Asked, Rows
from lifecycle_fsm.store.reports.health import HUNDREDTH, StageKey
from lifecycle_fsm.store.reports.positions import positions
from lifecycle_fsm.store.reports.scoping import ms
from lifecycle_fsm.store.tables.facts import fact_history

Scores = Mapping[StageKey, Mapping[float | None, int]]
"""By segment and stage: how many accounts had a score, in hundredths of a point; None for none."""


class Change(NamedTuple):
    """An account whose score changed between two dates, with its place at the second."""

    account_id: UUID
    segment: str
    stage: str
    before: float
    after: float


def score_rows(asked: Asked) -> Rows:
    """Where accounts stood at the date: `account_id`, `segment`, `stage`, and their `score` then, null for none."""
    stood = positions(asked, asked.at).c
    query = select(stood.account_id, stood.segment, stood.stage, _score(stood.account_id, asked.at).label("score"))
    return query if asked.scope.segment is None else query.where(stood.segment == asked.scope.segment)


def count_scores(connection: Connection, asked: Asked) -> Scores:
    """Count the scores of the date by stage, those without one, too."""
    rows = score_rows(asked).subquery()
    score = func.round(rows.c.score * HUNDREDTH).label("hundredths")
    inner = select(rows.c.segment, rows.c.stage, score).subquery()
    query = select(*inner.c, func.count()).group_by(*inner.c).order_by(inner.c.segment, inner.c.stage)
    found: dict[StageKey, dict[float | None, int]] = {}
    for segment, stage, each, number in cast("Iterable[tuple[str, str, float | None, int]]", connection.execute(query)):
        found.setdefault((segment, stage), {})[None if each is None else float(each) / HUNDREDTH] = number
    return found


def find_movers(connection: Connection, asked: Asked, *, up: bool, limit: int) -> tuple[Change, ...]:
    """The accounts whose score rose, or fell, most from `since` to the date, largest change first."""
    stood, since = positions(asked, asked.at).c, ms(asked.number("since"))
    seen = fact_history.c
    # Only an account with a score of the time between can have changed.
    touched = select(seen.account_id).where(
        seen.field == HEALTH_SCORE.key, seen.observed_at > since, seen.observed_at <= asked.at
    )
    scores = (
        select(
            stood.account_id,
            stood.segment,
            stood.stage,
            _score(stood.account_id, since).label("before"),
            _score(stood.account_id, asked.at).label("after"),
        )
        .where(stood.account_id.in_(touched))
        .where(*([] if asked.scope.segment is None else [stood.segment == asked.scope.segment]))
        .subquery()
    )
    change = scores.c.after - scores.c.before
    query = select(*scores.c).where(change > 0 if up else change < 0)
    rows = connection.execute(query.order_by(change.desc() if up else change, scores.c.account_id).limit(limit))
    return tuple(Change(*row) for row in rows)


def _score(account_id: ColumnElement[UUID], at: ColumnElement[int]) -> ColumnElement[float]:
    seen = fact_history.c
    newest = (seen.observed_at.desc(), seen.recorded_at.desc(), seen.id.desc())
    return (
        select(seen.number)
        .where(seen.account_id == account_id, seen.field == HEALTH_SCORE.key, seen.observed_at <= at)
        .order_by(*newest)
        .limit(1)
        .scalar_subquery()
    )
