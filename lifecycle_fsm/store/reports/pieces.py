"""
Accounts cut into pieces, each of which one process reads along an index.

PostgreSQL sorts or hashes what it joins in several processes; piece by piece it reads both sides in the order of
their indexes, and still in several processes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, text, union_all

from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.reports.asked import Asked, is_limited

_PIECES = 8
_FEW = 200
"""How many rows of a thousandth of the accounts are too few for pieces."""


def pieces_of(connection: Connection, asked: Asked) -> tuple[UUID, ...]:
    """
    Where pieces of about as many accounts each end, without the last; none where there are few accounts.

    There are none either where only some accounts are seen: whose they are would be found out for each piece.
    """
    if connection.dialect.name == "sqlite" or is_limited(asked):
        return ()
    shares = [number / _PIECES for number in range(1, _PIECES)]
    count, ends = connection.execute(_SAMPLED, {"shares": shares}).one()
    return () if count < _FEW else tuple(sorted(set(ends)))


_SAMPLED = text(
    "SELECT count(*), percentile_disc(CAST(:shares AS float8[])) WITHIN GROUP (ORDER BY account_id) "
    "FROM account_state TABLESAMPLE SYSTEM (0.1)"
)


def in_pieces(
    asked: Asked, rows: Callable[[Asked], Select[*tuple[Any, ...]]]
) -> Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]:
    """What is asked, put together from what is asked of each piece of accounts; as it is where there are no pieces."""
    if not asked.pieces:
        return rows(asked)
    between = pairwise((None, *asked.pieces, None))
    return union_all(*(rows(replace(asked, pieces=(), piece=each)) for each in between))


@contextmanager
def along_indexes(connection: Connection, asked: Asked) -> Iterator[None]:
    """
    Have pieces joined in the order of their indexes.

    PostgreSQL takes a hash for as cheap, which takes three times the time of the processors.
    """
    if not asked.pieces or connection.dialect.name == "sqlite":
        yield
        return
    connection.execute(text("SET LOCAL enable_hashjoin = off"))
    yield
    connection.execute(text("SET LOCAL enable_hashjoin = on"))
