"""Operators of a definition, such as `at_least: 60`, to tests."""

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings, nearest
from lifecycle_fsm.definition.nodes import Entry, Node, TableNode, start_of
from lifecycle_fsm.definition.scales import EQUAL, KNOWN, OPERATORS, RANGE, Bound, Scale
from lifecycle_fsm.definition.values import items_of, read_flag
from lifecycle_fsm.domain.article import one
from lifecycle_fsm.guards.model import Known, OneOf, Test, Within


def read_test(table: TableNode, scale: Scale, findings: Findings) -> Test | None:
    """The one test that a leaf's table has; None after a report."""
    operator = the_operator(table, scale.operators, findings)
    if operator is None:
        return None
    word = operator.key.text
    if word not in scale.operators:
        report_wrong_operator(operator, scale, findings)
        return None
    if word in RANGE:
        return _range(word, operator.node, scale, findings)
    if word in EQUAL:
        return _one_of(word, operator.node, scale, findings)
    return known(word, operator.node, findings)


def the_operator(table: TableNode, allowed: tuple[str, ...], findings: Findings) -> Entry | None:
    """The only operator of a table; None after a report."""
    found = [entry for entry in table.entries if entry.key.text in OPERATORS]
    if not found:
        if not _is_misspelt(table):
            message = f"a condition needs an operator: {', '.join(allowed)}"
            findings.error(Code.NO_OPERATOR, start_of(table), message)
        return None
    if len(found) > 1:
        message = "a condition has one operator; use `between`, or two conditions under `all`"
        findings.error(Code.SEVERAL_OPERATORS, found[1].key.span, message)
        return None
    return found[0]


def _is_misspelt(table: TableNode) -> bool:
    """Whether an unknown key, which is reported by itself, was meant to be the operator."""
    return any(nearest(entry.key.text, OPERATORS) is not None for entry in table.entries)


def report_wrong_operator(operator: Entry, scale: Scale, findings: Findings) -> None:
    """Report an operator that this kind of value is not compared with."""
    message = f"{one(scale.name)} is compared with {', '.join(scale.operators)}, not with {operator.key.text!r}"
    findings.error(Code.WRONG_OPERATOR, operator.key.span, message)


def _range(word: str, node: Node, scale: Scale, findings: Findings) -> Within | None:
    if word == "between":
        return _between(node, scale, findings)
    bound = scale.bound(node, findings)
    return None if bound is None else one_sided(word, bound)


def one_sided(word: str, bound: Bound) -> Within:
    """The interval of `at_least`, `above`, `at_most` or `below`."""
    if word in {"at_least", "above"}:
        return Within(low=bound, low_open=word == "above")
    return Within(high=bound, high_open=word == "below")


def _between(node: Node, scale: Scale, findings: Findings) -> Within | None:
    items = items_of(node, findings)
    if not items:
        return None
    if len(items) != 2:  # noqa: PLR2004
        findings.error(Code.WRONG_TYPE, node.span, "`between` takes two values, such as [0, 90]; both are included")
        return None
    low, high = (scale.bound(item, findings) for item in items)
    if low is None or high is None:
        return None
    if low > high:
        findings.error(Code.EMPTY_INTERVAL, node.span, "nothing lies between these; write the lower value first")
        return None
    return Within(low, high)


def _one_of(word: str, node: Node, scale: Scale, findings: Findings) -> OneOf | None:
    nodes = items_of(node, findings) if word in {"in", "not_in"} else (node,)
    values = [scale.value(item, findings) for item in nodes]
    known_values = tuple(value for value in values if value is not None)
    if not values or len(known_values) < len(values):
        return None
    return OneOf(known_values, negated=word in {"is_not", "not_in"})


def known(word: str, node: Node, findings: Findings) -> Known | None:
    """The test of `is_known` or `is_unknown`, which take `true`."""
    flag = read_flag(node, findings)
    return None if flag is None else Known(flag == (word == KNOWN[0]))
