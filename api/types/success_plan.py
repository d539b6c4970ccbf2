"""Success plans: what was agreed with an account, and how far it has come."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.ids import global_id
from api.resolvers import resolved
from api.types.cta import Cta
from api.types.node import Node
from lifecycle_fsm.domain.plan import LEGAL, PlanStatus
from lifecycle_fsm.domain.plan import SuccessPlan as Plan
from lifecycle_fsm.domain.plan_progress import progress_of
from lifecycle_fsm.services.views import AccountView


@strawberry.type(description="A success plan: objectives towards an outcome agreed with the account.")
class SuccessPlan(Node):
    """A success plan."""

    view: strawberry.Private[AccountView]
    plan_id: strawberry.Private[UUID]
    plan: strawberry.Private[Plan]
    type: str = strawberry.field(description="The key of its type in the catalog; at most 100 characters.")
    title: str = strawberry.field(description="Its name for people; at most 500 characters.")
    status: PlanStatus = strawberry.field(description="Where it stands.")
    owner: str | None = strawberry.field(description="Who works it; at most 200 characters.")
    opened_at: datetime = strawberry.field(description="When it was opened.")
    activated_at: datetime | None = strawberry.field(description="Since when it is worked on; null for a draft.")
    due_at: datetime | None = strawberry.field(description="When it is to be completed; null for no date.")
    closed_at: datetime | None = strawberry.field(description="When it was completed or abandoned; null before.")
    completes_itself: bool = strawberry.field(
        description="Whether it is completed once all required objectives are closed with success."
    )

    @resolved("Opaque and the same for ever; at most 500 characters.")
    def id(self) -> strawberry.ID:
        """The node id, which also names the account."""
        return strawberry.ID(global_id("SuccessPlan", self.view.profile.account_id, self.plan_id))

    @resolved("Its objectives, oldest first; none before it is active. At most 100.")
    def objectives(self) -> list[Cta]:
        """The CTAs that belong to it."""
        account_id = self.view.profile.account_id
        return [Cta.of(account_id, cta, self.view.as_of) for cta in self.view.lifecycle.objectives_of(self.plan)]

    @resolved("The share of its objectives that were closed with success, 0 to 100; guards read it.")
    def progress(self) -> float:
        """How far it has come."""
        return progress_of(self.plan, self.view.lifecycle.objectives_of(self.plan))

    @resolved("Whether it is open and its due date has passed.")
    def is_overdue(self) -> bool:
        """Whether it is late."""
        return self.plan.status.is_open and self.plan.due_at is not None and self.plan.due_at < self.view.as_of

    @resolved("The statuses that may follow its present one; at most 2.")
    def next_statuses(self) -> list[PlanStatus]:
        """What a person may do with it."""
        return list(LEGAL[self.plan.status])

    @classmethod
    def of(cls, view: AccountView, plan: Plan) -> "SuccessPlan":
        """Show a plan that the recorder has written."""
        assert plan.id is not None
        return cls(
            view=view,
            plan_id=plan.id,
            plan=plan,
            type=plan.type,
            title=plan.title,
            status=plan.status,
            owner=plan.owner,
            opened_at=plan.opened_at,
            activated_at=plan.activated_at,
            due_at=plan.due_at,
            closed_at=plan.closed_at,
            completes_itself=plan.completes_itself,
        )


def plans_of(view: AccountView) -> list[SuccessPlan]:
    """The plans of an account, newest first."""
    return [SuccessPlan.of(view, plan) for plan in reversed(view.lifecycle.plans)]
