"""The rights that the documentation takes from the application's role on PostgreSQL are really gone."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from lifecycle_fsm.domain.errors import StoreFailed
from lifecycle_fsm.store.database import Database
from tests.databases import PostgresServer

DOCS = Path(__file__).parents[3] / "docs" / "compliance.md"


@pytest.fixture
def role(postgresql: PostgresServer) -> Iterator[tuple[Database, str]]:
    """A database, and a role that has all rights but those that the documentation takes away."""
    (statements,) = re.findall(r"```sql\n(.*?)```", DOCS.read_text(), re.DOTALL)
    name = f"app_{uuid4().hex}"
    with postgresql.database() as url:
        database = Database(url)
        with database.writing() as connection:
            connection.exec_driver_sql(f"CREATE ROLE {name}")
            connection.exec_driver_sql(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}")
            for statement in filter(str.strip, statements.split(";")):
                connection.exec_driver_sql(statement.replace("lifecycle_app", name))
        yield database, name
        with database.writing() as connection:
            connection.exec_driver_sql(f"DROP OWNED BY {name}")
            connection.exec_driver_sql(f"DROP ROLE {name}")
        database.dispose()


@pytest.mark.parametrize(
    "deed", ["UPDATE transition_log SET actor = NULL", "DELETE FROM audit_entry", "TRUNCATE erasure"]
)
def test_the_application_cannot_change_history(role: tuple[Database, str], deed: str) -> None:
    database, name = role

    with pytest.raises(StoreFailed, match="42501"), database.writing() as connection:
        connection.exec_driver_sql(f"SET LOCAL ROLE {name}; {deed}")


def test_the_application_reads_and_appends(role: tuple[Database, str]) -> None:
    database, name = role

    with database.writing() as connection:
        connection.exec_driver_sql(f"SET LOCAL ROLE {name}")
        connection.exec_driver_sql("INSERT INTO audit_entry VALUES (1, 'exported', 'a', 's', '{}', 0, '', '')")
        rows = connection.exec_driver_sql("SELECT count(*) FROM audit_entry").scalar_one()

    assert rows == 1
