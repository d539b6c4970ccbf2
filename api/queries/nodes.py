"""Queries of anything by its id, and of who asks."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

import strawberry

from api.context import Info
from api.ids import account_of, cta_of, publication_of, read_id, record_of, run_of, success_plan_of, verification_of
from api.resolvers import resolved
from api.types.account import Account, account_at
from api.types.cta import Cta, cta_at
from api.types.history import HistoryRecord
from api.types.machine import Machine
from api.types.node import Node
from api.types.plan import ConfigurationPlan
from api.types.publication import Publication
from api.types.run import Run, run_at
from api.types.segment import Segment
from api.types.success_plan import SuccessPlan, plans_of
from api.types.verification import Verification
from api.types.viewer import Viewer
from lifecycle_fsm.services.feed import live_cursor


@strawberry.type
class NodeQueries:
    """Fields of the query root."""

    @resolved(
        "Anything with an id: an account, a record of its history, a CTA, a success plan, a machine, a segment, a "
        "plan, a publication, a run or a verification; null when it is gone. Records, runs and verifications need the "
        "capability READ_HISTORY."
    )
    async def node(
        self,
        info: Info,
        given_id: Annotated[
            strawberry.ID, strawberry.argument(name="id", description="Its id; at most 500 characters.")
        ],
    ) -> Node | None:
        """Load a node."""
        type_name, local = read_id(given_id, "id")
        if type_name in _LOADED_BY_ID:
            return await _LOADED_BY_ID[type_name](info, given_id)
        match type_name:
            case "Machine":
                rules = await info.context.loaders.machines.load(local)
                return None if rules is None else Machine(rules=rules)
            case "Segment":
                segment = await info.context.loaders.segments.load(local)
                return None if segment is None else Segment.of(segment)
            case "ConfigurationPlan":
                kept = await info.context.loaders.plans.load(local)
                return None if kept is None else ConfigurationPlan(kept=kept)
        return None

    @resolved(
        "The place in the stream of changes before this answer: give it as `after` to a subscription, and nothing is "
        "missed between the two. At most 1,000 characters. Needs the capability READ_HISTORY."
    )
    async def live_cursor(self, info: Info) -> str:
        """Say where to go on."""
        noted = info.context.live_cursor
        return await info.context.call(live_cursor) if noted is None else noted

    @resolved("Whoever the request's token belongs to.")
    def viewer(self, info: Info) -> Viewer:
        """Say who asks."""
        return Viewer.of(info.context.actor)


async def _account(info: Info, given_id: str) -> Account | None:
    return await account_at(info, account_of(given_id, "id"))


async def _cta(info: Info, given_id: str) -> Cta | None:
    return await cta_at(info, *cta_of(given_id, "id"))


async def _record(info: Info, given_id: str) -> HistoryRecord | None:
    found = await info.context.loaders.records.load(record_of(given_id, "id"))
    return None if found is None else HistoryRecord.of(found)


async def _success_plan(info: Info, given_id: str) -> SuccessPlan | None:
    account_id, plan_id = success_plan_of(given_id, "id")
    view = await info.context.loaders.accounts.load(account_id)
    return None if view is None else next((each for each in plans_of(view) if each.plan_id == plan_id), None)


async def _publication(info: Info, given_id: str) -> Publication | None:
    made = await info.context.loaders.publications.load(publication_of(given_id, "id"))
    return None if made is None else Publication(made=made)


async def _run(info: Info, given_id: str) -> Run | None:
    return await run_at(info, run_of(given_id, "id"))


async def _verification(info: Info, given_id: str) -> Verification | None:
    kept = await info.context.loaders.verifications.load(verification_of(given_id, "id"))
    return None if kept is None else Verification(kept=kept)


_LOADED_BY_ID: Mapping[str, Callable[[Info, str], Awaitable[Node | None]]] = {
    "Account": _account,
    "Cta": _cta,
    "HistoryRecord": _record,
    "Publication": _publication,
    "Run": _run,
    "SuccessPlan": _success_plan,
    "Verification": _verification,
}
