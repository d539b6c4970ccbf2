"""Every process refuses to write while the store is read-only, and what looks after it goes on."""

from datetime import timedelta

import pytest

from lifecycle_fsm.background.plan import WorkerPlan
from lifecycle_fsm.background.worker import working
from lifecycle_fsm.bootstrap import open_world
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.errors import Forbidden, InvalidInput, ReadOnly
from lifecycle_fsm.domain.operations import JobName
from lifecycle_fsm.domain.schedule import parse_schedule
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.operations import view_operations
from lifecycle_fsm.services.read_only import close_store, open_store
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store import read_only
from lifecycle_fsm.store.audit_entries import all_entries
from lifecycle_fsm.store.read_only import closed_by_mode
from tests.worlds import ADMIN, CSM, Stage


def entries(world: World) -> list[AuditKind]:
    with world.database.reading() as connection:
        return [each.entry.kind for each in all_entries(connection)][-2:]


def test_another_process_refuses_at_once_when_it_looks(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_only, "LOOKED_AT_EVERY_SECONDS", 0.0)
    stage.world.database.refuse_writers(closed_by_mode(stage.world.database))
    other = open_world(Settings(database_url=stage.world.database.url.render_as_string(hide_password=False)))

    first = close_store(other, ADMIN, "moving house")
    again = close_store(other, ADMIN, "another reason")

    assert first == again
    with pytest.raises(ReadOnly, match="the store is read-only for now"):
        stage.sign()
    assert verify(stage.world, ADMIN).holds
    assert open_store(other, ADMIN)
    assert stage.sign()
    assert entries(other) == [AuditKind.READ_ONLY_BEGUN, AuditKind.READ_ONLY_ENDED]
    other.database.dispose()


def test_a_process_looks_at_most_once_a_second(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([100.0, 100.5, 101.0])
    monkeypatch.setattr(read_only, "monotonic", lambda: next(times))
    is_closed = closed_by_mode(stage.world.database)
    before = is_closed()
    close_store(stage.world, ADMIN, "moving house")

    assert (before, is_closed(), is_closed()) == (False, False, True)


def test_a_process_that_only_reads_tries_nothing(stage: Stage) -> None:
    url = stage.world.database.url.render_as_string(hide_password=False)
    world = open_world(Settings(database_url=url, read_only=True))

    seen = view_operations(world, ADMIN)

    assert seen.read_only is not None
    assert (seen.read_only.begun_by, seen.read_only.reason) == ("LIFECYCLE_READ_ONLY", "this process only reads")
    with pytest.raises(ReadOnly), world.database.writing():
        pass
    assert view_operations(stage.world, ADMIN).read_only is None
    world.database.dispose()


def test_a_worker_stays_alive_and_does_nothing(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> None:
    workflows = f"sqlite:///{tmp_path_factory.mktemp('work')}/w.db"
    every = parse_schedule("1s")
    assert every is not None
    plan = WorkerPlan("one", "1", workflows, {JobName.SEAL: every})
    stage.world.database.refuse_writers(lambda: True)

    with working(stage.world, plan) as worker:
        assert worker is not None
        stage.clock.turn(seconds=10)
        worker.look_once()
        seen = view_operations(stage.world, ADMIN)

    assert [each.name for each in seen.workers] == ["one"]
    assert seen.jobs == ()
    assert timedelta(0) <= stage.clock() - seen.workers[0].seen_at


def test_only_who_operates_closes_and_only_for_a_reason(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        close_store(stage.world, CSM, "x")
    with pytest.raises(Forbidden):
        open_store(stage.world, CSM)
    with pytest.raises(InvalidInput, match="reason"):
        close_store(stage.world, ADMIN, " ")
