"""Mutation `rehearseSweep`: what a sweep would do, with nothing written."""

from datetime import datetime
from typing import Annotated, Union

import strawberry

from api.context import Info
from api.mutations.plan_answer import answered_request
from api.resolvers import resolved
from api.types.problems import Forbidden, InvalidInput
from api.types.run import ForeseenAccount, RunCounts
from lifecycle_fsm.services.sweeping.sweep import sweep

MOST_FORESEEN = 100


@strawberry.input(description="Which accounts to look at, and at which date.")
class RehearseSweepInput:
    """A wish to look."""

    as_of: datetime | None = strawberry.field(
        default=None,
        description="The date of evaluation, by default the present; it may be to come, but not before the last "
        "record of an account.",
    )
    segments: list[str] = strawberry.field(
        default_factory=list, description="The segments to look at, none for all; at most 1,000."
    )


@strawberry.type(description="What a sweep would do.")
class SweepRehearsed:
    """A dry run."""

    counts: RunCounts = strawberry.field(description="What it would come to.")
    accounts: list[ForeseenAccount] = strawberry.field(
        description="What would happen to the first accounts in the order of their ids; at most 100."
    )


RehearseSweepResult = Annotated[
    Union[SweepRehearsed, Forbidden, InvalidInput],  # noqa: UP007 # strawberry names it
    strawberry.union("RehearseSweepResult", description="What became of the wish to look."),
]


@strawberry.type
class RehearseSweep:
    """Field of the mutation root."""

    @resolved(
        "Say what a sweep would come to, at the present or a date to come; nothing is written. It takes a second "
        "for some hundred thousand accounts, and longer the more of them would move. Needs the capability EVALUATE."
    )
    async def rehearse_sweep(
        self,
        info: Info,
        given: Annotated[RehearseSweepInput, strawberry.argument(name="input", description="The wish.")],
    ) -> RehearseSweepResult:
        """Look, and say what came of it."""
        return await answered_request(_rehearse(info, given))


async def _rehearse(info: Info, given: RehearseSweepInput) -> SweepRehearsed:
    found = await info.context.call(sweep, given.as_of, dry_run=True, segments=tuple(given.segments))
    accounts = [ForeseenAccount.of(each) for each in found.effects[:MOST_FORESEEN]]
    return SweepRehearsed(counts=RunCounts.of(found), accounts=accounts)
