"""A store with the demo's machines, and plans to work on it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lifecycle_fsm.background.plan import WorkerPlan
from lifecycle_fsm.bootstrap import now
from lifecycle_fsm.domain.operations import JobName
from lifecycle_fsm.domain.schedule import Every
from tests.background.receivers import Receiver, a_receiver
from tests.worlds import Stage, a_stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A world on the real clock that leaves every account to its worker."""
    with a_stage(database_url) as opened:
        opened.world = replace(opened.world, clock=now, small_batch=0)
        yield opened


@pytest.fixture
def plan(database_url: str, tmp_path: Path) -> WorkerPlan:
    """Evaluate every second, and nothing else."""
    beside = f"sqlite:///{tmp_path / 'workflows.db'}"
    url = beside if database_url.startswith("sqlite") else database_url
    return WorkerPlan("test", "1", url, {JobName.EVALUATE: Every(1_000, "1s")})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks on this machine."""
    with a_receiver() as opened:
        yield opened
