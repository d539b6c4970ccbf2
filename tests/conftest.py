"""Fixtures for tests that need a database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.databases import PostgresServer, one_of_both, postgres_server, sqlite_database, sqlite_template

settings.register_profile(
    "repeatable", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
"""The same examples on every machine, however busy it is."""
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def postgresql(shared_folder: Path) -> Iterator[PostgresServer]:
    """The one PostgreSQL server of the test run."""
    with postgres_server(shared_folder) as server:
        yield server


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder that all worker processes of the run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(request.config, "workerinput") else own


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables, to copy."""
    return sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[str]:
    """One SQLite database for the whole run of a process."""
    with sqlite_database(tmp_path_factory.mktemp("sqlite"), migrated_file) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url(postgresql: PostgresServer) -> Iterator[str]:
    """One PostgreSQL database for the whole run of a process."""
    with postgresql.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of its own for each test, once of each kind, with the tables and no rows."""
    with one_of_both(request, tmp_path) as url:
        yield url
