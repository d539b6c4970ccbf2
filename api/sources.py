"""What a subscription asks for: which changes, for whom, from where on."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.portfolio import AccountFilter
from lifecycle_fsm.domain.run import RunKind
from lifecycle_fsm.services.feed import Change, Position
from lifecycle_fsm.services.run_feed import RunChange, RunPosition

Event = TypeVar("Event")


@dataclass(frozen=True)
class Source(AsyncIterator[Event], Generic[Event]):
    """
    Choose changes and say how each is shown.

    It is what a subscription's resolver returns. Nobody iterates over it: the hub reads
    the feed once for all subscriptions and asks each source what it takes.
    """

    show: Callable[[Change], Event]
    about: Callable[[Change], bool]
    accounts: AccountFilter = field(default_factory=AccountFilter)
    ids: frozenset[UUID] = frozenset()
    kinds: frozenset[RecordKind] = frozenset()
    after: Position | None = field(default=None, compare=False)

    def takes(self, change: Change, portfolio: Portfolio) -> bool:
        """Whether the change is asked for and belongs to what the caller may see."""
        standing, record = change.standing, change.record
        return (
            portfolio.has(record.account_id, standing.segment, standing.csm)
            and (not self.ids or record.account_id in self.ids)
            and (not self.kinds or record.kind in self.kinds)
            and self.about(change)
            and self.accounts.accepts(standing)
        )

    async def __anext__(self) -> Event:
        """Never called."""
        raise StopAsyncIteration


@dataclass(frozen=True)
class RunSource(AsyncIterator[Event], Generic[Event]):
    """Choose runs as they change, and say how each is shown; no ids or kinds are all of them."""

    show: Callable[[RunChange], Event]
    ids: frozenset[UUID] = frozenset()
    kinds: frozenset[RunKind] = frozenset()
    after: RunPosition | None = field(default=None, compare=False)

    def takes(self, change: RunChange) -> bool:
        """Whether the run is asked for."""
        run = change.run
        return (not self.ids or run.id in self.ids) and (not self.kinds or run.kind in self.kinds)

    async def __anext__(self) -> Event:
        """Never called."""
        raise StopAsyncIteration
