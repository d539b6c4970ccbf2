"""Mutation `replayDeliveries`: dead letters are tried anew."""

from typing import Annotated, Union

import strawberry

from api.context import Info
from api.ids import delivery_of
from api.mutations.answer import answered
from api.resolvers import resolved
from api.types.delivery import delivery_id
from api.types.problems import Forbidden, InvalidInput
from lifecycle_fsm.services.outbox import DeliveryKey, replay_deliveries


@strawberry.input(description="Which deliveries to replay.")
class ReplayDeliveriesInput:
    """A command to replay."""

    ids: list[strawberry.ID] = strawberry.field(description="The ids of dead letters, 1 to 1,000.")


@strawberry.type(description="The dead letters are due again, from their first attempt.")
class DeliveriesReplayed:
    """What was replayed."""

    ids: list[strawberry.ID] = strawberry.field(
        description="Those that were dead, at most 1,000; the others were left alone."
    )


ReplayDeliveriesResult = Annotated[
    Union[DeliveriesReplayed, Forbidden, InvalidInput],  # noqa: UP007 # strawberry names it
    strawberry.union("ReplayDeliveriesResult", description="What became of the command."),
]


@strawberry.type
class ReplayDeliveries:
    """Field of the mutation root."""

    @resolved(
        "Let notifications that were given up be tried anew, out of their account's order. Those that are not dead "
        "are left alone, so that the call may be repeated. Needs the capability OPERATE."
    )
    async def replay_deliveries(
        self,
        info: Info,
        given: Annotated[ReplayDeliveriesInput, strawberry.argument(name="input", description="The command.")],
    ) -> ReplayDeliveriesResult:
        """Replay, and say what came of it."""
        answer = await answered(_replay(info, given))
        assert isinstance(answer, DeliveriesReplayed | Forbidden | InvalidInput)
        return answer


async def _replay(info: Info, given: ReplayDeliveriesInput) -> DeliveriesReplayed:
    keys = [DeliveryKey(*delivery_of(each, f"input.ids.{place}")) for place, each in enumerate(given.ids)]
    done = await info.context.change(replay_deliveries, keys)
    return DeliveriesReplayed(ids=[delivery_id(key) for key in done])
