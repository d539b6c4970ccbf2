"""Indexes that hold only some rows of a table."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Index, TextClause, text


def partial_index(
    name: str | None,
    *columns: str,
    where: str | TextClause | ColumnElement[bool],
    include: Sequence[str] = (),
    unique: bool = False,
) -> Index:
    """
    An index over the rows for which a condition holds, on either database.

    `include` are columns that PostgreSQL keeps beside the key; SQLite has no such thing. Without a name it gets
    that of the convention.
    """
    condition = text(where) if isinstance(where, str) else where
    return Index(
        name,
        *columns,
        unique=unique,
        postgresql_include=list(include) or None,
        postgresql_where=condition,
        sqlite_where=condition,
    )
