"""Health scores as of past dates."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, func, null, select
from sqlalchemy import cast as sql_cast

from lifecycle_fsm.domain.fields import measure_field
from lifecycle_fsm.domain.scorecard import HEALTHY_FROM, NEUTRAL_FROM, Band
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.reports.asked import Asked, Rows, flag, owned
from lifecycle_fsm.store.reports.fenced import fenced
from lifecycle_fsm.store.reports.health import HUNDREDTH, StageKey
from lifecycle_fsm.store.reports.lasts import last_of_each
from lifecycle_fsm.store.reports.pieces import along_indexes, in_pieces
from lifecycle_fsm.store.reports.positions import positions
from lifecycle_fsm.store.reports.scoping import ms
from lifecycle_fsm.store.tables.facts import HEALTH, OF_MEASURES, fact_history

Scores = Mapping[StageKey, Mapping[float | None, int]]
"""By segment and stage: how many accounts had a score, in hundredths of a point; None for none."""


_LIKELY = 1_000
"""Of how many of those that moved most it is asked first where they stood: ten times what a page has at most."""


class Change(NamedTuple):
    """An account whose score changed between two dates, with its place at the second."""

    account_id: UUID
    segment: str
    stage: str
    before: float
    after: float


def health_then(asked: Asked) -> Rows:
    """Where accounts stood at the date: `account_id`, `segment`, `stage`, and the `band` of their score then."""
    each = score_rows(asked).subquery().c
    return select(each.account_id, each.segment, each.stage, _band(each.score))


def measure_then(asked: Asked) -> Rows:
    """Where accounts stood at the date: `account_id`, `segment`, `stage`, and whether a value was known by then."""
    each = score_rows(asked).subquery().c
    return select(each.account_id, each.segment, each.stage, flag(each.score.is_not(None)).label("has_value"))


def score_rows(asked: Asked) -> Rows:
    """
    Where accounts stood at the date: `account_id`, `segment`, `stage`, and their `score` then, null for none.

    With the parameter `field` it is the value of that field instead.
    """
    return in_pieces(asked, _score_rows)


def _score_rows(asked: Asked) -> Select[*tuple[Any, ...]]:
    stood, scored = positions(asked, asked.at), last_values(asked, asked.at).subquery()
    joined = stood.outerjoin(scored, scored.c.account_id == stood.c.account_id)
    query = select(stood.c.account_id, stood.c.segment, stood.c.stage, scored.c.number.label("score"))
    query = query.select_from(joined)
    return query if asked.scope.segment is None else query.where(stood.c.segment == asked.scope.segment)


class Healths(NamedTuple):
    """The accounts of a date by stage: how many had each score, and how many were in each band."""

    scores: Scores
    bands: Mapping[StageKey, Mapping[Band | None, int]]


def count_scores(connection: Connection, asked: Asked) -> Healths:
    """Count the scores of the date by stage, those without one, too, in one statement; stages are sorted."""
    rows = fenced(score_rows(asked), connection)
    keys = (rows.c.segment, rows.c.stage, rows.c.score)
    # Scores as they are first: how many there are of them is known beforehand, so that they are hashed and not sorted.
    alike = select(*keys, func.count().label("accounts")).group_by(*keys).subquery()
    hundredths = func.round(alike.c.score * HUNDREDTH).label("hundredths")
    rounded = (alike.c.segment, alike.c.stage, hundredths, _band(alike.c.score))
    accounts = sql_cast(func.sum(alike.c.accounts), BigInteger)
    query = select(*rounded, accounts).group_by(*rounded).order_by(alike.c.segment, alike.c.stage)
    scores: dict[StageKey, Counter[float | None]] = {}
    bands: dict[StageKey, Counter[Band | None]] = {}
    with along_indexes(connection, asked):
        counted = cast("Iterable[_Counted]", connection.execute(query).all())
    for segment, stage, each, band, number in counted:
        score = None if each is None else float(each) / HUNDREDTH
        scores.setdefault((segment, stage), Counter())[score] += number
        bands.setdefault((segment, stage), Counter())[None if band is None else Band(band)] += number
    return Healths(scores, bands)


_Counted = tuple[str, str, float | None, str | None, int]
"""Segment, stage, hundredths of a score, its band, how many."""


def _band(score: ColumnElement[float]) -> ColumnElement[str | None]:
    bands = ((score >= HEALTHY_FROM, Band.HEALTHY.value), (score >= NEUTRAL_FROM, Band.NEUTRAL.value))
    return case(*bands, (score.is_not(None), Band.AT_RISK.value), else_=null()).label("band")


def find_movers(connection: Connection, asked: Asked, *, up: bool, limit: int) -> tuple[Change, ...]:
    """The accounts whose score rose, or fell, most from `since` to the date, largest change first."""
    moved = _most_moved(asked, up=up)
    with along_indexes(connection, asked):
        likely = connection.execute(moved.limit(_LIKELY)).all()
    # Only of the first is it asked where they stood; of the others where too few of them stood anywhere.
    stood = _places(connection, asked, [row.account_id for row in likely])
    found = [
        Change(row.account_id, *stood[row.account_id], row.before, row.after)
        for row in likely
        if row.account_id in stood
    ]
    if len(found) < limit and len(likely) == _LIKELY:
        found = [Change(*row) for row in connection.execute(_placed(asked, moved, up=up).limit(limit))]
    return tuple(found[:limit])


def _places(connection: Connection, asked: Asked, ids: Sequence[UUID]) -> dict[UUID, StageKey]:
    """Where some accounts stood at the date, those that stood nowhere in the scope left out."""
    stood = positions(asked, asked.at).c
    query = select(stood.account_id, stood.segment, stood.stage).where(stood.account_id.in_(ids))
    if asked.scope.segment is not None:
        query = query.where(stood.segment == asked.scope.segment)
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def _most_moved(asked: Asked, *, up: bool) -> Select[UUID, float, float, float]:
    rows = in_pieces(asked, lambda part: _changes(part, up=up)).subquery()
    return select(*rows.c).order_by(rows.c.change.desc() if up else rows.c.change, rows.c.account_id)


def _changes(asked: Asked, *, up: bool) -> Select[UUID, float, float, float]:
    since = ms(asked.number("since"))
    # Only an account with a score of the time between can have changed.
    before, after = last_values(asked, since).subquery(), last_values(asked, asked.at, since).subquery()
    change = (after.c.number - before.c.number).label("change")
    return (
        select(after.c.account_id, before.c.number.label("before"), after.c.number.label("after"), change)
        .join_from(after, before, before.c.account_id == after.c.account_id)
        .where(change > 0 if up else change < 0)
    )


def _placed(
    asked: Asked, moves: Select[UUID, float, float, float], *, up: bool
) -> Select[UUID, str, str, float, float]:
    """Moves with where their accounts stood at the date, largest first."""
    moved, stood = moves.subquery(), positions(asked, asked.at)
    same, chosen = stood.c.account_id == moved.c.account_id, asked.scope.segment
    here = same if chosen is None else and_(same, stood.c.segment == chosen)
    return (
        select(moved.c.account_id, stood.c.segment, stood.c.stage, moved.c.before, moved.c.after)
        .join_from(moved, stood, here)
        .order_by(moved.c.change.desc() if up else moved.c.change, moved.c.account_id)
    )


def of_field(asked: Asked, field: str) -> Asked:
    """The same asked of a field instead of the score."""
    return replace(asked, parameters={**asked.parameters, "field": field})


def last_values(
    asked: Asked, at: ColumnElement[int], since: ColumnElement[int] | None = None
) -> Select[UUID, float, int]:
    """
    The last score of each account by a date, and after another: `account_id`, `number`, `observed_at`.

    With the parameter `field` it is the value of that field instead. Accounts without any are absent.
    """
    seen = fact_history.c
    query = select(seen.account_id, seen.number, seen.observed_at).where(
        *is_field(asked.parameters.get("field")), seen.observed_at <= at, *owned(seen.account_id, asked)
    )
    if since is not None:
        query = query.where(seen.observed_at > since)
    order = (seen.observed_at, seen.recorded_at, seen.id)
    return last_of_each(query, (seen.account_id,), order, is_sqlite=asked.is_sqlite)


def is_field(key: str | None) -> list[ColumnElement[bool]]:
    """The conditions on the field, None for the score, those of its index included."""
    if key is None:
        return [fact_history.c.field == HEALTH]
    return [fact_history.c.field == key, *([OF_MEASURES] if key.startswith(measure_field("").key) else [])]
