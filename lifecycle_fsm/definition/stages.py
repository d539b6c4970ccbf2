"""Stages and their exits, from a definition."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Related
from lifecycle_fsm.definition.effects import read_effects
from lifecycle_fsm.definition.nodes import Node, TableNode, TextNode
from lifecycle_fsm.definition.scope import Scope
from lifecycle_fsm.definition.selectors import STAGE_ENTRY
from lifecycle_fsm.definition.tables import Table, named_entries, read_table, span_at
from lifecycle_fsm.definition.transitions import KEYS, Exits
from lifecycle_fsm.definition.values import items_of, read_flag
from lifecycle_fsm.domain.fields import FieldKind
from lifecycle_fsm.engine.machine import ExpectedMilestone, Stage, Transition

STAGE_KEYS = (
    "title",
    "final",
    "expected",
    "stuck",
    "milestones",
    "on_enter",
    "on_exit",
    "on_behind",
    "on_stuck",
    "transitions",
)
EXPECTED_KEYS = ("milestone", "within", "of", "on_missed")


def title_of(key: str) -> str:
    """A name for people when the text gives none: `new_customer` is `New customer`."""
    return key.replace("_", " ").replace(".", " ").capitalize()


def stage_titles(node: Node | None) -> Mapping[str, str] | None:
    """The stages by key before anything in them is read; None when they cannot be read."""
    if not isinstance(node, TableNode) or not node.entries:
        return None
    return {entry.key.text: _title(entry.node) or title_of(entry.key.text) for entry in node.entries}


def _title(node: Node) -> str | None:
    title = node.get("title") if isinstance(node, TableNode) else None
    return title.text if isinstance(title, TextNode) else None


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages in the order of the text, and their exits: first their own, then those from everywhere."""

    by_key: Mapping[str, Stage]
    transitions: tuple[Transition, ...]


def read_stages(node: Node, everywhere: Node | None, min_dwell_ms: int, scope: Scope) -> Stages:
    """Read all stages; `everywhere` lists exits of every stage that is not final."""
    tables = dict(_tables(node, scope))
    stages = {key: _stage(key, table, scope) for key, table in tables.items()}
    shared = [_Shared.of(item, scope) for item in (items_of(everywhere, scope.findings) if everywhere else ())]
    transitions: list[Transition] = []
    for key, table in tables.items():
        exits = Exits(key, scope, min_dwell_ms)
        own = [exits.read(item) for item in table.items("transitions")]
        extra = [] if stages[key].final else [each.out_of(exits) for each in shared if each is not None]
        transitions.extend(_without_repeats([*own, *extra], table, scope))
    return Stages(stages, tuple(transitions))


def _tables(node: Node, scope: Scope) -> Iterator[tuple[str, Table]]:
    for key, body in named_entries(node, scope.findings, "`stages`"):
        scope.positions.mark(f"stages.{key.text}", key)
        table = read_table(body, scope.findings, "a stage", STAGE_KEYS)
        if table is not None:
            yield key.text, table


def _stage(key: str, table: Table, scope: Scope) -> Stage:
    for entry in table.node.entries:
        scope.positions.mark(f"stages.{key}.{entry.key.text}", entry.node)
    milestones = (_expected(item, scope) for item in table.items("milestones"))
    return Stage(
        key=key,
        title=table.text("title") or title_of(key),
        final=table.read("final", read_flag) or False,
        expected=span_at(table, "expected"),
        stuck=span_at(table, "stuck"),
        milestones=tuple(milestone for milestone in milestones if milestone is not None),
        on_enter=read_effects(table.get("on_enter"), scope),
        on_exit=read_effects(table.get("on_exit"), scope),
        on_behind=read_effects(table.get("on_behind"), scope),
        on_stuck=read_effects(table.get("on_stuck"), scope),
    )


def _expected(node: Node, scope: Scope) -> ExpectedMilestone | None:
    required = ("milestone", "within")
    table = read_table(node, scope.findings, "an expected milestone", EXPECTED_KEYS, required)
    named = table.get("milestone") if table is not None else None
    if table is None or named is None:
        return None
    milestone, within = scope.milestone(named), span_at(table, "within")
    start, on_missed = _start(table, scope), read_effects(table.get("on_missed"), scope)
    if milestone is None or within is None:
        return None
    return ExpectedMilestone(milestone.key, within, start, on_missed)


def _start(table: Table, scope: Scope) -> str | None:
    """The dated fact that `of` names, None for the entry of the stage."""
    node = table.get("of")
    if node is None or (isinstance(node, TextNode) and node.text == STAGE_ENTRY):
        return None
    fact = scope.fact(node)
    if fact is not None and fact.kind not in {FieldKind.DAY, FieldKind.INSTANT}:
        message = f"the fact {fact.key!r} is no date, so no time can be counted from it"
        scope.findings.error(Code.UNKNOWN_DATE, node.span, message)
        return None
    return None if fact is None else fact.key


@dataclass(frozen=True, slots=True)
class _Shared:
    """A transition out of every stage but its target, the final ones and the excepted ones."""

    table: Table
    exempt: frozenset[str]

    @classmethod
    def of(cls, node: Node, scope: Scope) -> "_Shared | None":
        required = ("key", "to")
        table = read_table(node, scope.findings, "a transition from everywhere", (*KEYS, "except"), required)
        if table is None:
            return None
        excepted = {scope.stage(item) for item in table.items("except")}
        target = table.get("to")
        if isinstance(target, TextNode):
            excepted.add(target.text)
        return cls(table, frozenset(stage for stage in excepted if stage is not None))

    def out_of(self, exits: Exits) -> Transition | None:
        return None if exits.source in self.exempt else exits.transition(self.table)


def _without_repeats(found: list[Transition | None], table: Table, scope: Scope) -> Iterator[Transition]:
    seen: dict[str, Transition] = {}
    for transition in found:
        if transition is None:
            continue
        if transition.key in seen:
            _report_repeat(transition, table, scope)
        else:
            seen[transition.key] = transition
            yield transition


def _report_repeat(transition: Transition, table: Table, scope: Scope) -> None:
    path = f"stages.{transition.source}.transitions.{transition.key}.key"
    first = next(
        (
            key
            for item in table.items("transitions")
            if isinstance(item, TableNode)
            and isinstance(key := item.get("key"), TextNode)
            and key.text == transition.key
        ),
        None,
    )
    related = (Related("first here", first.span),) if first is not None else ()
    message = f"the stage {transition.source!r} has two transitions {transition.key!r}; history needs one name for each"
    scope.findings.error(Code.DUPLICATE_TRANSITION, scope.positions.span(path), message, related=related)
