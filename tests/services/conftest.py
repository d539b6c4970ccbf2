"""A world for each test of a service: on SQLite in a usual run, and on PostgreSQL in a long one."""

from collections.abc import Iterator

import pytest

from tests.usual import database_url
from tests.worlds import Stage, a_stage

__all__ = ["database_url"]


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A store with the demo's machines and no accounts."""
    with a_stage(database_url) as opened:
        yield opened
