"""Many rows are copied, few are inserted, and what is read back is the same."""

from uuid import UUID

import pytest
from sqlalchemy import text

from lifecycle_fsm.domain.errors import StoreFailed
from lifecycle_fsm.store.copying import FEWEST, copy_statement
from lifecycle_fsm.store.raw import copied_lines, dialect_of, execute_each
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


COPYING = "COPY (SELECT {} FROM generate_series(1, %s) AS n) TO STDOUT"


def test_lines_are_all_given_and_leave_the_connection_as_it_was(postgres_url: str) -> None:
    with opened(postgres_url) as database, database.reading() as connection:
        many, none = (copied_lines(connection, COPYING.format("n"), (number,)) for number in (20_000, 0))
        again = copied_lines(connection, COPYING.format("'one'"), (1,))

    assert many == [f"{number}\n".encode() for number in range(1, 20_001)]
    assert (none, again) == ([], [b"one\n"])


def test_what_stops_the_server_between_lines_is_an_error(postgres_url: str) -> None:
    with opened(postgres_url) as database:
        with pytest.raises(StoreFailed, match="DivisionByZero"), database.reading() as connection:
            copied_lines(connection, COPYING.format("1 / (5000 - n)"), (10_000,))
        with database.reading() as connection:
            after = copied_lines(connection, COPYING.format("n"), (1,))

    assert after == [b"1\n"]
