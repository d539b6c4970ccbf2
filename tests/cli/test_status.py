"""What `lifecycle-fsm status` says of checkpoints that left the store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lifecycle_fsm.background.jobs import Job, jobs_of
from lifecycle_fsm.background.plan import WorkerPlan
from lifecycle_fsm.background.shipping.folder import Folder
from lifecycle_fsm.domain.operations import JobName
from lifecycle_fsm.services.audit.checkpoints import sign_checkpoint
from lifecycle_fsm.services.audit.signing import make_signer
from tests.cli.conftest import Ended, Run
from tests.worlds import ADMIN, Stage, a_stage


@pytest.fixture
def stage(store: str) -> Iterator[Stage]:
    with a_stage(store) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mounted"
    made.mkdir()
    return made


def test_tells_in_one_line_that_a_checkpoint_was_altered_in_its_folder(
    run: Run, store: str, stage: Stage, folder: Path
) -> None:
    seal = the_seal(stage, folder)
    whole = run("status", database_url=store)
    (checkpoint,) = folder.iterdir()
    checkpoint.write_text("another", encoding="utf-8")
    stage.clock.turn(hours=1)
    work(seal)

    told = run("status", database_url=store)

    assert of_checkpoints(whole) == [f"Checkpoints to folder {folder}: all there."]
    altered = f"ALTERED there: 1, the first {checkpoint.name}; keep both and compare them"
    assert of_checkpoints(told) == [f"Checkpoints to folder {folder}: all there; {altered}."]


def the_seal(stage: Stage, folder: Path) -> Job:
    """The job that ships to the folder, once it has shipped a checkpoint."""
    signer = make_signer("example.com/log")
    sign_checkpoint(stage.world, ADMIN, signer)
    plan = WorkerPlan("one", "1", "sqlite://", signer=signer, places=(Folder(folder),))
    job = jobs_of(stage.world, plan, lambda: False)[JobName.SEAL]
    work(job)
    return job


def work(job: Job) -> None:
    """Do all pages of a job."""
    position = job.page(0, None)
    while position is not None:
        position = job.page(0, position)


def of_checkpoints(ended: Ended) -> list[str]:
    """The lines about places of checkpoints."""
    return [line for line in ended.out.splitlines() if line.startswith("Checkpoints to ")]
