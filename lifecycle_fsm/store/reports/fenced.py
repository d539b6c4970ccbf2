"""Rows that are worked out before they are counted."""

from typing import Any

from sqlalchemy import CompoundSelect, Select, Subquery, literal_column

from lifecycle_fsm.store.database import Connection


def fenced(rows: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]], connection: Connection) -> Subquery:
    """
    The rows as PostgreSQL plans them by themselves.

    Of an expression it takes for granted that there are as many groups as instants, and then counts in
    one process; of what comes out of a plan of its own it expects few, and has each process count its share.
    An offset is what keeps it from planning both together, and has to be a constant to be planned for many processes.
    """
    if connection.dialect.name == "sqlite":
        return rows.subquery()
    return rows.offset(literal_column("'0'")).subquery()
