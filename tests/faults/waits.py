"""Looking into a PostgreSQL server to see who waits for whom, instead of sleeping and hoping."""

from time import monotonic

from sqlalchemy import text

from lifecycle_fsm.store.database import Database

PATIENCE_SECONDS = 20.0

_BLOCKED = text("SELECT count(*) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0")
_HERE = "datname = current_database()"


def wait_until_blocked(database: Database, sessions: int = 1) -> None:
    """Return once so many sessions of the database wait for a lock that another one holds."""
    wanted = text(f"{_BLOCKED.text} AND {_HERE}")
    give_up_at = monotonic() + PATIENCE_SECONDS
    while monotonic() < give_up_at:
        with database.reading() as connection:
            if connection.execute(wanted).scalar_one() >= sessions:
                return
    raise AssertionError(f"{sessions} sessions should wait for a lock by now")
