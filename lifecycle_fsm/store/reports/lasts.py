"""The last row of each account."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Select, Subquery, func, select, text, union_all
from sqlalchemy.dialects.postgresql import distinct_on

from lifecycle_fsm.store.database import Connection

_PIECES = 8
_FEW = 200
"""How many rows of a thousandth of the accounts are too few for pieces."""


def last_of_each(
    query: Select[*tuple[Any, ...]],
    by: Column[Any],
    order: Sequence[Column[Any]],
    pieces: Sequence[UUID] = (),
    *,
    is_sqlite: bool,
) -> Subquery:
    """
    Keep the last row, in an order, of those that agree in a column.

    PostgreSQL reads them backwards along an index over that column and the order, at a
    quarter of what a window costs; it does so in several processes if it is told where `pieces` end.
    """
    backwards = [column.desc() for column in order]
    if not is_sqlite:
        kept = query.ext(distinct_on(by)).order_by(by.desc(), *backwards)
        if not pieces:
            return kept.subquery()
        return union_all(*(select(kept.where(*part).subquery()) for part in _between(by, pieces))).subquery()
    place = func.row_number().over(partition_by=by, order_by=backwards).label("place")
    ranked = query.add_columns(place).subquery()
    return select(*(column for column in ranked.c if column.key != "place")).where(ranked.c.place == 1).subquery()


def pieces_of(connection: Connection) -> tuple[UUID, ...]:
    """Where pieces of about as many accounts each end, without the last; none where there are few accounts."""
    if connection.dialect.name == "sqlite":
        return ()
    shares = [number / _PIECES for number in range(1, _PIECES)]
    count, ends = connection.execute(_SAMPLED, {"shares": shares}).one()
    return () if count < _FEW else tuple(sorted(set(ends)))


_SAMPLED = text(
    "SELECT count(*), percentile_disc(CAST(:shares AS float8[])) WITHIN GROUP (ORDER BY account_id) "
    "FROM account_state TABLESAMPLE SYSTEM (0.1)"
)


def _between(by: Column[Any], ends: Sequence[UUID]) -> list[list[Any]]:
    return [[by <= ends[0]], *([by > first, by <= last] for first, last in pairwise(ends)), [by > ends[-1]]]
