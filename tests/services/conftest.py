"""A world for each test of a service, once on SQLite and once on PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.worlds import Stage, a_stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A store with the demo's machines and no accounts."""
    with a_stage(database_url) as opened:
        yield opened
