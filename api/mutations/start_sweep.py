"""Mutation `startSweep`: every account is decided on at one date."""

from datetime import datetime
from typing import Annotated, Union
from uuid import NAMESPACE_URL, uuid5

import strawberry

from api.context import Info
from api.mutations.inputs import KEY, REPLAYED
from api.mutations.plan_answer import answered_once
from api.resolvers import resolved
from api.types.problems import Forbidden, IdempotencyConflict, InvalidInput
from api.types.run import Run
from lifecycle_fsm.services.commands import check_key
from lifecycle_fsm.services.sweeping.sweep import ask_for_sweep


@strawberry.input(description="Which accounts to sweep, and at which date.")
class StartSweepInput:
    """A command to sweep."""

    idempotency_key: str = strawberry.field(description=KEY)
    as_of: datetime | None = strawberry.field(
        default=None,
        description="The date of evaluation, by default the present. Not to come, and not before the last record of "
        "an account.",
    )
    segments: list[str] = strawberry.field(
        default_factory=list, description="The segments to look at, none for all; at most 1,000."
    )


@strawberry.type(description="The sweep waits for a worker, or goes on; read it again by its id.")
class SweepStarted:
    """A sweep that was asked for."""

    run: Run = strawberry.field(description="The run, as it stands.")
    replayed: bool = strawberry.field(description=REPLAYED)


StartSweepResult = Annotated[
    Union[SweepStarted, Forbidden, InvalidInput, IdempotencyConflict],  # noqa: UP007 # strawberry names it
    strawberry.union("StartSweepResult", description="What became of the wish for a sweep."),
]


@strawberry.type
class StartSweep:
    """Field of the mutation root."""

    @resolved(
        "Have every account decided on at one date, by a worker and within seconds; the same key asks once. "
        "Needs the capability EVALUATE."
    )
    async def start_sweep(
        self,
        info: Info,
        given: Annotated[StartSweepInput, strawberry.argument(name="input", description="The wish.")],
    ) -> StartSweepResult:
        """Ask, and say what came of it."""
        return await answered_once(_start(info, given))


async def _start(info: Info, given: StartSweepInput) -> SweepStarted:
    check_key(given.idempotency_key)
    run_id = uuid5(NAMESPACE_URL, f"lifecycle-fsm:sweep:{info.context.actor.name}:{given.idempotency_key}")
    started = await info.context.change(ask_for_sweep, given.as_of, tuple(given.segments), run_id)
    return SweepStarted(run=Run(kept=started.what), replayed=started.replayed)
