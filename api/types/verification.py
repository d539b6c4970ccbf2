"""Verifications of history that somebody asked for, and what they found."""

from datetime import datetime

import strawberry

from api.ids import global_id
from api.resolvers import resolved
from api.types.node import Node
from api.types.proof import HistoryVerification
from lifecycle_fsm.services.audit.verification import Verification as Kept


@strawberry.type(description="A verification of history: of all accounts or one, how far it is, and what it found.")
class Verification(Node):
    """A verification."""

    kept: strawberry.Private[Kept]

    @resolved("Opaque and the same for ever; at most 500 characters.")
    def id(self) -> strawberry.ID:
        """The node id."""
        return strawberry.ID(global_id("Verification", self.kept.stored.id))

    @resolved("Who asked for it; at most 200 characters.")
    def actor(self) -> str:
        """Who."""
        return self.kept.stored.actor

    @resolved("The only account; null for all. At most 500 characters.")
    def account_id(self) -> strawberry.ID | None:
        """Whose history."""
        account_id = self.kept.stored.account_id
        return None if account_id is None else strawberry.ID(global_id("Account", account_id))

    @resolved("Evidence and decisions are checked of records from this instant on; null for the first.")
    def since(self) -> datetime | None:
        """The beginning of the period."""
        return self.kept.stored.since

    @resolved("Evidence and decisions are checked of records before this instant; null for no end.")
    def before(self) -> datetime | None:
        """The end of the period."""
        return self.kept.stored.until

    @resolved("When it was asked for.")
    def started_at(self) -> datetime:
        """The beginning."""
        return self.kept.stored.started_at

    @resolved("When it ended; null while it goes on, waits for a worker, or for one to take over after a restart.")
    def finished_at(self) -> datetime | None:
        """The end."""
        return self.kept.stored.finished_at

    @resolved("How much of it is done; 0 to 100.")
    def percentage(self) -> int:
        """The progress."""
        return self.kept.percentage

    @resolved("What was found so far; whole once it has ended.")
    def report(self) -> HistoryVerification:
        """The report."""
        return HistoryVerification.of(self.kept.report)
