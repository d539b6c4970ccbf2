"""Which migration a database had last."""

from sqlalchemy import Text, column, inspect, select, table

from lifecycle_fsm.store.database import Connection

REVISION_TABLE = "alembic_version"


def revision_of(connection: Connection) -> str | None:
    """
    The revision of the tables, None before the first.

    Alembic's own reading makes the table anew for each question, so that SQLAlchemy compiles and keeps a
    statement for each: a server that is asked whether it is ready ten times a second would grow for minutes.
    """
    if not inspect(connection).has_table(REVISION_TABLE):
        return None
    return connection.execute(_REVISION).scalar_one_or_none()


_REVISION = select(column("version_num", Text)).select_from(table(REVISION_TABLE))
