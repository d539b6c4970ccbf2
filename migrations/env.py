"""Run migrations in one transaction, on the connection given by the caller or the URL in the environment."""

import os

from alembic import context
from sqlalchemy import text

from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.migrate import MIGRATING
from lifecycle_fsm.store.tables import metadata


def _run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


def _run_on_url() -> None:
    database = Database(os.environ["LIFECYCLE_DATABASE_URL"], connections=1)
    try:
        with database.writing() as connection:
            _run(connection)
    finally:
        database.dispose()


_given: Connection | None = context.config.attributes.get("connection")
if _given is None:
    _run_on_url()
else:
    _run(_given)
