"""Reports of where health is going, and of what waits for data."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from api.context import Info
from api.ids import global_id
from api.resolvers import resolved
from api.types.reports.standing import SEGMENT, STAGE, Quartiles
from lifecycle_fsm.domain.reports.address import Address, ReportName
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.reports.trends import Change, Held, StageScores

if TYPE_CHECKING:
    from api.types.account import Account


@strawberry.type(name="HealthPoint", description="The health of a stage's accounts at a date.")
class HealthPoint:
    """A point of a trend."""

    at: datetime = strawberry.field(description="The date.")
    segment: str = strawberry.field(description=SEGMENT)
    stage: str = strawberry.field(description=STAGE)
    count: int = strawberry.field(description="How many accounts stood there, with a score or without.")
    scores: Quartiles = strawberry.field(description="The quartiles of their scores then, 0 to 100.")
    address: str = strawberry.field(description="The address of `count`.")

    @classmethod
    def of(cls, found: StageScores, scope: ReportScope) -> "HealthPoint":
        """Show a point."""
        address = Address(ReportName.SCORES, replace(scope, as_of=found.at))
        return cls(
            at=found.at,
            segment=found.segment,
            stage=found.stage,
            count=found.accounts,
            scores=Quartiles.of(found.scores),
            address=address.of(segment=found.segment, stage=found.stage),
        )


@strawberry.type(name="HealthMover", description="An account whose score changed between two dates.")
class HealthMover:
    """A mover."""

    found_id: strawberry.Private[UUID]
    account_id: strawberry.ID = strawberry.field(description="The account's id; at most 500 characters.")
    segment: str = strawberry.field(description="Its segment at the second date; at most 100 characters.")
    stage: str = strawberry.field(description="Its stage at the second date; at most 100 characters.")
    before: float = strawberry.field(description="Its score at the first date, 0 to 100.")
    after: float = strawberry.field(description="Its score at the second date, 0 to 100.")
    change: float = strawberry.field(description="What was gained, negative for lost points.")

    @classmethod
    def of(cls, found: Change) -> "HealthMover":
        """Show a mover."""
        return cls(
            found_id=found.account_id,
            account_id=strawberry.ID(global_id("Account", found.account_id)),
            segment=found.segment,
            stage=found.stage,
            before=found.before,
            after=found.after,
            change=found.after - found.before,
        )

    @resolved("The account as it stands now; null where the reader may not see it.")
    async def account(self, info: Info) -> Annotated["Account", strawberry.lazy("api.types.account")] | None:
        """Load the account."""
        from api.types.account import Account as Shown  # noqa: PLC0415 # it would be read in a circle

        view = await info.context.loaders.accounts.load(self.found_id)
        return None if view is None else Shown(view=view)


@strawberry.type(name="HeldByUnknown", description="Accounts whose automatic transition waits for a value.")
class HeldByUnknown:
    """What waits."""

    segment: str = strawberry.field(description=SEGMENT)
    stage: str = strawberry.field(description=STAGE)
    transition: str = strawberry.field(description="The key of the transition; at most 100 characters.")
    title: str = strawberry.field(
        description="The titles of the stages that it leads from and to, such as `Adoption → Renewal`; at most 403 "
        "characters."
    )
    count: int = strawberry.field(description="For how many accounts its guard is neither true nor false now.")
    address: str = strawberry.field(description="The address of `count`.")

    @classmethod
    def of(cls, found: Held, scope: ReportScope) -> "HeldByUnknown":
        """Show a transition."""
        address = Address(ReportName.HELD, scope)
        return cls(
            segment=found.segment,
            stage=found.stage,
            transition=found.transition,
            title=found.title,
            count=found.accounts,
            address=address.of(segment=found.segment, stage=found.stage, transition=found.transition),
        )
