"""Whether the database spreads accounts over several nodes."""

from sqlalchemy import text

from lifecycle_fsm.store.database import Connection


def is_distributed(connection: Connection) -> bool:
    """Whether this is PostgreSQL with Citus, where one statement cannot lock rows of many accounts."""
    if connection.dialect.name == "sqlite":
        return False
    return connection.execute(text("SELECT 1 FROM pg_extension WHERE extname = 'citus'")).first() is not None
