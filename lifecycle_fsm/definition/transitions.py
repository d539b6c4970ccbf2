"""Exits of stages, from a definition."""

from collections.abc import Iterator
from dataclasses import dataclass

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.effects import read_effects
from lifecycle_fsm.definition.guard_text import read_guard
from lifecycle_fsm.definition.nodes import ListNode, Node, TableNode
from lifecycle_fsm.definition.scope import Scope
from lifecycle_fsm.definition.subjects import read_milestone
from lifecycle_fsm.definition.tables import Table, read_table
from lifecycle_fsm.definition.values import items_of, read_duration, read_name, read_whole
from lifecycle_fsm.engine.machine import AUTO, Transition, TransitionKind
from lifecycle_fsm.guards.model import ALWAYS, Guard, Known, Leaf

KEYS = ("key", "to", "kind", "trigger", "requires", "when", "after", "min_dwell", "priority", "do")


@dataclass(frozen=True, slots=True)
class Exits:
    """Read the transitions of one stage; `final` are the stages that have none."""

    source: str
    scope: Scope
    min_dwell_ms: int

    def read(self, node: Node) -> Transition | None:
        """One transition; None after a report."""
        table = read_table(node, self.scope.findings, "a transition", KEYS, required=("key", "to"))
        return None if table is None else self.transition(table)

    def transition(self, table: Table) -> Transition | None:
        """One transition from a table whose keys have been checked."""
        key, target = table.read("key", read_name), self._target(table)
        path = f"stages.{self.source}.transitions.{key}"
        self.scope.positions.mark(path, table.node)
        self._mark_parts(table, path)
        own_dwell = table.read("min_dwell", read_duration)
        transition = Transition(
            key=key or "",
            source=self.source,
            target=target or "",
            kind=table.word("kind", TransitionKind) or TransitionKind.ADVANCE,
            triggers=read_triggers(table),
            when=self._when(table, path) or ALWAYS,
            requires=tuple(self._requires(table, path)),
            priority=table.read("priority", read_whole) or 0,
            after_ms=table.read("after", read_duration),
            min_dwell_ms=self.min_dwell_ms if own_dwell is None else own_dwell,
            effects=read_effects(table.get("do"), self.scope),
        )
        return None if key is None or target is None else transition

    def _target(self, table: Table) -> str | None:
        node = table.get("to")
        assert node is not None
        return self.scope.stage(node)

    def _mark_parts(self, table: Table, path: str) -> None:
        for entry in table.node.entries:
            self.scope.positions.mark(f"{path}.{entry.key.text}", entry.node)

    def _when(self, table: Table, path: str) -> Guard | None:
        node = table.get("when")
        return None if node is None else read_guard(node, self.scope, f"{path}.when")

    def _requires(self, table: Table, path: str) -> Iterator[Leaf]:
        for index, node in enumerate(table.items("requires")):
            leaf = read_required(node, self.scope, f"{path}.requires.{index}")
            if leaf is not None:
                yield leaf


def read_required(node: Node, scope: Scope, path: str) -> Leaf | None:
    """A milestone that must be reached: its name, or a condition on it."""
    scope.positions.mark(path, node)
    if isinstance(node, TableNode) and node.get("milestone") is not None:
        guard = read_guard(node, scope, path)
        return guard if isinstance(guard, Leaf) else None
    if isinstance(node, TableNode):
        message = "`requires` lists milestones; write other conditions under `when`"
        scope.findings.error(Code.WRONG_SUBJECT, node.span, message)
        return None
    asked = read_milestone(Table(TableNode((), node.span), scope.findings), node, scope)
    return None if asked is None else Leaf(asked.subject, Known())


def read_triggers(table: Table) -> tuple[str, ...]:
    """The triggers of a transition, one or a list; without any it is data that moves."""
    node = table.get("trigger")
    if node is None:
        return (AUTO,)
    items = items_of(node, table.findings) if isinstance(node, ListNode) else (node,)
    names = (read_name(item, table.findings) for item in items)
    return tuple(dict.fromkeys(name for name in names if name is not None))
