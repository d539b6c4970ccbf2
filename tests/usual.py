"""What a usual run takes of many cases; `.ci/run` and `make test-long` take the rest."""

from collections.abc import Iterable
from typing import Any

import pytest


def first(number: int, cases: Iterable[Any]) -> list[Any]:
    """So many of the cases in a usual run, the others in a long one."""
    return [case if place < number else pytest.param(case, marks=pytest.mark.long) for place, case in enumerate(cases)]
