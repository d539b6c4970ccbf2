"""The one reader of the feed in a process, and everybody who listens to it."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from contextvars import Context

import orjson
from graphql import ExecutionResult, GraphQLError
from graphql.execution import Executor, create_source_event_stream
from strawberry.utils.await_maybe import await_maybe

from api.gate import Gate, Prepared
from api.live.group import Group, GroupKey, Member, Place, key_of
from api.live.sink import Sink
from api.payloads import not_run
from api.sources import RunSource, Source
from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.errors import StoreFailed
from lifecycle_fsm.services.feed import Change, Position, changes_after, feed_position
from lifecycle_fsm.services.run_feed import RunChange, RunPosition, going_runs, run_changes_after, run_feed_position
from lifecycle_fsm.services.tokens import ended_tokens
from lifecycle_fsm.telemetry import metrics

_READER = Actor("feed", frozenset({Role.VIEWER}))
_AT_ONCE = 500
_RUNS_EVERY = 0.25
_PAUSE_AFTER_FAULT = 1.0
_CHECK_TOKENS_EVERY = 2.0
MOST_SUBSCRIPTIONS = 10_000
_LOG = logging.getLogger("api")

Leave = Callable[[], None]
"""What ends a subscription."""


class Hub:
    """
    Read the feed while anybody listens, and give each change to those who ask for it.

    However many clients there are, one statement reads the feed, one execution serves
    all subscriptions that ask the same, and one more statement now and then finds out
    whose tokens have ended.
    """

    def __init__(self, gate: Gate, *, pause: float = 0.05) -> None:
        self._gate = gate
        self._pause = pause
        self._groups: dict[GroupKey, Group] = {}
        self._position: Position | None = None
        self._task: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._next_check = 0.0
        self._next_runs = 0.0
        self._run_position: RunPosition | None = None

    @property
    def subscriptions(self) -> int:
        """How many subscriptions there are."""
        return sum(len(group.members) for group in self._groups.values())

    @property
    def groups(self) -> int:
        """How many different ones there are."""
        return len(self._groups)

    async def join(self, prepared: Prepared, sink: Sink) -> Leave | Mapping[str, object]:
        """Begin a subscription and give what ends it, or the answer that says why it cannot begin."""
        source = await self._source(prepared)
        if not isinstance(source, Source | RunSource):
            return source
        await self._start()
        key = key_of(prepared)
        group = self._groups.setdefault(key, Group(self._gate, prepared, source))
        catches_up = source.after is not None or isinstance(source, RunSource)
        member = Member(sink, prepared.identity, deque() if catches_up else None)
        group.members.add(member)
        catching_up = asyncio.create_task(self._catch_up(group, member, source.after)) if catches_up else None

        def leave() -> None:
            if catching_up is not None:
                catching_up.cancel()
            self._remove(key, group, member)

        return leave

    def end_streams(self) -> None:
        """Tell the streams that the process stops; sockets are closed by the server, with a code that says so."""
        errors = _errors("restarting", "The server restarts; subscribe again from your last cursor.")
        for group in tuple(self._groups.values()):
            for member in tuple(group.members):
                member.sink.restart(errors)

    async def close(self) -> None:
        """End every subscription and stop reading."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _source(self, prepared: Prepared) -> Source[object] | RunSource[object] | Mapping[str, object]:
        if self.subscriptions >= MOST_SUBSCRIPTIONS:
            error = GraphQLError("The server has too many subscriptions.", extensions={"code": "too_many"})
            return not_run([error])
        assert prepared.document.ast is not None
        executor = Executor.build(
            self._gate.graphql,
            prepared.document.ast,
            context_value=self._gate.context_for(prepared.identity),
            raw_variable_values=prepared.incoming.variables,
            operation_name=prepared.operation.name.value if prepared.operation.name else None,
        )
        if isinstance(executor, list):
            return not_run(executor)
        found = await await_maybe(create_source_event_stream(executor))
        if isinstance(found, ExecutionResult):
            return not_run(found.errors or [])
        assert isinstance(found, Source | RunSource)
        return found

    async def _start(self) -> None:
        """Begin to read the feed at its end, unless that goes on already."""
        async with self._starting:
            if self._task is None or self._task.done():
                self._position = await self._gate.threads.run(feed_position, self._gate.world, _READER)
                self._run_position = await self._gate.threads.run(run_feed_position, self._gate.world, _READER)
                # Outside of the request that happens to be the first: it reads for all that come.
                self._task = asyncio.create_task(self._read(), context=Context())

    def _remove(self, key: GroupKey, group: Group, member: Member) -> None:
        group.members.discard(member)
        if not group.members and self._groups.get(key) is group:
            del self._groups[key]

    async def _read(self) -> None:
        """Go on until nobody listens; whatever stops it ends the subscriptions, so that clients come again."""
        try:
            await self._read_on()
        finally:
            for group in tuple(self._groups.values()):
                for member in tuple(group.members):
                    member.sink.end(_errors("interrupted", "The stream was interrupted; go on from your last cursor."))

    async def _read_on(self) -> None:
        """Read as long as anybody listens; a store that does not answer is asked again."""
        while self._groups:
            try:
                has_more = await self._deliver()
                await self._deliver_runs()
                await self._end_tokens()
            except StoreFailed as failed:
                _LOG.warning("the feed cannot be read", extra={"fields": {"code": failed.code}})
                await asyncio.sleep(_PAUSE_AFTER_FAULT)
                continue
            if not has_more:
                await asyncio.sleep(self._pause)

    async def _deliver(self) -> bool:
        """Read one page of changes and deliver it; whether there may be more at once."""
        assert self._position is not None
        changes = await self._gate.threads.run(changes_after, self._gate.world, _READER, self._position, _AT_ONCE)
        for change in changes:
            for group in tuple(self._groups.values()):
                await group.deliver(change)
            self._position = change.position
            metrics.FEED_LAG.observe(max((self._gate.world.clock() - change.record.recorded_at).total_seconds(), 0))
        return len(changes) == _AT_ONCE

    async def _deliver_runs(self) -> None:
        """Read a page of runs that changed and give them to whoever follows runs, a few times a second."""
        now = asyncio.get_running_loop().time()
        if now < self._next_runs or not any(isinstance(each.source, RunSource) for each in self._groups.values()):
            return
        assert self._run_position is not None
        changes = await self._gate.threads.run(
            run_changes_after, self._gate.world, _READER, self._run_position, _AT_ONCE
        )
        for change in changes:
            for group in tuple(self._groups.values()):
                await group.deliver(change)
            self._run_position = change.position
        self._next_runs = now if len(changes) == _AT_ONCE else now + _RUNS_EVERY

    async def _catch_up(self, group: Group, member: Member, after: Place | None) -> None:
        """Read what one member missed, then let it join the others where it stands."""
        try:
            position = await self._begin_with_going(group, member) if after is None else after
            while changes := await self._missed(position):
                await _tell(group, member, changes)
                position = changes[-1].position
        except StoreFailed as failed:
            member.sink.end(_errors(failed.code, "The feed cannot be read; subscribe again from your last cursor."))
            return
        member.join_the_others(position)

    async def _begin_with_going(self, group: Group, member: Member) -> Place:
        """Tell a member about the runs that go on, and give the place that it has come to."""
        position, going = await self._gate.threads.run(going_runs, self._gate.world, _READER)
        await _tell(group, member, going)
        return position

    async def _missed(self, position: Place) -> Sequence[Change | RunChange]:
        """The next page of what comes after a place."""
        threads, world = self._gate.threads, self._gate.world
        if isinstance(position, RunPosition):
            return await threads.run(run_changes_after, world, _READER, position, _AT_ONCE)
        return await threads.run(changes_after, world, _READER, position, _AT_ONCE)

    async def _end_tokens(self) -> None:
        """End the subscriptions whose token has run out or was revoked."""
        now = asyncio.get_running_loop().time()
        if now < self._next_check:
            return
        self._next_check = now + _CHECK_TOKENS_EVERY
        members = [member for group in self._groups.values() for member in group.members]
        keys = {member.identity.key for member in members if member.identity.is_ours}
        ended = await self._gate.threads.run(ended_tokens, self._gate.world, keys)
        present = self._gate.world.clock()
        for member in members:
            if member.identity.key in ended or not member.identity.is_valid(present):
                self._gate.forget(member.identity)
                member.sink.expel(_errors("unauthenticated", "The token has expired or was revoked."))


async def _tell(group: Group, member: Member, changes: Sequence[Change | RunChange]) -> None:
    """Give one member what is asked for of changes that it missed."""
    for change in changes:
        payload = await group.payload(change)
        if payload is not None:
            member.sink.next(payload)


def _errors(code: str, message: str) -> bytes:
    return orjson.dumps(not_run([GraphQLError(message, extensions={"code": code})])["errors"])
