"""Mutation `startBackFill`: every account is evaluated at each date of a period."""

from datetime import datetime, timedelta
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
from lifecycle_fsm.services.sweeping.back_fill import Period, ask_for_back_fill


@strawberry.input(description="Which period to go over, and which accounts.")
class StartBackFillInput:
    """A command to fill back."""

    idempotency_key: str = strawberry.field(description=KEY)
    since: datetime = strawberry.field(
        description="The first date; no account may have a record after it, for history only grows."
    )
    until: datetime = strawberry.field(description="The last date, the present or before.")
    step: timedelta = strawberry.field(
        default=timedelta(days=1), description="The time between two dates, a minute or more; at most 1,000 dates."
    )
    segments: list[str] = strawberry.field(
        default_factory=list, description="The segments to look at, none for all; at most 1,000."
    )


@strawberry.type(description="The back-fill waits for a worker, or goes on; read its runs again by their ids.")
class BackFillStarted:
    """A back-fill that was asked for."""

    runs: list[Run] = strawberry.field(description="A run for each date, by date; at most 1,001.")
    replayed: bool = strawberry.field(description=REPLAYED)


StartBackFillResult = Annotated[
    Union[BackFillStarted, Forbidden, InvalidInput, IdempotencyConflict],  # noqa: UP007 # strawberry names it
    strawberry.union("StartBackFillResult", description="What became of the wish for a back-fill."),
]


@strawberry.type
class StartBackFill:
    """Field of the mutation root."""

    @resolved(
        "Have every account evaluated at each date of a period, on what was observed by then, by a worker and within "
        "seconds; the same key asks once. In the end the accounts wait for the next evaluation, which brings them up "
        "to the present. Needs the capability EVALUATE."
    )
    async def start_back_fill(
        self,
        info: Info,
        given: Annotated[StartBackFillInput, strawberry.argument(name="input", description="The wish.")],
    ) -> StartBackFillResult:
        """Ask, and say what came of it."""
        return await answered_once(_start(info, given))


async def _start(info: Info, given: StartBackFillInput) -> BackFillStarted:
    check_key(given.idempotency_key)
    series = uuid5(NAMESPACE_URL, f"lifecycle-fsm:back-fill:{info.context.actor.name}:{given.idempotency_key}")
    period = Period(given.since, given.until, given.step)
    started = await info.context.change(ask_for_back_fill, period, tuple(given.segments), series)
    return BackFillStarted(runs=[Run(kept=run) for run in started.what], replayed=started.replayed)
