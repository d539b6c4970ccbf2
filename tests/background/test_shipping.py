"""Checkpoints in a folder outside of the store."""

from pathlib import Path

import pytest

from lifecycle_fsm.background.jobs import jobs_of
from lifecycle_fsm.background.plan import WorkerPlan
from lifecycle_fsm.background.shipping import name_of
from lifecycle_fsm.domain.operations import JobName
from lifecycle_fsm.services.audit.proofs import list_checkpoints
from lifecycle_fsm.services.audit.signing import make_signer, open_note
from tests.worlds import ADMIN, a_stage


def test_what_could_not_be_shipped_follows_with_the_next_run(database_url: str, tmp_path: Path) -> None:
    signer, folder = make_signer("example.com/log"), tmp_path / "mounted"
    plan = WorkerPlan("one", "1", "sqlite://", signer=signer, checkpoints=folder)
    with a_stage(database_url) as stage:
        seal = jobs_of(stage.world, plan, lambda: False)[JobName.SEAL]
        with pytest.raises(FileNotFoundError):
            seal.page(0, None)
        folder.mkdir()
        stage.sign(arr=5_000)
        stage.clock.turn(hours=1)

        seal.page(0, None)
        seal.page(0, None)
        kept = list_checkpoints(stage.world, ADMIN)

    assert sorted(path.name for path in folder.iterdir()) == sorted(map(name_of, kept))
    assert len(kept) == 2
    notes = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert {each.size: notes[name_of(each)] for each in kept} == {each.size: each.note for each in kept}
    assert all(open_note(note, signer.verifier) is not None for note in notes.values())
