"""Mutation `fireTransition`: a person moves an account."""

from typing import Annotated, Union, assert_never

import strawberry

from api.context import Info
from api.ids import account_of
from api.mutations.answer import answered
from api.mutations.inputs import KEY, REPLAYED, REVISION
from api.resolvers import resolved
from api.types.account import Account
from api.types.history import HistoryRecord
from api.types.problems import (
    Forbidden,
    GuardRefused,
    IdempotencyConflict,
    InvalidInput,
    StaleRevision,
    UnknownAccount,
    UnknownTrigger,
)
from api.types.transition import JudgedTransition
from lifecycle_fsm.services import fire


@strawberry.input(description="Which account to move, and how.")
class FireTransitionInput:
    """A command to fire."""

    account_id: strawberry.ID = strawberry.field(description="The account's id; at most 500 characters.")
    trigger: str = strawberry.field(
        description="One of its available triggers, not `auto`; at most 100 characters. "
        "An unknown one answers UnknownTrigger."
    )
    idempotency_key: str = strawberry.field(description=KEY)
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)
    reason: str | None = strawberry.field(
        default=None, description="Why, for history; 1 to 500 printable characters. Needed for an override."
    )
    override: bool = strawberry.field(
        default=False, description="Move although the guard refuses; a permission of its own, visible for ever."
    )


@strawberry.type(description="The account moved.")
class TransitionFired:
    """A move."""

    account: Account = strawberry.field(description="The account in its new stage.")
    records: list[HistoryRecord] = strawberry.field(
        description="The move, then what followed from it, in order; at most 100."
    )
    replayed: bool = strawberry.field(description=REPLAYED)


FireTransitionResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        TransitionFired,
        GuardRefused,
        UnknownTrigger,
        UnknownAccount,
        StaleRevision,
        Forbidden,
        InvalidInput,
        IdempotencyConflict,
    ],
    strawberry.union("FireTransitionResult", description="What became of a fired trigger."),
]


@strawberry.type
class FireTransition:
    """Field of the mutation root."""

    @resolved("Move an account by a trigger, if a guard allows it. A refusal is recorded and says why.")
    async def fire_transition(
        self,
        info: Info,
        given: Annotated[FireTransitionInput, strawberry.argument(name="input", description="The command.")],
    ) -> FireTransitionResult:
        """Fire, and say what came of it."""
        return await answered(_fire(info, given))


async def _fire(info: Info, given: FireTransitionInput) -> TransitionFired | GuardRefused | UnknownTrigger:
    command = fire.FireTransition(
        account_id=account_of(given.account_id, "input.accountId"),
        trigger=given.trigger,
        idempotency_key=given.idempotency_key,
        expected_revision=given.expected_revision,
        reason=given.reason,
        override=given.override,
    )
    return _shown(await info.context.change(fire.fire_transition, command))


def _shown(outcome: fire.FireOutcome) -> TransitionFired | GuardRefused | UnknownTrigger:
    account = Account(view=outcome.account)
    match outcome:
        case fire.Fired():
            records = [HistoryRecord.of(record) for record in outcome.records]
            return TransitionFired(account=account, records=records, replayed=outcome.replayed)
        case fire.GuardRefused():
            return GuardRefused(
                message=f"no guard of {outcome.trigger!r} holds; see `transitions` for what each one needs",
                account=account,
                transitions=[JudgedTransition.of(judged) for judged in outcome.judged],
                replayed=outcome.replayed,
            )
        case fire.TriggerUnknown():
            offered = ", ".join(outcome.offered) or "none"
            message = f"the stage has no trigger {outcome.trigger[:100]!r} for people; it has: {offered}"
            return UnknownTrigger(message=message, account=account, offered=list(outcome.offered))
    assert_never(outcome)
