"""A plan: what one operation reads and writes, level by level."""

from asyncio import gather
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from graphql.execution.values import VariableValues

from api.asked import Slots
from api.context import Context
from lifecycle_fsm.telemetry import traces


@dataclass(frozen=True, slots=True)
class Run:
    """What one run is given."""

    context: Context
    values: VariableValues


@dataclass(frozen=True, slots=True)
class Step:
    """
    One relation: objects wait in `slot`, their half-made answers in the one after it.

    `field` is the field of the schema, as in `Account.history`, `key` what the answer calls
    it. `load` gives the values of all objects, `complete` turns one into its answer.
    """

    field: str
    key: str
    slot: int
    load: Callable[[Sequence[object], Slots], Awaitable[Sequence[object]]]
    complete: Callable[[object, Slots], object]


@dataclass(frozen=True, slots=True)
class Plan:
    """
    Functions generated for one operation.

    `begin` answers the root and leaves what has to be waited for in the slots; `steps`
    are taken whenever objects wait for them, those of one level together.
    """

    makers: tuple[Callable[[Run], object], ...]
    begin: Callable[[object, Slots], dict[str, object]]
    steps: tuple[Step, ...]

    async def run(self, given: Run) -> dict[str, object]:
        """
        Answer the operation.

        Raises:
            Exception: whatever a resolver raised, or Surprise.
        """
        slots = [make(given) for make in self.makers]
        data = self.begin(None, slots)
        while ready := [step for step in self.steps if slots[step.slot]]:
            await _take(ready, slots)
        return data


async def _take(ready: Sequence[Step], slots: Slots) -> None:
    """Take the steps of one level."""
    waiting: list[tuple[Step, list[object], list[dict[str, object]]]] = []
    for step in ready:
        waiting.append((step, slots[step.slot], slots[step.slot + 1]))  # type: ignore[arg-type] # lists, as the compiler makes them
        slots[step.slot], slots[step.slot + 1] = [], []
    load = _load if traces.here() is None else _traced
    if len(waiting) == 1:
        found = [await load(ready[0], waiting[0][1], slots)]
    else:
        found = await gather(*(load(step, objects, slots) for step, objects, _ in waiting))
    for (step, _, answers), values in zip(waiting, found, strict=True):
        complete, key = step.complete, step.key
        for answer, value in zip(answers, values, strict=True):
            answer[key] = complete(value, slots)


def _load(step: Step, objects: Sequence[object], slots: Slots) -> Awaitable[Sequence[object]]:
    return step.load(objects, slots)


async def _traced(step: Step, objects: Sequence[object], slots: Slots) -> Sequence[object]:
    about = {"lifecycle.graphql.field": step.field, "lifecycle.graphql.objects": len(objects)}
    with traces.within(step.field, about):
        return await step.load(objects, slots)
