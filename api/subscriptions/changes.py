"""Subscriptions to what happens to accounts."""

from collections.abc import AsyncGenerator, Callable
from typing import TypeVar, cast

import strawberry

from api.context import Info
from api.sources import Event, RunSource, Source
from api.subscriptions.events import CtaEvent, HistoryEvent, PaceEvent, RunEvent, cause_keys
from api.subscriptions.filters import AfterCursor, ChangeFilter, ChosenChanges, ChosenRuns, RunFilter
from lifecycle_fsm.domain.access import Capability, require
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.services.feed import Change, position_of
from lifecycle_fsm.services.run_feed import run_position_of

Resolver = TypeVar("Resolver", bound=Callable[..., object])

_ENDS = (
    "Needs the capabilities READ and READ_HISTORY. Ends when the token does, or with the code `too_slow` when events "
    "are not taken in time."
)


def subscribed(description: str) -> Callable[[Resolver], Resolver]:
    """Make a method a field of the subscription root."""
    decorate: Callable[[Resolver], Resolver] = strawberry.subscription(description=f"{description} {_ENDS}")
    return decorate


@strawberry.type(description="What happens from now on, or from a cursor on: by graphql-transport-ws or SSE.")
class Subscription:
    """The root of subscriptions."""

    @subscribed("Every history record of the chosen accounts.")
    async def history_recorded(
        self, info: Info, choose: ChosenChanges = None, after: AfterCursor = None
    ) -> AsyncGenerator[HistoryEvent, None]:
        """Follow history."""
        return _following(info, choose, after, lambda change: HistoryEvent(change=change), lambda _: True)

    @subscribed("Everything that touches CTAs of the chosen accounts.")
    async def cta_changed(
        self, info: Info, choose: ChosenChanges = None, after: AfterCursor = None
    ) -> AsyncGenerator[CtaEvent, None]:
        """Follow CTAs."""
        return _following(
            info, choose, after, lambda change: CtaEvent(change=change), lambda change: bool(cause_keys(change))
        )

    @subscribed("Every change of pace of the chosen accounts.")
    async def pace_changed(
        self, info: Info, choose: ChosenChanges = None, after: AfterCursor = None
    ) -> AsyncGenerator[PaceEvent, None]:
        """Follow pace."""
        return _following(info, choose, after, lambda change: PaceEvent(change=change), _is_about_pace)

    @subscribed(
        "Every run over many accounts that begins, gets on or ends, as it stands then. Without `after` those that go "
        "on come first, the newest 50."
    )
    async def run_changed(
        self, info: Info, choose: ChosenRuns = None, after: AfterCursor = None
    ) -> AsyncGenerator[RunEvent, None]:
        """Follow runs."""
        actor = info.context.actor
        require(actor, Capability.READ)
        require(actor, Capability.READ_HISTORY)
        given = choose or RunFilter()
        source = RunSource(
            show=lambda change: RunEvent(change=change),
            ids=given.chosen(),
            kinds=frozenset(given.kinds or ()),
            after=None if after is None else run_position_of(actor, after),
        )
        return cast("AsyncGenerator[RunEvent, None]", source)


def _is_about_pace(change: Change) -> bool:
    return change.record.kind is RecordKind.PACE_CHANGED


def _following(
    info: Info,
    choose: ChangeFilter | None,
    after: str | None,
    show: Callable[[Change], Event],
    about: Callable[[Change], bool],
) -> AsyncGenerator[Event, None]:
    actor = info.context.actor
    require(actor, Capability.READ)
    require(actor, Capability.READ_HISTORY)
    given = choose or ChangeFilter()
    source = Source(
        show=show,
        about=about,
        accounts=given.chosen(),
        ids=given.ids(),
        kinds=frozenset(given.kinds or ()),
        after=None if after is None else position_of(actor, after),
    )
    # Strawberry reads the field's type from this one; graphql-core asks for any asynchronous iterator.
    return cast("AsyncGenerator[Event, None]", source)
