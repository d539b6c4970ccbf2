"""What mutations on success plans answer."""

import strawberry

from api.mutations.inputs import REPLAYED
from api.types.account import Account
from api.types.history import HistoryRecord
from api.types.success_plan import SuccessPlan
from lifecycle_fsm.services import plan_work


@strawberry.type(description="The success plan is as was asked for.")
class SuccessPlanChanged:
    """A plan that was opened or changed its status."""

    account: Account = strawberry.field(description="The account, with what the change set in motion.")
    plan: SuccessPlan = strawberry.field(description="The plan as it is now.")
    records: list[HistoryRecord] = strawberry.field(
        description="The change, then what followed from it, in order; at most 100."
    )
    replayed: bool = strawberry.field(description=REPLAYED)


def plan_changed(outcome: plan_work.PlanDone) -> SuccessPlanChanged:
    """Show a plan that was changed."""
    return SuccessPlanChanged(
        account=Account(view=outcome.account),
        plan=SuccessPlan.of(outcome.account, outcome.plan),
        records=[HistoryRecord.of(record) for record in outcome.records],
        replayed=outcome.replayed,
    )
