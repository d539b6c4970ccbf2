"""Many rows are copied, few are inserted, and what is read back is the same."""

from uuid import UUID

import pytest
from sqlalchemy import text

from lifecycle_fsm.store.copying import FEWEST, copy_statement
from lifecycle_fsm.store.raw import dialect_of, execute_each
from tests.store.builders import opened

TEXTS = ("plain", "a\tb\nc\rd", "back\\slash \\N \\.", "", "é ☃ 'quoted'", '{"a": "\\n"}')
COLUMNS = ("a", "b", "c", "d", "e", "f")


@pytest.mark.parametrize("times", [1, FEWEST])
def test_every_kind_of_value_reads_back(database_url: str, times: int) -> None:
    rows = [(UUID(int=7), b"\x00\xff\\", each, 2**60, -0.1, None) for each in TEXTS] * times
    with opened(database_url) as database, database.writing() as connection:
        kinds = "BYTEA" if connection.dialect.name == "postgresql" else "BLOB"
        connection.execute(
            text(f"CREATE TABLE probe (a TEXT, b {kinds}, c TEXT, d BIGINT, e DOUBLE PRECISION, f TEXT)")
        )
        statement = dialect_of(connection).insert("probe", COLUMNS)

        execute_each(connection, statement, [(str(row[0]), *row[1:]) for row in rows])

        found = connection.execute(text("SELECT a, b, c, d, e, f FROM probe")).all()
        assert [(UUID(row[0]), bytes(row[1]), *row[2:]) for row in found] == rows
        connection.rollback()


def test_only_plain_inserts_are_copied() -> None:
    assert copy_statement("INSERT INTO t (a, b) VALUES (%s, %s) ") == b"COPY t (a, b) FROM STDIN"
    assert copy_statement("INSERT INTO t (a, b) VALUES (%s, %s) ON CONFLICT DO NOTHING") is None
    assert copy_statement("UPDATE t SET a = %s") is None
