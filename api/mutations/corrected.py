"""What the mutations that correct milestones answer."""

from typing import assert_never

import strawberry

from api.context import Info
from api.mutations.inputs import REPLAYED
from api.types.account import Account
from api.types.history import HistoryRecord
from api.types.problems import MilestoneNotReached
from lifecycle_fsm.services import milestone_corrections as corrections


@strawberry.type(description="The milestone was corrected.")
class MilestoneCorrected:
    """A milestone that was taken back or dated anew."""

    account: Account = strawberry.field(description="The account, with what the correction set in motion.")
    records: list[HistoryRecord] = strawberry.field(
        description="The correction, then what followed from it, in order; at most 100."
    )
    replayed: bool = strawberry.field(description=REPLAYED)


async def corrected(info: Info, command: corrections.CorrectMilestone) -> MilestoneCorrected | MilestoneNotReached:
    """Correct it, and show what came of it."""
    outcome = await info.context.change(corrections.correct_milestone, command)
    match outcome:
        case corrections.MilestoneCorrected():
            return MilestoneCorrected(
                account=Account(view=outcome.account),
                records=[HistoryRecord.of(record) for record in outcome.records],
                replayed=outcome.replayed,
            )
        case corrections.MilestoneNotReached():
            message = f"the account has not reached {outcome.milestone[:100]!r}; read its `milestones` again"
            return MilestoneNotReached(message=message)
    assert_never(outcome)
