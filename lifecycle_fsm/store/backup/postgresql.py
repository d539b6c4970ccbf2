"""A PostgreSQL store dumped by its own programs from one snapshot, and a dump put in the place of a store."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import inspect, text

from lifecycle_fsm.domain.errors import BackupFailed, InvalidInput, StoreInUse
from lifecycle_fsm.store.backup.contents import our_tables
from lifecycle_fsm.store.backup.folder import Told
from lifecycle_fsm.store.backup.tools import Said, address, find_tool, run_tool
from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.kept_entries import follow_anew
from lifecycle_fsm.store.revision import REVISION_TABLE
from lifecycle_fsm.store.tables import metadata

FILE = "store.dump"
ASIDE = "lifecycle_replaced"
"""The schema that keeps what a restore replaces until it has succeeded."""

_GUARDS = "lifecycle_append_only"
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def dump(connection: Connection, database: Database, file: Path, tools: Path | None, told: Told) -> str:
    """
    Dump what the connection's snapshot shows, and give the schema that it is of.

    Raises:
        ToolMissing: pg_dump is not there, or too old.
        BackupFailed: pg_dump stopped.
        InvalidInput: the schema has a name that needs quotes.
    """
    schema = schema_of(connection)
    tool = find_tool("pg_dump", server_version(connection), tools)
    snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    said = counting("dumping contents of table", len(our_tables(connection)), told)
    what = ["--format=custom", "--no-owner", "--no-privileges", f"--schema={schema}", f"--snapshot={snapshot}"]
    run_tool([tool, *what, "--verbose", f"--file={file}", f"--dbname={address(database.url)}"], database.url, said)
    file.chmod(0o600)
    return schema


@contextmanager
def replaced(database: Database, dump_file: Path, schema: str, tools: Path | None, said: Said) -> Iterator[None]:
    """
    Load a dump in the place of what is there, which is removed at the end, or put back when anything is raised.

    Raises:
        ToolMissing: pg_restore is not there, or too old.
        StoreInUse: somebody else is connected.
        BackupFailed: pg_restore stopped.
        InvalidInput: the dump is of another schema.
    """
    with database.reading() as connection:
        tool = find_tool("pg_restore", server_version(connection), tools)
        if (here := schema_of(connection)) != schema:
            raise InvalidInput(
                f"the backup is of the schema {schema!r}, and the address leads to {here!r}", path="SOURCE"
            )
    with database.writing() as connection:
        _alone(connection)
        _put_aside(connection, schema)
    try:
        _load(database, dump_file, schema, tool, said)
        with database.writing() as connection:
            _number_anew(connection)
            follow_anew(connection)
        yield
    except BaseException:
        with database.writing() as connection:
            _put_back(connection, schema)
        raise
    with database.writing() as connection:
        connection.execute(text(f"DROP SCHEMA {ASIDE} CASCADE"))


def counting(words: str, total: int, told: Told) -> Said:
    """Tell how many lines with these words came, of so many that are to come."""
    seen = 0

    def said(line: str) -> None:
        nonlocal seen
        if words in line:
            seen += 1
            told(min(seen, total), total)

    return said


def server_version(connection: Connection) -> int:
    """The major version of the server."""
    return int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000


def schema_of(connection: Connection) -> str:
    """
    The schema in which the tables are made.

    Raises:
        InvalidInput: its name needs quotes, which backups do not deal with.
    """
    name = str(connection.execute(text("SELECT current_schema()")).scalar_one())
    if not _PLAIN.fullmatch(name):
        raise InvalidInput(f"the schema is called {name!r}; backups need one of small letters", path="database_url")
    return name


def _load(database: Database, file: Path, schema: str, tool: str, said: Said) -> None:
    how = [
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        f"--schema={schema}",
        "--verbose",
    ]
    run_tool([tool, *how, f"--dbname={address(database.url)}", str(file)], database.url, said)


def _alone(connection: Connection) -> None:
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    count = connection.execute(text(others)).scalar_one()
    if count:
        raise StoreInUse(f"{count} others are connected to the database; stop every `serve` and `worker` first")


def _put_aside(connection: Connection, schema: str) -> None:
    if ASIDE in inspect(connection).get_schema_names():
        raise BackupFailed(
            f"the schema {ASIDE!r} is there: a restore was killed; it holds what was there before. "
            f"Move its tables back with ALTER TABLE … SET SCHEMA, or drop it, and restore again"
        )
    connection.execute(text(f"CREATE SCHEMA {ASIDE}"))
    _move(connection, schema, ASIDE)


def _put_back(connection: Connection, schema: str) -> None:
    for table in our_tables(connection):
        connection.execute(text(f"DROP TABLE {table} CASCADE"))
    for guard in _guards(connection, schema):
        connection.execute(text(f"DROP FUNCTION {schema}.{guard}()"))
    _move(connection, ASIDE, schema)
    connection.execute(text(f"DROP SCHEMA {ASIDE}"))


def _move(connection: Connection, old: str, new: str) -> None:
    """Move the tables of this product, and the functions that guard them, from one schema to another."""
    there = inspect(connection).get_table_names(schema=old)
    for table in sorted({*metadata.tables, REVISION_TABLE} & set(there)):
        connection.execute(text(f"ALTER TABLE {old}.{table} SET SCHEMA {new}"))
    for guard in _guards(connection, old):
        connection.execute(text(f"ALTER FUNCTION {old}.{guard}() SET SCHEMA {new}"))


def _guards(connection: Connection, schema: str) -> list[str]:
    """The functions that guard history, all without arguments."""
    found = text(
        "SELECT proname FROM pg_proc "
        "WHERE starts_with(proname, :begin) AND pronamespace = CAST(:schema AS regnamespace)"
    )
    return list(connection.execute(found, {"begin": _GUARDS, "schema": schema}).scalars())


def _number_anew(connection: Connection) -> None:
    """
    Take the numbers of another server's transactions away from the rows of the log.

    They would be shown to those who follow it as if they came once this server has counted so far. The
    column goes and comes back, for the rows themselves cannot be changed. Runs get the number 0.
    """
    if "change_order" in {column["name"] for column in inspect(connection).get_columns("run")}:
        connection.execute(text("UPDATE run SET change_order = 0"))
    columns = {column["name"] for column in inspect(connection).get_columns("transition_log")}
    if "commit_order" not in columns:
        return
    order = "CAST(CAST(pg_current_xact_id() AS text) AS bigint)"
    for statement in (
        "ALTER TABLE transition_log DROP COLUMN commit_order",
        "ALTER TABLE transition_log ADD COLUMN commit_order bigint",
        f"ALTER TABLE transition_log ALTER COLUMN commit_order SET DEFAULT {order}",
        "CREATE INDEX ix_transition_log_commit_order ON transition_log (commit_order) WHERE commit_order IS NOT NULL",
    ):
        connection.execute(text(statement))
