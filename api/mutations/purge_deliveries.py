"""Mutation `purgeDeliveries`: dead letters are deleted."""

from typing import Annotated, Union

import strawberry

from api.context import Info
from api.ids import delivery_of
from api.mutations.answer import answered
from api.resolvers import resolved
from api.types.delivery import delivery_id
from api.types.problems import Forbidden, InvalidInput
from lifecycle_fsm.services.outbox import DeliveryKey, purge_deliveries


@strawberry.input(description="Which deliveries to purge.")
class PurgeDeliveriesInput:
    """A command to purge."""

    ids: list[strawberry.ID] = strawberry.field(description="The ids of dead letters, 1 to 1,000.")


@strawberry.type(description="The dead letters are gone.")
class DeliveriesPurged:
    """What was purged."""

    ids: list[strawberry.ID] = strawberry.field(
        description="Those that were dead, at most 1,000; the others were left alone."
    )


PurgeDeliveriesResult = Annotated[
    Union[DeliveriesPurged, Forbidden, InvalidInput],  # noqa: UP007 # strawberry names it
    strawberry.union("PurgeDeliveriesResult", description="What became of the command."),
]


@strawberry.type
class PurgeDeliveries:
    """Field of the mutation root."""

    @resolved(
        "Delete notifications that were given up. Those that are not dead are left "
        "alone, so that the call may be repeated. Needs the capability OPERATE."
    )
    async def purge_deliveries(
        self,
        info: Info,
        given: Annotated[PurgeDeliveriesInput, strawberry.argument(name="input", description="The command.")],
    ) -> PurgeDeliveriesResult:
        """Purge, and say what came of it."""
        answer = await answered(_purge(info, given))
        assert isinstance(answer, DeliveriesPurged | Forbidden | InvalidInput)
        return answer


async def _purge(info: Info, given: PurgeDeliveriesInput) -> DeliveriesPurged:
    keys = [DeliveryKey(*delivery_of(each, f"input.ids.{place}")) for place, each in enumerate(given.ids)]
    done = await info.context.change(purge_deliveries, keys)
    return DeliveriesPurged(ids=[delivery_id(key) for key in done])
