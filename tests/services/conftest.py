"""A world for each test of a service: on SQLite in a usual run, and on PostgreSQL in a long one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import one_of_both
from tests.usual import first
from tests.worlds import Stage, a_stage


@pytest.fixture(params=first(1, ["sqlite", "postgresql"]))
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of its own for each test; what is written and read is tested on both in `tests/store`."""
    with one_of_both(request, tmp_path) as url:
        yield url


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A store with the demo's machines and no accounts."""
    with a_stage(database_url) as opened:
        yield opened
