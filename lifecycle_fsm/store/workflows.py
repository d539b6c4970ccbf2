"""The file in which running work is kept, beside a SQLite store."""

import sqlite3
from contextlib import closing

from sqlalchemy import make_url

from lifecycle_fsm.domain.errors import StoreFailed


def prepare_workflows(url: str) -> None:
    """
    Let readers and a writer of a SQLite file work at the same time, which its file remembers; nothing on PostgreSQL.

    Raises:
        StoreFailed: the file cannot be opened.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return
    try:
        with closing(sqlite3.connect(parsed.database or "")) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.Error as error:
        about = f"the file of background work cannot be opened: {error}"
        raise StoreFailed(f"{about}; is LIFECYCLE_WORKFLOWS_URL right?") from error
