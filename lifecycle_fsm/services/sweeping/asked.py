"""Sweeps and back-fills that people ask a worker for, go on with, and stop."""

from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.run import RunKind
from lifecycle_fsm.services.sweeping.back_fill import fill_date
from lifecycle_fsm.services.sweeping.sweep import Progress, resume_sweep, unheard
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.runs import Run, ask_for_run, asked_runs, cancel_run, find_run

_GO_ON = (RunKind.SWEEP, RunKind.BACK_FILL)


def anything_asked(world: World) -> bool:
    """Whether a run waits for a worker."""
    with world.database.reading() as connection:
        return bool(asked_runs(connection))


def do_asked(world: World, actor: Actor, progress: Progress = unheard) -> None:
    """Do what people asked for, oldest first, each from where it stands."""
    with world.database.reading() as connection:
        found = [find_run(connection, run_id) for run_id in asked_runs(connection)]
    for run in found:
        assert run is not None
        if run.kind is RunKind.BACK_FILL:
            fill_date(world, run, progress)
        else:
            resume_sweep(world, actor, run.id, progress)


def resume_run(world: World, actor: Actor, run_id: UUID) -> Run:
    """
    Let a worker go on with a sweep or a back-fill that was interrupted; one that has ended stays as it is.

    Raises:
        Forbidden: the actor may not evaluate.
        InvalidInput: there is no such run, or it is of another kind.
    """
    require(actor, Capability.EVALUATE)
    with world.database.writing() as connection:
        run = find_run(connection, run_id)
        if run is None:
            raise InvalidInput("there is no such run; read `runs` again", path="runId")
        if run.kind not in _GO_ON:
            raise InvalidInput(f"the run is of the kind {run.kind}; only sweeps and back-fills go on", path="runId")
        ask_for_run(connection, run_id, world.clock())
        found = find_run(connection, run_id)
        assert found is not None
        return found


def stop_run(world: World, actor: Actor, run_id: UUID) -> Run | None:
    """
    Stop a run after the page that it is at, with the later dates of its back-fill; None where there is no such run.

    One that has ended stays as it is.

    Raises:
        Forbidden: the actor may not evaluate.
    """
    require(actor, Capability.EVALUATE)
    with world.database.writing() as connection:
        cancel_run(connection, run_id, world.clock())
        return find_run(connection, run_id)
