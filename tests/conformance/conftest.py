"""A database for each test of the API as a whole: on SQLite in a usual run, and on PostgreSQL in a long one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import one_of_both
from tests.usual import first


@pytest.fixture(params=first(1, ["sqlite", "postgresql"]))
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of its own for each test."""
    with one_of_both(request, tmp_path) as url:
        yield url
