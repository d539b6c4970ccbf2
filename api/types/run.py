"""Runs over many accounts: how far they are, and what they came to."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Info
from api.ids import global_id
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.account import Account
from api.types.connection import Connection, connection_of
from api.types.history import Effect
from api.types.node import Node
from api.types.paging import After, Before, First, Last
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.paging import Page
from lifecycle_fsm.domain.run import COUNTERS, AsideCause, RunKind, RunSummary, counts_of
from lifecycle_fsm.services.sweeping.foreseen import Foreseen, ForeseenStep
from lifecycle_fsm.services.sweeping.shown import Run as Kept
from lifecycle_fsm.services.sweeping.shown import SetAside


@strawberry.type(description="What a run has come to so far.")
class RunCounts:
    """Counts of accounts and of what was done."""

    looked_at: int = strawberry.field(description="Accounts decided on.")
    candidates: int = strawberry.field(description="Those of them that were given to the engine.")
    moved: int = strawberry.field(description="Moves from stage to stage.")
    ctas_opened: int = strawberry.field(description="CTAs opened.")
    ctas_escalated: int = strawberry.field(description="CTAs whose priority was raised.")
    ctas_suppressed: int = strawberry.field(description="CTAs not opened, because one with their identity is open.")
    alerts: int = strawberry.field(description="Alerts that began.")
    held_by_unknown: int = strawberry.field(
        description="Accounts with an automatic way out that a missing or stale value holds."
    )
    unassigned: int = strawberry.field(description="Accounts that no segment takes.")
    changed_meanwhile: int = strawberry.field(
        description="Accounts that somebody changed between decision and write; they were left to the next run."
    )
    failed: int = strawberry.field(description="Accounts whose evaluation raised an error; see `setAside`.")
    disagreements: int = strawberry.field(
        description="Accounts on which the database and the engine decide differently. Nothing was written for them. "
        "Anything but 0 is a defect: report it."
    )

    @classmethod
    def of(cls, summary: RunSummary) -> "RunCounts":
        """Show counts."""
        return cls(**dict(zip(COUNTERS, counts_of(summary), strict=True)))


@strawberry.type(description="An account that a run left as it was.")
class AccountSetAside:
    """An account on which evaluation failed or disagreed."""

    account_id: strawberry.ID = strawberry.field(description="The account's id.")
    cause: AsideCause = strawberry.field(description="Why it was left as it was.")
    detail: str = strawberry.field(
        description="The name of the error, or what the two verdicts are; never a value. At most 500 characters."
    )
    set_aside_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, aside: SetAside) -> "AccountSetAside":
        """Show one."""
        return cls(
            account_id=strawberry.ID(global_id("Account", aside.account_id)),
            cause=aside.cause,
            detail=aside.detail,
            set_aside_at=aside.at,
        )


@strawberry.type(
    description="One run over many accounts: an evaluation of those that waited, a sweep, a back-fill's date, an undo."
)
class Run(Node):
    """A run."""

    kept: strawberry.Private[Kept]

    @resolved("Opaque and the same for ever; at most 500 characters.")
    def id(self) -> strawberry.ID:
        """The node id."""
        return strawberry.ID(global_id("Run", self.kept.id))

    @resolved("What it is.")
    def kind(self) -> RunKind:
        """What it is."""
        return self.kept.kind

    @resolved("Who began it; at most 200 characters.")
    def actor(self) -> str:
        """Who."""
        return self.kept.actor

    @resolved("The date at which accounts are evaluated.")
    def as_of(self) -> datetime:
        """The date."""
        return self.kept.as_of

    @resolved("When it began, or was asked for.")
    def started_at(self) -> datetime:
        """The beginning."""
        return self.kept.started_at

    @resolved("When it ended; null while it goes on or waits to be gone on with.")
    def finished_at(self) -> datetime | None:
        """The end."""
        return self.kept.finished_at

    @resolved("When somebody stopped it; null where nobody did.")
    def cancelled_at(self) -> datetime | None:
        """The stop."""
        return self.kept.cancelled_at

    @resolved("The same for all dates of one back-fill, at most 500 characters; null for other runs.")
    def series(self) -> strawberry.ID | None:
        """Its back-fill."""
        return None if self.kept.series_id is None else strawberry.ID(str(self.kept.series_id))

    @resolved("The segments that it is limited to, none for all; at most 1,000.")
    def segments(self) -> list[str]:
        """Its limits."""
        return list(self.kept.segments)

    @resolved("What it has come to so far.")
    def counts(self) -> RunCounts:
        """The summary."""
        return RunCounts.of(self.kept.summary)

    @resolved("The accounts that it left as they were, the newest first; at most 100.")
    async def set_aside(self, info: Info) -> list[AccountSetAside]:
        """Whom it could not evaluate."""
        return [AccountSetAside.of(each) for each in await info.context.loaders.set_aside.load(self.kept.id)]

    @resolved(
        "A page of the accounts that it changed, by id. Needs `first` or `last`, 1 to 100; anything else is an error."
    )
    async def accounts(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Account]:
        """Load a page of accounts."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        found = await info.context.loaders.run_accounts.load((self.kept.id, page))
        views = await info.context.loaders.accounts.load_many(list(found.items))
        pairs = [(view, cursor) for view, cursor in zip(views, found.cursors, strict=True) if view is not None]
        shown = Page(
            tuple(view for view, _ in pairs),
            tuple(cursor for _, cursor in pairs),
            found.has_next,
            found.has_previous,
            found.total,
        )
        return connection_of(shown, lambda view: Account(view=view))


@strawberry.type(description="One history row that a sweep would write.")
class ForeseenRecord:
    """A step that was foreseen."""

    step: strawberry.Private[ForeseenStep]

    @resolved("What would happen.")
    def kind(self) -> RecordKind:
        """The kind of the row."""
        return self.step.kind

    @resolved("The stage before; null for an account without one. At most 100 characters.")
    def from_stage(self) -> str | None:
        """Whence."""
        return self.step.from_stage

    @resolved("The stage afterwards; at most 100 characters.")
    def to_stage(self) -> str:
        """Whither."""
        return self.step.to_stage

    @resolved("The key of the transition; null where nothing moves. At most 100 characters.")
    def transition(self) -> str | None:
        """The edge."""
        return self.step.transition

    @resolved("What a row without a move is about: an alert, a pace; at most 300 characters.")
    def subject(self) -> str | None:
        """The subject."""
        return self.step.subject

    @resolved("What effects would do, in order; at most 1,000.")
    def effects(self) -> list[Effect]:
        """The effects."""
        return [Effect(note=note) for note in self.step.effects]


@strawberry.type(description="What a sweep would do to one account.")
class ForeseenAccount:
    """An account of a rehearsal."""

    account_id: strawberry.ID = strawberry.field(description="The account's id.")
    records: list[ForeseenRecord] = strawberry.field(description="The rows that it would write, in order; at most 100.")

    @classmethod
    def of(cls, foreseen: Foreseen) -> "ForeseenAccount":
        """Show one."""
        return cls(
            account_id=strawberry.ID(global_id("Account", foreseen.account_id)),
            records=[ForeseenRecord(step=step) for step in foreseen.steps],
        )


async def run_at(info: Info, run_id: UUID) -> Run | None:
    """Load a run, None where there is none."""
    kept = await info.context.loaders.runs.load(run_id)
    return None if kept is None else Run(kept=kept)
