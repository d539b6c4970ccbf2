"""What runs by itself, page by page; each page may be done twice without harm."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import SystemRandom
from uuid import UUID

from lifecycle_fsm.background.notify.posting import Post
from lifecycle_fsm.background.plan import ACTOR, WorkerPlan
from lifecycle_fsm.background.shipping.shipping import Shipping
from lifecycle_fsm.domain.operations import JobName
from lifecycle_fsm.domain.run import RunKind, RunSummary
from lifecycle_fsm.domain.shard import Shard
from lifecycle_fsm.services.audit.checkpoints import grow_log, sign_checkpoint
from lifecycle_fsm.services.audit.signing import Signer
from lifecycle_fsm.services.audit.verification import anything_to_verify, verify_next_part
from lifecycle_fsm.services.counting import Counting
from lifecycle_fsm.services.evaluate import evaluate_page, somebody_waits
from lifecycle_fsm.services.keeping import entries_wait, keep_entries
from lifecycle_fsm.services.notifying import anything_to_route, route_page
from lifecycle_fsm.services.planning.migrating import accounts_wait_to_go_over, roll_out_page
from lifecycle_fsm.services.retention import retain_page
from lifecycle_fsm.services.sweeping.asked import anything_asked, do_asked
from lifecycle_fsm.services.sweeping.sweep import resume_sweep, sweep
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.runs import newest_runs

IsStopping = Callable[[], bool]


class Stopped(Exception):
    """The worker is told to stop; what is left is done by the next run."""


@dataclass(frozen=True, slots=True)
class Job:
    """
    One thing that runs by itself.

    `has_work` looks whether a shard has anything to do, cheaply. `page` does some of it:
    it gets what the page before gave, None for the first, and gives None when it is done.
    """

    has_work: Callable[[int], bool]
    page: Callable[[int, str | None], str | None]
    shards: int = 1


def jobs_of(world: World, plan: WorkerPlan, is_stopping: IsStopping) -> Mapping[JobName, Job]:
    """The jobs that a worker can do."""
    return {
        JobName.EVALUATE: _evaluation(world, plan),
        JobName.SWEEP: Job(_always, lambda _shard, _position: _sweep(world, is_stopping)),
        JobName.ROLL_OUT: Job(lambda _: accounts_wait_to_go_over(world), lambda _shard, _position: _roll_out(world)),
        JobName.ASKED: Job(lambda _: anything_asked(world), lambda _shard, _position: _do_asked(world, is_stopping)),
        JobName.SEAL: _sealing(world, plan),
        JobName.VERIFY: _verification(world, f"worker {plan.name}"),
        JobName.DELIVER: _delivery(world, plan),
        JobName.COUNT: _counting(world),
        JobName.RETAIN: Job(_always, lambda _shard, position: retain_page(world, ACTOR, plan.keep, position)),
    }


def _counting(world: World) -> Job:
    """The first run of a process counts anew: a release from before there were counts may have moved accounts."""
    counting = Counting(world)

    def page(_: int, __: str | None) -> str | None:
        if counting.has_work():
            counting.page(ACTOR)
        return "more" if entries_wait(world) and keep_entries(world, ACTOR) else None

    return Job(lambda _: counting.has_work() or entries_wait(world), page)


def _delivery(world: World, plan: WorkerPlan) -> Job:
    """Shard 0 hands messages to their channels; each other one is a channel, so that none waits for another."""
    post, names = Post(world, plan.receivers, SystemRandom()), sorted(plan.receivers)

    def has_work(shard: int) -> bool:
        return anything_to_route(world) if shard == 0 else post.has_mail(names[shard - 1])

    def page(shard: int, _: str | None) -> str | None:
        if shard == 0:
            return route_page(world, plan.notifications)
        return post.page(names[shard - 1]) if shard <= len(names) else None

    return Job(has_work, page, 1 + len(names))


def _roll_out(world: World) -> str | None:
    progress = roll_out_page(world)
    return None if progress is None else str(progress.publication_id)


def _verification(world: World, holder: str) -> Job:
    def page(_: int, __: str | None) -> str | None:
        return "more" if verify_next_part(world, holder) else None

    return Job(lambda _: anything_to_verify(world, holder), page)


def _always(_: int) -> bool:
    return True


def _evaluation(world: World, plan: WorkerPlan) -> Job:
    def page(shard: int, position: str | None) -> str | None:
        run_id = None if position is None else UUID(position)
        following = evaluate_page(world, ACTOR, run_id, Shard(shard, plan.shards))
        return None if following is None else str(following)

    return Job(lambda shard: somebody_waits(world, Shard(shard, plan.shards)), page, plan.shards)


def _sweep(world: World, is_stopping: IsStopping) -> None:
    """A whole sweep, which keeps its own pages; one that was interrupted is gone on with first."""

    def told(_: RunSummary) -> None:
        if is_stopping():
            raise Stopped

    with world.database.reading() as connection:
        newest = newest_runs(connection, 1, RunKind.SWEEP)
    left = [run.id for run in newest if run.finished_at is None and run.actor == ACTOR.name]
    if left:
        resume_sweep(world, ACTOR, left[0], told)
    else:
        sweep(world, ACTOR, progress=told)


def _do_asked(world: World, is_stopping: IsStopping) -> None:
    def told(_: RunSummary) -> None:
        if is_stopping():
            raise Stopped

    do_asked(world, ACTOR, told)


def _sealing(world: World, plan: WorkerPlan) -> Job:
    """The first page grows and signs the log; it and those behind it take checkpoints out of the store."""
    shipping = Shipping(world, plan.places)

    def page(_shard: int, position: str | None) -> str | None:
        if position is None:
            _seal(world, plan.signer)
        return shipping.page()

    return Job(_always, page)


def _seal(world: World, signer: Signer | None) -> None:
    if signer is None:
        grow_log(world)
    else:
        sign_checkpoint(world, ACTOR, signer)
