"""Writes of many accounts of which one that cannot be written does not spoil the others."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lifecycle_fsm.domain.errors import StaleRevision, StoreFailed
from lifecycle_fsm.store.change import AccountChange, Saved
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.transitions import save_many


@dataclass(frozen=True, slots=True)
class NotSaved:
    """A change that could not be written, with the name of the error; nothing of it was."""

    error: str


def save_apart(
    connection: Connection, changes: Sequence[AccountChange], layout: Layout
) -> list[Saved | StaleRevision | NotSaved]:
    """
    Write changes like `save_many`; those that cannot be written are found by halving and left out.

    Raises:
        StoreFailed: the database is gone or busy, which is no account's fault.
    """
    if not changes:
        return []
    try:
        with connection.begin_nested():
            return list(_complete(save_many(connection, changes, layout)))
    except Exception as error:  # noqa: BLE001 - whatever one account does, the others are written
        _raise_outage(error)
        if len(changes) == 1:
            return [NotSaved(type(error).__name__)]
    half = len(changes) // 2
    return save_apart(connection, changes[:half], layout) + save_apart(connection, changes[half:], layout)


def _complete(outcomes: Sequence[Saved | StaleRevision]) -> Sequence[Saved | StaleRevision]:
    """The engine decides on all CTAs of the revision that the write was won for, so none can find its place taken."""
    for outcome in outcomes:
        if isinstance(outcome, Saved) and outcome.suppressed:
            raise StoreFailed(
                f"the CTA {outcome.suppressed[0].cause_key!r} found its place taken by "
                f"{outcome.suppressed[0].by!r}, which the account's history does not know; run `lifecycle-fsm verify`"
            )
    return outcomes


def _raise_outage(error: Exception) -> None:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, sqlite3.OperationalError):
        # The generic code says that a value was refused; full, locked and broken files have codes of their own.
        if cause.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise error
    elif isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError | SQLAlchemyError):
        raise error
