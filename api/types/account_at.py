"""An account as it stood at another date."""

from datetime import datetime

import strawberry

from api.context import Info
from api.resolvers import resolved
from api.scalars import LooseValue
from api.types.cta import Cta
from api.types.health import Health
from api.types.known import FactValue, MeasureValue, Milestone, facts_of, measures_of, milestones_of
from api.types.pause import AccountPause
from api.types.stage import CurrentStage
from lifecycle_fsm.services.difference import Aspect, AspectChange
from lifecycle_fsm.services.views import AccountView


@strawberry.type(
    description="An account as it stood at a date. It has no id, so that no cache takes it for the account of today."
)
class AccountAt:
    """A past account."""

    view: strawberry.Private[AccountView]
    as_known_at: datetime | None = strawberry.field(
        description="Only what was recorded by then counts; null for all that is known now."
    )

    @resolved("The date of everything that is said here.")
    def as_of(self) -> datetime:
        """When it stood so."""
        return self.view.as_of

    @resolved("The key of the segment that it was in; null for none. At most 100 characters.")
    def segment_key(self) -> str | None:
        """Its segment then."""
        return None if self.view.machine is None else self.view.machine.segment

    @resolved("The version of the rules that it followed; null for none. 64 characters.")
    def machine_digest(self) -> str | None:
        """Its rules then."""
        return None if self.view.machine is None else self.view.machine.digest

    @resolved("Where it stood.")
    def stage(self) -> CurrentStage | None:
        """Its stage then."""
        return CurrentStage.of(self.view)

    @resolved("The pause that it was in, also one that was written down later; null while the clock of its stage went.")
    def pause(self) -> AccountPause | None:
        """Whether its clock stood still then."""
        return AccountPause.of(self.view)

    @resolved("How well it did.")
    def health(self) -> Health:
        """Its health then."""
        return Health.of(self.view)

    @resolved("The measures that had a value, by key; at most 1,000.")
    async def measures(self, info: Info) -> list[MeasureValue]:
        """What was measured."""
        return list(measures_of(self.view, await info.context.loaders.catalog()))

    @resolved("The facts that had a value, by key; at most 1,000.")
    async def facts(self, info: Info) -> list[FactValue]:
        """What was known."""
        return list(facts_of(self.view, await info.context.loaders.catalog()))

    @resolved("The milestones of its machine and any others that it had reached; at most 1,000.")
    async def milestones(self, info: Info) -> list[Milestone]:
        """What it had achieved."""
        return list(milestones_of(self.view, await info.context.loaders.catalog()))

    @resolved("The CTAs that were open, oldest first; at most 1,000.")
    def open_ctas(self) -> list[Cta]:
        """What somebody was asked to do."""
        account_id = self.view.profile.account_id
        return [Cta.of(account_id, cta, self.view.as_of) for cta in self.view.lifecycle.ctas if cta.is_open]


@strawberry.type(description="One thing about an account that is another at a later date.")
class AccountChange:
    """A change."""

    aspect: Aspect = strawberry.field(description="What changed.")
    key: str = strawberry.field(
        description="Which milestone, measure or fact, or the cause key of the CTA; empty for what there is one of. "
        "At most 300 characters."
    )
    before: LooseValue | None = strawberry.field(description="The value at the first date; null for none.")
    after: LooseValue | None = strawberry.field(description="The value at the second date; null for none.")

    @classmethod
    def of(cls, change: AspectChange) -> "AccountChange":
        """Show a change."""
        return cls(
            aspect=change.aspect,
            key=change.key,
            before=None if change.before is None else LooseValue(change.before),
            after=None if change.after is None else LooseValue(change.after),
        )
