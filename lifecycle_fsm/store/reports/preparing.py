"""How PostgreSQL is to run a report: with room to count millions of rows, and without compiling the statement."""

from sqlalchemy import text

from lifecycle_fsm.store.database import Connection

WORK_MEMORY = "128MB"
"""For each sort or hash of a report, of which a few run at a time; the default of 4 MB spills a million accounts."""


def prepare_report(connection: Connection) -> None:
    """Set up the transaction of a report; SQLite needs nothing."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL jit = off"))
        connection.execute(text(f"SET LOCAL work_mem = '{WORK_MEMORY}'"))
