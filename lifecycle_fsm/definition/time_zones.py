"""The time zone of a segment's accounts: a fact that names it, one for all, or one for those without a fact."""

from dataclasses import replace

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import nearest
from lifecycle_fsm.definition.document import Document, without_empty
from lifecycle_fsm.definition.nodes import Node, TableNode
from lifecycle_fsm.definition.scope import Scope
from lifecycle_fsm.definition.tables import read_table
from lifecycle_fsm.definition.values import read_text
from lifecycle_fsm.domain.article import one
from lifecycle_fsm.domain.fields import FieldKind, local_day_field
from lifecycle_fsm.domain.zones import TimeZone, find_zone, zone_names
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.guards.mapping import mapped
from lifecycle_fsm.guards.model import Guard, Leaf, LocalDays, Reading

TIME_ZONE_KEYS = ("fact", "default")
_COUNTING_DAYS = frozenset({Reading.DAYS_UNTIL, Reading.DAYS_SINCE})


def read_time_zone(node: Node | None, scope: Scope) -> TimeZone | None:
    """`Europe/Berlin`, or `{fact: account.time_zone, default: Europe/Berlin}`; None for none, or after a report."""
    if node is None:
        return None
    if not isinstance(node, TableNode):
        name = _zone_name(node, scope)
        return None if name is None else TimeZone(default=name)
    table = read_table(node, scope.findings, "`time_zone`", TIME_ZONE_KEYS, ("fact",))
    named, otherwise = (None, None) if table is None else (table.get("fact"), table.get("default"))
    fact = None if named is None else _text_fact(named, scope)
    default = None if otherwise is None else _zone_name(otherwise, scope)
    return None if fact is None else TimeZone(fact, default)


def time_zone_document(declared: TimeZone | None) -> Document:
    """The time zone as a segment writes it; empty for none."""
    if declared is None:
        return ""
    default = declared.default or ""
    return default if declared.fact is None else without_empty({"fact": declared.fact, "default": default})


def in_its_zone(machine: Machine) -> Machine:
    """
    The machine with the days of all its conditions counted in its time zone, where it declares one.

    Not those of `applies_to`: which segment has an account is asked before any zone counts.
    """
    declared = machine.time_zone
    if declared is None:
        return machine

    def local(guard: Guard) -> Guard:
        return mapped(guard, lambda leaf: _counting_locally(leaf, declared))

    def maybe(guard: Guard | None) -> Guard | None:
        return None if guard is None else local(guard)

    return replace(
        machine,
        transitions=tuple(replace(each, when=local(each.when)) for each in machine.transitions),
        alerts=tuple(
            replace(
                alert,
                when=local(alert.when),
                clear_when=maybe(alert.clear_when),
                levels=tuple(replace(level, when=maybe(level.when)) for level in alert.levels),
            )
            for alert in machine.alerts
        ),
        cta_rules=tuple(replace(rule, close_when=maybe(rule.close_when)) for rule in machine.cta_rules),
        achievements=tuple(replace(each, when=local(each.when)) for each in machine.achievements),
        derivations={
            key: replace(each, cases=tuple(replace(case, when=local(case.when)) for case in each.cases))
            for key, each in machine.derivations.items()
        },
    )


def _counting_locally(leaf: Leaf, declared: TimeZone) -> Leaf:
    subject = leaf.subject
    if subject.reading not in _COUNTING_DAYS:
        return leaf
    day = subject.field if subject.field.kind is FieldKind.DAY else local_day_field(subject.field)
    return replace(leaf, subject=replace(subject, field=day, local=LocalDays(declared, subject.field)))


def _text_fact(node: Node, scope: Scope) -> str | None:
    fact = scope.fact(node)
    if fact is None or fact.kind is FieldKind.TEXT:
        return None if fact is None else fact.key
    message = f"a text such as Europe/Berlin is due here; the fact {fact.key!r} is {one(fact.kind)}"
    scope.findings.error(Code.WRONG_SUBJECT, node.span, message)
    return None


def _zone_name(node: Node, scope: Scope) -> str | None:
    name = read_text(node, scope.findings)
    if name is None or find_zone(name) is not None:
        return name
    message = f"there is no time zone {name!r}; write an IANA name such as Europe/Berlin or UTC"
    scope.findings.error(Code.UNKNOWN_TIME_ZONE, node.span, message, suggestion=nearest(name, sorted(zone_names())))
    return None
