"""The measures of a catalog: what is recorded about accounts, and what is derived from it."""

from collections.abc import Mapping

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings
from lifecycle_fsm.definition.guard_text import read_guard
from lifecycle_fsm.definition.nodes import Node, TableNode, TextNode, start_of
from lifecycle_fsm.definition.scales import number_scale
from lifecycle_fsm.definition.scope import Scope
from lifecycle_fsm.definition.tables import Table, named_entries, read_table
from lifecycle_fsm.definition.values import items_of, read_duration, read_number
from lifecycle_fsm.definition.vocabulary import Vocabulary
from lifecycle_fsm.domain.article import one
from lifecycle_fsm.domain.catalog import YES_OR_NO, MeasureSpec, MeasureType
from lifecycle_fsm.domain.scorecard import BEST, WORST
from lifecycle_fsm.engine.machine import Case, Derivation
from lifecycle_fsm.guards.model import Guard, Held, SubjectKind, held_parts, leaves

MEASURE_KEYS = ("title", "type", "unit", "range", "choices", "group", "stale_after", "derived")
DERIVED_KEYS = ("cases", "otherwise")
CASE_KEYS = ("when", "value")
UNBOUNDED = "any"
UNKNOWN = "unknown"

Range = tuple[float | None, float | None]

POINTS = "points"
_UNITS = {
    MeasureType.PERCENTAGE: "%",
    MeasureType.RATIO: "ratio",
    MeasureType.FLAG: YES_OR_NO,
    MeasureType.CHOICE: POINTS,
}
_RANGES: Mapping[MeasureType, Range] = {
    MeasureType.NUMBER: (None, None),
    MeasureType.PERCENTAGE: (0.0, 100.0),
    MeasureType.RATIO: (0.0, 1.0),
    MeasureType.COUNT: (0.0, None),
    MeasureType.FLAG: (0.0, 1.0),
    MeasureType.CHOICE: (WORST, BEST),
}
OF_FIXED_RANGE = (MeasureType.FLAG, MeasureType.CHOICE)

SUBJECTS_OF_DERIVED = frozenset(
    {
        SubjectKind.MEASURE,
        SubjectKind.FACT,
        SubjectKind.MILESTONE,
        SubjectKind.CTAS,
        SubjectKind.PLAN,
        SubjectKind.PLAN_PROGRESS,
        SubjectKind.DAYS_UNTIL,
        SubjectKind.DAYS_SINCE,
    }
)
"""What a derived measure may follow from: nothing that depends on the stage or on the score itself."""


def read_measure(key: str, node: Node, findings: Findings) -> MeasureSpec | None:
    """One measure; what a derived one follows from is read later, for it names other entries."""
    required = ("title", "unit") if _needs_unit(node) else ("title",)
    table = read_table(node, findings, "a measure", MEASURE_KEYS, required)
    if table is None:
        return None
    kind = table.word("type", MeasureType)
    if kind is None and table.get("type") is not None:
        return None
    return _measure(key, table, kind or MeasureType.NUMBER)


def _needs_unit(node: Node) -> bool:
    """Whether nothing else says what the numbers count."""
    if not isinstance(node, TableNode) or node.get("derived") is not None:
        return False
    kind = node.get("type")
    return kind is None or (isinstance(kind, TextNode) and kind.text in {MeasureType.NUMBER, MeasureType.COUNT})


def _measure(key: str, table: Table, kind: MeasureType) -> MeasureSpec | None:
    is_derived = table.get("derived") is not None
    if _has_wrong_keys(table, kind, is_derived=is_derived):
        return None
    title, unit = table.text("title"), _unit(table, kind)
    low, high = _bounds(table, kind, is_derived=is_derived)
    choices = _choices(table, kind)
    stale_after = table.read("stale_after", read_duration)
    if title is None or unit is None or choices is None:
        return None
    group = table.text("group")
    return MeasureSpec(key, title, unit, low, high, group, stale_after, kind, choices, is_derived)


def _has_wrong_keys(table: Table, kind: MeasureType, *, is_derived: bool) -> bool:
    """Report keys that go with other measures than this one."""
    wrong = {key: kind.value for key in ("unit", "range") if kind in OF_FIXED_RANGE}
    wrong |= {"choices": kind.value} if kind is not MeasureType.CHOICE else {}
    wrong |= {"stale_after": "derived measure"} if is_derived else {}
    found = [(key, what, node) for key, what in wrong.items() if (node := table.get(key)) is not None]
    for key, what, node in found:
        table.findings.error(Code.WRONG_TYPE, node.span, f"{one(what)} has no `{key}`")
    return bool(found)


def _unit(table: Table, kind: MeasureType) -> str | None:
    if kind in OF_FIXED_RANGE:
        return _UNITS[kind]
    if table.get("unit") is not None:
        return table.text("unit")
    return _UNITS.get(kind, POINTS)


def _bounds(table: Table, kind: MeasureType, *, is_derived: bool) -> Range:
    if kind not in OF_FIXED_RANGE and table.get("range") is not None:
        return table.read("range", _range) or (None, None)
    return (WORST, BEST) if is_derived and kind is MeasureType.NUMBER else _RANGES[kind]


def _choices(table: Table, kind: MeasureType) -> tuple[tuple[str, float], ...] | None:
    """The words of a choice with their scores; None after a report that leaves no measure."""
    node = table.get("choices")
    if kind is not MeasureType.CHOICE:
        return ()
    if node is None:
        table.findings.error(Code.MISSING_KEY, start_of(table.node), "a choice needs `choices`")
        return None
    scale = number_scale(POINTS, WORST, BEST)
    read = [
        (word.text, scale.bound(body, table.findings))
        for word, body in named_entries(node, table.findings, "`choices`")
    ]
    choices = tuple((word, float(score)) for word, score in read if score is not None)
    if len({score for _, score in choices}) < len(choices):
        message = "two choices have the same score, so a recorded value could not be told again; give each its own"
        table.findings.error(Code.INVALID_VALUE, node.span, message)
        return None
    return tuple(sorted(choices, key=lambda choice: -choice[1])) or None


def _range(node: Node, findings: Findings) -> Range | None:
    items = items_of(node, findings)
    if len(items) != 2:  # noqa: PLR2004
        if items:
            findings.error(Code.WRONG_TYPE, node.span, "a range has two items, such as [0, 100] or [0, any]")
        return None
    low, high = (_bound(item, findings) for item in items)
    if low is not None and high is not None and low >= high:
        findings.error(Code.EMPTY_INTERVAL, node.span, "the first number of a range is below the second")
        return None
    return low, high


def _bound(node: Node, findings: Findings) -> float | None:
    return None if isinstance(node, TextNode) and node.text == UNBOUNDED else read_number(node, findings)


def read_derivations(node: Node | None, vocabulary: Vocabulary, findings: Findings) -> Mapping[str, Derivation]:
    """What the derived measures of a catalog follow from, by measure."""
    scope = Scope(vocabulary, findings)
    found: dict[str, Derivation] = {}
    for key, body in named_entries(node, Findings(), "measures"):
        spec = vocabulary.catalog.measures.get(key.text)
        written = body.get("derived") if isinstance(body, TableNode) else None
        derivation = None if written is None or spec is None else _derivation(written, spec, scope)
        if derivation is not None:
            found[key.text] = derivation
    return found


def _derivation(node: Node, spec: MeasureSpec, scope: Scope) -> Derivation | None:
    path = f"measures.{spec.key}.derived"
    derived = read_table(node, scope.findings, "`derived`", DERIVED_KEYS, required=("cases",))
    if derived is None:
        return None
    scope.positions.mark(path, node)
    items = derived.items("cases")
    cases = [_case(item, spec, scope, f"{path}.cases.{place}") for place, item in enumerate(items)]
    otherwise = derived.get("otherwise")
    if isinstance(otherwise, TextNode) and otherwise.text == UNKNOWN:
        otherwise = None
    value = None if otherwise is None else _value(otherwise, spec, scope.findings)
    if not items or None in cases or (otherwise is not None and value is None):
        return None
    return Derivation(tuple(case for case in cases if case is not None), value)


def _case(node: Node, spec: MeasureSpec, scope: Scope, path: str) -> Case | None:
    table = read_table(node, scope.findings, "a case", CASE_KEYS, required=CASE_KEYS)
    if table is None:
        return None
    when, value = table.get("when"), table.get("value")
    assert when is not None
    assert value is not None
    guard, number = read_guard(when, scope, path), _value(value, spec, scope.findings)
    if guard is None or number is None:
        return None
    _refuse_subjects(guard, when, scope)
    return Case(guard, number)


def _value(node: Node, spec: MeasureSpec, findings: Findings) -> float | None:
    words = dict(spec.choices) | ({"true": 1.0, "false": 0.0} if spec.type is MeasureType.FLAG else {})
    if isinstance(node, TextNode) and node.text in words:
        return words[node.text]
    bound = number_scale(spec.unit, spec.minimum, spec.maximum).bound(node, findings)
    return None if bound is None else float(bound)


def _refuse_subjects(guard: Guard, node: Node, scope: Scope) -> None:
    measures = scope.vocabulary.catalog.measures
    for leaf in leaves(guard):
        read = measures.get(leaf.subject.written[0][1])
        chained = leaf.subject.kind is SubjectKind.MEASURE and read is not None and read.is_derived
        since_entry = any(part == "stage_entry" or "since=" in part for _, part in leaf.subject.written)
        if chained or since_entry or leaf.subject.kind not in SUBJECTS_OF_DERIVED:
            message = f"a derived measure cannot follow from {leaf.subject.title!r}"
            why = "another derived measure" if chained else "the stage or the score, which an account has only later"
            scope.findings.error(Code.WRONG_SUBJECT, node.span, f"{message}: that is {why}")
    if any(isinstance(part, Held) for part in held_parts(guard)):
        message = "`for` is not possible in a derived measure; put it into the condition that reads the measure"
        scope.findings.error(Code.WRONG_SUBJECT, node.span, message)
