"""Subscriptions that ask the same with the same rights: executed once, delivered to each."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import orjson
from graphql import execute
from strawberry.utils.await_maybe import await_maybe

from api.gate import Gate, Prepared
from api.live.sink import Sink
from api.payloads import written
from api.sources import RunSource, Source
from lifecycle_fsm.services.feed import Change, Position
from lifecycle_fsm.services.run_feed import RunChange, RunPosition
from lifecycle_fsm.services.tokens import Identity

Place = Position | RunPosition
"""Where a change stands in what a subscription follows: the log, or the runs."""


def lies_behind(position: Place, reached: Place) -> bool:
    """Whether a change comes after a place; both are of one subscription, and so of one kind."""
    if isinstance(position, RunPosition):
        assert isinstance(reached, RunPosition)
        return position > reached
    assert isinstance(reached, Position)
    return position > reached


@dataclass(eq=False)
class Member:
    """
    One subscription; while it catches up, what the others get at once waits in `held`.

    It has been given everything up to `reached`; a change that was being executed while
    it caught up is not given again.
    """

    sink: Sink
    identity: Identity
    held: deque[tuple[Place, bytes]] | None = None
    reached: Place | None = None

    def give(self, position: Place, payload: bytes) -> None:
        """Give the answer for a change, now or once it has caught up."""
        if self.held is not None:
            self.held.append((position, payload))
        elif self.reached is None or lies_behind(position, self.reached):
            self.sink.next(payload)

    def join_the_others(self, reached: Place) -> None:
        """Give what waited and is new, and everything that comes at once."""
        held, self.held, self.reached = self.held or (), None, reached
        for position, payload in held:
            self.give(position, payload)


@dataclass(eq=False)
class Group:
    """Execute an operation for a change and give the same bytes to every member."""

    gate: Gate
    prepared: Prepared
    source: Source[object] | RunSource[object]
    members: set[Member] = field(default_factory=set)

    async def deliver(self, change: Change | RunChange) -> None:
        """Give a change to every member, if this subscription asks for it."""
        payload = await self.payload(change)
        if payload is not None:
            for member in tuple(self.members):
                member.give(change.position, payload)

    async def payload(self, change: Change | RunChange) -> bytes | None:
        """The answer for a change; None where it is not asked for, or may not be seen."""
        source, portfolio = self.source, self.prepared.identity.actor.portfolio
        match change:
            case RunChange() if isinstance(source, RunSource) and source.takes(change):
                return await self.execute(source.show(change))
            case Change() if isinstance(source, Source) and source.takes(change, portfolio):
                return await self.execute(source.show(change))
        return None

    async def execute(self, event: object) -> bytes:
        """The answer for one event, as JSON; loaders are new each time, so nothing old is shown."""
        prepared = self.prepared
        assert prepared.document.ast is not None
        result = await await_maybe(
            execute(
                self.gate.graphql,
                prepared.document.ast,
                root_value=event,
                context_value=self.gate.context_for(prepared.identity),
                variable_values=prepared.incoming.variables,
                operation_name=prepared.operation.name.value if prepared.operation.name else None,
                executor_class=self.gate.schema.execution_context_class,
            )
        )
        return orjson.dumps(written(result))


GroupKey = tuple[str, str | None, bytes, object]


def key_of(prepared: Prepared) -> GroupKey:
    """What two subscriptions share that get the same bytes; where they begin makes no difference."""
    incoming, actor = prepared.incoming, prepared.identity.actor
    kept = {name: value for name, value in incoming.variables.items() if name not in cursors_of(prepared)}
    variables = orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)
    return prepared.text, incoming.operation_name, variables, (actor.roles, actor.portfolio)


def cursors_of(prepared: Prepared) -> frozenset[str]:
    """The variables of an operation that are used as the root's `after`, and nowhere else."""
    used = [*_variables(prepared.operation.to_dict(), lambda key: key == "variable_definitions")]
    starts = set(_variables(_after_arguments(prepared), lambda _: False))
    return frozenset(name for name in starts if used.count(name) == 1)


def _after_arguments(prepared: Prepared) -> list[object]:
    selections = prepared.operation.selection_set.to_dict()["selections"]
    return [
        argument
        for field in selections
        for argument in (field.get("arguments") or ())
        if argument["name"]["value"] == "after"
    ]


def _variables(node: object, is_skipped: Callable[[str], bool]) -> list[str]:
    """The names of all variables below a node of a document written as JSON."""
    if isinstance(node, list | tuple):
        return [name for each in node for name in _variables(each, is_skipped)]
    if not isinstance(node, dict):
        return []
    if node.get("kind") == "variable":
        return [str(node["name"]["value"])]
    return [name for key, each in node.items() if not is_skipped(key) for name in _variables(each, is_skipped)]
