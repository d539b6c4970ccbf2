"""Milestones that data dates, from a definition."""

from collections.abc import Iterator

from lifecycle_fsm.definition.guard_text import read_guard
from lifecycle_fsm.definition.nodes import Node
from lifecycle_fsm.definition.scope import Scope
from lifecycle_fsm.definition.tables import named_entries, read_table
from lifecycle_fsm.engine.machine import Achievement

KEYS = ("when", "stages")


def read_achievements(node: Node | None, scope: Scope) -> Iterator[Achievement]:
    """The milestones in the order of the text, each with the condition that dates it."""
    for key, body in named_entries(node, scope.findings, "`milestones`"):
        milestone = scope.milestone(key)
        table = read_table(body, scope.findings, "a milestone that data dates", KEYS, required=("when",))
        condition = None if table is None else table.get("when")
        if table is None or condition is None:
            continue
        path = f"milestones.{key.text}"
        scope.positions.mark(path, key)
        scope.positions.mark(f"{path}.when", condition)
        stages = [scope.stage(item) for item in table.items("stages")]
        when = read_guard(condition, scope, f"{path}.when")
        if milestone is not None and when is not None:
            yield Achievement(milestone.key, when, tuple(stage for stage in stages if stage is not None))
