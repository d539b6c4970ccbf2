"""What a usual run takes of many cases; `.ci/run` and `make test-long` take the rest."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import one_of_both


def first(number: int, cases: Iterable[Any]) -> list[Any]:
    """So many of the cases in a usual run, the others in a long one."""
    return [case if place < number else pytest.param(case, marks=pytest.mark.long) for place, case in enumerate(cases)]


@pytest.fixture(params=first(1, ["sqlite", "postgresql"]))
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of its own for each test; what is written and read is tested on both in `tests/store`."""
    with one_of_both(request, tmp_path) as url:
        yield url
