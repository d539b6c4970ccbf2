"""What a plan would do to accounts: how many, and some of them by name."""

from uuid import UUID

import strawberry

from api.context import Info
from api.resolvers import resolved
from api.types.account import Account
from lifecycle_fsm.services.planning.content import (
    Accounts,
    Arrival,
    Deed,
    DeedEffect,
    ExitEffect,
    MoveEffect,
    StageEffect,
)
from lifecycle_fsm.services.vocabulary import StageClock


@strawberry.type(description="Accounts that something happens to.")
class AffectedAccounts:
    """A number and some of them."""

    ids: strawberry.Private[tuple[UUID, ...]]
    count: int = strawberry.field(description="How many there are; in a plan, how many there were when it was made.")

    @resolved("Some of them as they stand now, by id; at most 10. Those that are gone since are left out.")
    async def samples(self, info: Info) -> list[Account]:
        """Load the samples."""
        found = await info.context.loaders.accounts.load_many(list(self.ids))
        return [Account(view=view) for view in found if view is not None]

    @classmethod
    def of(cls, accounts: Accounts) -> "AffectedAccounts":
        """Show accounts."""
        return cls(ids=accounts.samples, count=accounts.number)


@strawberry.type(
    description="What happens to the accounts that stand in one stage of one version. `moving` and `staying` add up."
)
class StageImpact:
    """A stage's accounts."""

    machine_digest: str = strawberry.field(description="The version that these accounts follow now.")
    stage: str = strawberry.field(description="The key of the stage that they stand in; at most 100 characters.")
    lands_in: str | None = strawberry.field(
        description="The key of the stage in which they go on; null where nothing says so. At most 100 characters."
    )
    clock: StageClock = strawberry.field(description="What becomes of the time that they have spent in the stage.")
    accounts: int = strawberry.field(description="How many there are.")
    moving: AffectedAccounts = strawberry.field(description="Those that a rule then moves on.")
    staying: AffectedAccounts = strawberry.field(description="Those that stay.")
    blocked: AffectedAccounts = strawberry.field(description="Those that lose a way out which was open.")
    unblocked: AffectedAccounts = strawberry.field(description="Those for which a way out opens.")

    @classmethod
    def of(cls, effect: StageEffect) -> "StageImpact":
        """Show a stage's accounts."""
        return cls(
            machine_digest=effect.machine,
            stage=effect.stage,
            lands_in=effect.lands_in,
            clock=effect.clock,
            accounts=effect.accounts,
            moving=AffectedAccounts.of(effect.moving),
            staying=AffectedAccounts.of(effect.staying),
            blocked=AffectedAccounts.of(effect.blocked),
            unblocked=AffectedAccounts.of(effect.unblocked),
        )


@strawberry.type(description="Accounts that take the same transitions, one after the other.")
class MoveImpact:
    """A move and its accounts."""

    source: str = strawberry.field(
        name="from", description="The key of the stage that they leave; at most 100 characters."
    )
    target: str = strawberry.field(
        name="to", description="The key of the stage that they reach; at most 100 characters."
    )
    path: list[str] = strawberry.field(description="The keys of the transitions that they take, in order; at most 100.")
    accounts: AffectedAccounts = strawberry.field(description="Those that do.")

    @classmethod
    def of(cls, effect: MoveEffect) -> "MoveImpact":
        """Show a move."""
        accounts = AffectedAccounts.of(effect.accounts)
        return cls(source=effect.stage, target=effect.to_stage, path=list(effect.path), accounts=accounts)


@strawberry.type(description="A way out that closes or opens for accounts.")
class ExitImpact:
    """A way out and its accounts."""

    stage: str = strawberry.field(description="The key of the stage that it leaves; at most 100 characters.")
    transition: str = strawberry.field(description="The transition's key; at most 100 characters.")
    trigger: str = strawberry.field(description="One of its triggers; at most 100 characters.")
    blocked: AffectedAccounts = strawberry.field(description="Those for which it closes.")
    unblocked: AffectedAccounts = strawberry.field(description="Those for which it opens.")

    @classmethod
    def of(cls, effect: ExitEffect) -> "ExitImpact":
        """Show a way out."""
        return cls(
            stage=effect.stage,
            transition=effect.transition,
            trigger=effect.trigger,
            blocked=AffectedAccounts.of(effect.blocked),
            unblocked=AffectedAccounts.of(effect.unblocked),
        )


@strawberry.type(description="Something that happens to CTAs, alerts or the pace of accounts.")
class DeedImpact:
    """A deed and its accounts."""

    deed: Deed = strawberry.field(description="What happens.")
    subject: str = strawberry.field(
        description="What it happens to: the key of a CTA template or of an alert, or a pace; at most 100 characters."
    )
    accounts: AffectedAccounts = strawberry.field(description="Those to which it happens.")

    @classmethod
    def of(cls, effect: DeedEffect) -> "DeedImpact":
        """Show a deed."""
        return cls(deed=effect.deed, subject=effect.subject, accounts=AffectedAccounts.of(effect.accounts))


@strawberry.type(description="Accounts that come from another segment, or from none.")
class ArrivalImpact:
    """Where accounts come from."""

    from_segment: str = strawberry.field(
        description="The key of the segment that they leave, `unassigned` for none; at most 100 characters."
    )
    from_stage: str = strawberry.field(
        description="The key of the stage that they leave, `unassigned` for none; at most 100 characters."
    )
    to_stage: str | None = strawberry.field(
        description="The key of the stage in which they go on; null where nothing says so. At most 100 characters."
    )
    accounts: AffectedAccounts = strawberry.field(description="Those that come.")

    @classmethod
    def of(cls, arrival: Arrival) -> "ArrivalImpact":
        """Show an arrival."""
        return cls(
            from_segment=arrival.from_segment,
            from_stage=arrival.from_stage,
            to_stage=arrival.to_stage,
            accounts=AffectedAccounts.of(arrival.accounts),
        )
