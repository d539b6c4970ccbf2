"""A store with two accounts that have a history."""

from uuid import UUID

import pytest

from tests.services.audit.histories import a_long_story
from tests.worlds import Stage


@pytest.fixture
def acme(stage: Stage) -> UUID:
    """An account with seven rows."""
    return a_long_story(stage)


@pytest.fixture
def bolt(stage: Stage) -> UUID:
    """Another account with seven rows."""
    return a_long_story(stage, "BOLT")
