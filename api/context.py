"""What resolvers have at hand: the actor, a way to call services, and loaders."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import cached_property, wraps
from typing import Concatenate, ParamSpec, TypeVar

import strawberry

from api.loaders import Loaders
from api.threads import Threads
from lifecycle_fsm.domain.access import Actor
from lifecycle_fsm.domain.errors import LifecycleError
from lifecycle_fsm.services.feed import live_cursor
from lifecycle_fsm.services.quick import Quick, QuickReader, reader_for
from lifecycle_fsm.services.reports.present import present
from lifecycle_fsm.services.world import World

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class Context:
    """Hold what one request works with."""

    def __init__(self, world: World, actor: Actor, threads: Threads, quick: Quick | None = None) -> None:
        self.actor = actor
        self._world = world
        self._threads = threads
        self._quick = quick
        self.is_planned = False
        self.live_cursor: str | None = None

    async def note_live_cursor(self) -> None:
        """Remember the place in the feed before anything is read; whoever may not ask is told so at the field."""
        with suppress(LifecycleError):
            self.live_cursor = await self.call(live_cursor)

    @cached_property
    def loaders(self) -> Loaders:
        """The request's loaders; what they have loaded lives as long as the request."""
        return Loaders(self.call)

    @property
    def reader(self) -> QuickReader | None:
        """A quick way to read for operations that have a plan; None where the services have to read."""
        return reader_for(self._world, self.actor, self._quick) if self.is_planned else None

    def present(self) -> datetime:
        """
        The present instant for whoever may read.

        Raises:
            Forbidden: the actor may not.
        """
        return present(self._world, self.actor)

    async def call(
        self,
        service: Callable[Concatenate[World, Actor, Arguments], Answer],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Answer:
        """Call a service for the actor in a thread; it is one transaction."""
        return await self._threads.run(service, self._world, self.actor, *args, **kwargs)

    async def change(
        self,
        service: Callable[Concatenate[World, Actor, Arguments], Answer],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Answer:
        """Call a service that writes, unless nobody may for now, and forget what was loaded before it."""
        try:
            return await self.call(_unless_read_only(service), *args, **kwargs)
        finally:
            self.__dict__.pop("loaders", None)


def _unless_read_only(
    service: Callable[Concatenate[World, Actor, Arguments], Answer],
) -> Callable[Concatenate[World, Actor, Arguments], Answer]:
    """The service, but refused before it looks at anything where nobody may write: the code is the same for all."""

    @wraps(service)
    def guarded(world: World, actor: Actor, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        world.database.stop_if_read_only()
        return service(world, actor, *args, **kwargs)

    return guarded


Info = strawberry.Info[Context, None]
"""What strawberry hands to a resolver."""
