"""Run migrations in one transaction, on the connection given by the caller or the URL in the environment."""

import os

from alembic import context
from sqlalchemy import text

from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.migrate import MIGRATING
from lifecycle_fsm.store.tables import metadata

_KEEP_WRITERS_OUT = text("""
DO $$
BEGIN
    IF to_regclass('account_state') IS NULL THEN
        RETURN;
    END IF;
    FOR attempt IN 1..400 LOOP
        BEGIN
            SET LOCAL lock_timeout = 0;
            LOCK TABLE account_state IN SHARE MODE;
            SET LOCAL lock_timeout = '30ms';
            LOCK TABLE transition_log, fact_history, cta, milestone_event IN SHARE MODE;
            SET LOCAL lock_timeout = 0;
            RETURN;
        EXCEPTION WHEN lock_not_available THEN
            PERFORM pg_sleep(0.02 * random());
        END;
    END LOOP;
    RAISE EXCEPTION 'writers leave no time to lock their tables; migrate again';
END $$
""")
"""
Lock the tables that every process writes to, all or none; readers go on.

Steps lock them one after the other and keep them. Writers take them in different orders, so that one which
has the second and waits for the first would be a deadlock; the first is given back when the others do not come soon.
"""


def _run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
        connection.execute(_KEEP_WRITERS_OUT)
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
