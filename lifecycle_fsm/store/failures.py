"""Driver errors in the words of the domain, without the values that they quote."""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from lifecycle_fsm.domain.errors import StoreFailed

DRIVER_ERRORS = (SQLAlchemyError, sqlite3.Error, psycopg.Error)
"""Everything that a statement may raise."""

_BUSY_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_ADVICE = {
    sqlite3.SQLITE_CANTOPEN: "; its folder has to exist and to be writable",
    sqlite3.SQLITE_NOTADB: "; name a new file, or one that this program made",
    sqlite3.SQLITE_READONLY: "; make the file and its folder writable",
    sqlite3.SQLITE_FULL: "; make room on the disk",
}
_RETRYABLE_STATES = frozenset({"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300"})


def store_failed(error: Exception) -> StoreFailed:
    """Say what a driver said; locks, lost races of the database and lost connections may be tried again."""
    if isinstance(error, PoolTimeout):
        return StoreFailed("every connection to the database is in use; try again", retryable=True)
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, sqlite3.Error):
        return _from_sqlite(cause)
    if isinstance(cause, psycopg.Error):
        return _from_postgresql(cause)
    return StoreFailed(f"the database layer failed with {type(cause).__name__}")


def _from_sqlite(error: sqlite3.Error) -> StoreFailed:
    # The primary code is the low byte. SQLite quotes names of tables and columns, never values.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return StoreFailed(f"the database refused: {error}{_ADVICE.get(code, '')}", retryable=code in _BUSY_CODES)


def _from_postgresql(error: psycopg.Error) -> StoreFailed:
    state = error.sqlstate
    if state is None:
        return _from_driver(error)
    rule = error.diag.constraint_name
    about = f"{type(error).__name__}, SQLSTATE {state}" + (f", constraint {rule!r}" if rule else "")
    return StoreFailed(f"the database refused: {about}", retryable=state in _RETRYABLE_STATES or state.startswith("08"))


def _from_driver(error: psycopg.Error) -> StoreFailed:
    """A failure before the server answered: the connection, or a value that cannot be sent."""
    if isinstance(error, psycopg.OperationalError):
        about = f"the database could not be reached ({type(error).__name__}); is it running, and the address right?"
        return StoreFailed(about, retryable=True)
    return StoreFailed(f"the database driver refused a value ({type(error).__name__})")
