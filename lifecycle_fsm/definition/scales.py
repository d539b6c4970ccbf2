"""What the value of a subject may be compared with: read from a definition, and written back."""

from collections.abc import Callable
from dataclasses import dataclass

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings, nearest
from lifecycle_fsm.definition.nodes import Node, TextNode, spoken
from lifecycle_fsm.definition.values import (
    read_date,
    read_day_count,
    read_duration,
    read_flag,
    read_instant,
    read_number,
    read_text,
    read_whole,
)
from lifecycle_fsm.domain.fields import FieldKind

RANGE = ("at_least", "above", "at_most", "below", "between")
EQUAL = ("is", "is_not", "in", "not_in")
KNOWN = ("is_known", "is_unknown")
OPERATORS = (*RANGE, *EQUAL, *KNOWN)

Bound = float | int
ReadBound = Callable[[Node, Findings], Bound | None]


@dataclass(frozen=True, slots=True)
class Scale:
    """
    Describe the values of a subject: how they are called, read and compared.

    `words` are the only texts allowed, none for any. `low` and `high` bound what can
    be reached, inclusive.
    """

    name: str
    operators: tuple[str, ...]
    read_bound: ReadBound = read_number
    words: tuple[str, ...] = ()
    low: Bound | None = None
    high: Bound | None = None
    unit: str | None = None

    def bound(self, node: Node, findings: Findings) -> Bound | None:
        """A threshold; None after a report."""
        if self._is_percentage_of_ratio(node):
            _refuse_percentage(node, findings)
            return None
        bound = self.read_bound(node, findings)
        if bound is None or self._holds(bound):
            return bound
        findings.error(Code.OUTSIDE_RANGE, node.span, f"{spoken(node)} lies outside of {self._extent()}")
        return None

    def value(self, node: Node, findings: Findings) -> str | int | None:
        """A value to be equal to; None after a report."""
        if self.name == "flag":
            flag = read_flag(node, findings)
            return None if flag is None else int(flag)
        if self.name != "text":
            bound = self.bound(node, findings)
            return bound if isinstance(bound, int) else None
        text = read_text(node, findings)
        if text is None or not self.words or text in self.words:
            return text
        message = f"{text!r} is not one of: {', '.join(self.words)}"
        findings.error(Code.INVALID_VALUE, node.span, message, suggestion=nearest(text, self.words))
        return None

    def _is_percentage_of_ratio(self, node: Node) -> bool:
        return self.unit == "ratio" and isinstance(node, TextNode) and node.text.endswith("%")

    def _holds(self, bound: Bound) -> bool:
        return (self.low is None or bound >= self.low) and (self.high is None or bound <= self.high)

    def _extent(self) -> str:
        if self.low is None or self.high is None:
            return f"what is at least {self.low:g}" if self.low is not None else f"what is at most {self.high:g}"
        return f"{self.low:g} to {self.high:g}"


def _refuse_percentage(node: Node, findings: Findings) -> None:
    assert isinstance(node, TextNode)
    digits = node.text.removesuffix("%").strip()
    share = f"{float(digits) / 100:g}" if digits.replace(".", "", 1).isdigit() else None
    message = f"this measure is a ratio from 0 to 1, not a percentage; {node.text!r} is due as a number"
    findings.error(Code.WRONG_UNIT, node.span, message, suggestion=share)


COUNT = Scale("count", (*RANGE, *EQUAL), read_whole, low=0)
DAYS = Scale("number of days", (*RANGE, *KNOWN), read_day_count)
SPAN = Scale("duration", RANGE, read_duration, low=0)


def number_scale(unit: str | None, low: float | None = None, high: float | None = None) -> Scale:
    """Numbers in a unit, within a range."""
    return Scale("number", (*RANGE, *KNOWN), read_number, low=low, high=high, unit=unit)


def text_scale(words: tuple[str, ...]) -> Scale:
    """Texts, only those given where there are any."""
    return Scale("text", (*EQUAL, *KNOWN), words=words)


_BY_KIND = {
    FieldKind.INTEGER: Scale("whole number", (*RANGE, *EQUAL, *KNOWN), read_whole),
    FieldKind.FLAG: Scale("flag", ("is", "is_not", *KNOWN)),
    FieldKind.DAY: Scale("date", (*RANGE, *KNOWN), read_date),
    FieldKind.INSTANT: Scale("instant", (*RANGE, *KNOWN), read_instant),
}


def fact_scale(kind: FieldKind, unit: str | None, words: tuple[str, ...]) -> Scale:
    """The scale of a fact by its kind."""
    if kind is FieldKind.TEXT:
        return text_scale(words)
    return number_scale(unit) if kind is FieldKind.NUMBER else _BY_KIND[kind]
