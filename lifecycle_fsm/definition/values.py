"""Texts of a definition to numbers, durations, dates, words and names; each mistake says what to write."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import TypeVar

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings, nearest
from lifecycle_fsm.definition.nodes import ListNode, Node, TextNode, spoken
from lifecycle_fsm.domain.calendars import BUSINESS_DAYS, MOST_BUSINESS_DAYS, BusinessDays, Span, parse_span
from lifecycle_fsm.domain.cta_rules import DueIn
from lifecycle_fsm.domain.moments import DAY_MS, EARLIEST, LATEST, parse_duration, to_day, to_ms

T = TypeVar("T")
Read = Callable[[Node, Findings], T | None]
"""Reads one value; None when it is no such value, which has been reported."""

LONGEST_NAME = 64
LARGEST_WHOLE = 2**53
LONGEST_DURATION_MS = 100 * 366 * DAY_MS

NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?")
WHOLE = re.compile(r"[-+]?\d{1,16}")


def read_text(node: Node, findings: Findings) -> str | None:
    """Any text that is not empty."""
    if not isinstance(node, TextNode):
        findings.error(Code.WRONG_TYPE, node.span, f"a text is due here, not {spoken(node)}")
        return None
    if not node.text:
        findings.error(Code.MISSING_VALUE, node.span, "a value is missing here")
        return None
    return node.text


def read_name(node: Node, findings: Findings) -> str | None:
    """A key that history and guards may refer to: lower case words joined by `_`, in groups joined by `.`."""
    text = read_text(node, findings)
    if text is None or (len(text) <= LONGEST_NAME and NAME.fullmatch(text)):
        return text
    plain = re.sub(r"[^a-z0-9_.]+", "_", text.lower()).strip("_.")
    expected = f"a name has lower case letters, digits, `_` and `.`, and at most {LONGEST_NAME} characters"
    suggestion = plain if len(plain) <= LONGEST_NAME and NAME.fullmatch(plain) else None
    findings.error(Code.INVALID_NAME, node.span, f"{text!r} is no name: {expected}", suggestion=suggestion)
    return None


def read_number(node: Node, findings: Findings) -> float | None:
    """A finite number such as `0.4`, without a unit."""
    text = read_text(node, findings)
    if text is None:
        return None
    if NUMBER.fullmatch(text):
        return _finite(float(text), node, findings)
    _refuse_number(text, node, findings)
    return None


def _finite(number: float, node: Node, findings: Findings) -> float | None:
    if abs(number) != float("inf"):
        return number + 0.0
    findings.error(Code.INVALID_VALUE, node.span, f"{spoken(node)} is too large for a number")
    return None


def _refuse_number(text: str, node: Node, findings: Findings) -> None:
    bare = text.removesuffix("%").replace(",", "").replace("_", "").strip()
    if parse_duration(text) is not None:
        findings.error(Code.WRONG_UNIT, node.span, f"a number is due here, not the duration {text!r}")
    elif text.endswith("%") and NUMBER.fullmatch(bare):
        message = f"a number is due here, not the percentage {text!r}; write the number alone"
        findings.error(Code.WRONG_UNIT, node.span, message, suggestion=bare)
    else:
        suggestion = bare if NUMBER.fullmatch(bare) else None
        findings.error(Code.INVALID_VALUE, node.span, f"{text!r} is no number", suggestion=suggestion)


def read_whole(node: Node, findings: Findings) -> int | None:
    """A whole number of at most 53 bits."""
    text = read_text(node, findings)
    if text is None:
        return None
    if WHOLE.fullmatch(text) and abs(int(text)) <= LARGEST_WHOLE:
        return int(text)
    if NUMBER.fullmatch(text):
        findings.error(Code.INVALID_VALUE, node.span, f"a whole number is due here, not {text!r}")
    else:
        _refuse_number(text, node, findings)
    return None


def read_duration(node: Node, findings: Findings) -> int | None:
    """Milliseconds of a duration such as `14d`."""
    text = read_text(node, findings)
    if text is None:
        return None
    milliseconds = parse_duration(text)
    if milliseconds is not None and milliseconds <= LONGEST_DURATION_MS:
        return milliseconds
    if isinstance(parse_span(text), BusinessDays):
        message = f"this is elapsed time, so business days such as {text!r} cannot stand here"
        findings.error(Code.WRONG_UNIT, node.span, message, suggestion=text.replace("bd", "d"))
        return None
    if WHOLE.fullmatch(text):
        message = f"a duration needs a unit (s, m, h, d, w); {text!r} has none"
        findings.error(Code.WRONG_UNIT, node.span, message, suggestion=f"{text}d")
    elif milliseconds is not None:
        findings.error(Code.OUTSIDE_RANGE, node.span, f"the duration {text!r} is longer than 100 years")
    else:
        message = f"{text!r} is no duration; write a whole number and a unit, such as 12h, 14d or 2w"
        findings.error(Code.INVALID_VALUE, node.span, message)
    return None


def read_span(node: Node, findings: Findings) -> Span | None:
    """A duration such as `14d`, or business days such as `10bd`."""
    span = parse_span(node.text) if isinstance(node, TextNode) else None
    if not isinstance(span, BusinessDays):
        return read_duration(node, findings)
    if span.count <= MOST_BUSINESS_DAYS:
        return span
    findings.error(Code.OUTSIDE_RANGE, node.span, f"{span.count} business days are more than 100 years")
    return None


def read_days(node: Node, findings: Findings) -> int | None:
    """A duration of whole days, as their number."""
    milliseconds = read_duration(node, findings)
    if milliseconds is None or milliseconds % DAY_MS == 0:
        return None if milliseconds is None else milliseconds // DAY_MS
    findings.error(Code.WRONG_UNIT, node.span, f"whole days are due here, not {spoken(node)}")
    return None


def read_due(node: Node, findings: Findings) -> DueIn | None:
    """Whole days such as `14d`, or business days such as `10bd`."""
    business = BUSINESS_DAYS.fullmatch(node.text) if isinstance(node, TextNode) else None
    if business is not None:
        return DueIn(int(business[1]), business=True)
    days = read_days(node, findings)
    return None if days is None else DueIn(days)


def read_day_count(node: Node, findings: Findings) -> int | None:
    """A whole number of days, written without a unit because it may be negative."""
    if isinstance(node, TextNode) and parse_duration(node.text) is not None:
        suggestion = node.text[:-1] if node.text.endswith("d") else None
        message = f"this counts days: write a number without a unit, not {node.text!r}"
        findings.error(Code.WRONG_UNIT, node.span, message, suggestion=suggestion)
        return None
    return read_whole(node, findings)


def read_date(node: Node, findings: Findings) -> int | None:
    """A date such as `2026-03-31`, as days since 1970."""
    text = read_text(node, findings)
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        findings.error(Code.INVALID_VALUE, node.span, f"{text!r} is no date; write it as 2026-03-31")
        return None
    return _in_calendar(to_day(day), day, node, findings)


def read_instant(node: Node, findings: Findings) -> int | None:
    """An instant such as `2026-03-31T09:00:00Z`, as milliseconds since 1970; without an offset it is UTC."""
    text = read_text(node, findings)
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        findings.error(Code.INVALID_VALUE, node.span, f"{text!r} is no instant; write it as 2026-03-31T09:00:00Z")
        return None
    aware = instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)
    return _in_calendar(to_ms(aware), aware.date(), node, findings)


def _in_calendar(number: int, day: date, node: Node, findings: Findings) -> int | None:
    if EARLIEST.date() <= day < LATEST.date():
        return number
    message = f"{spoken(node)} lies outside of {EARLIEST.date()} to {LATEST.date()}"
    findings.error(Code.OUTSIDE_RANGE, node.span, message)
    return None


def read_flag(node: Node, findings: Findings) -> bool | None:
    """`true` or `false`."""
    word = read_word(node, findings, ("true", "false"))
    return None if word is None else word == "true"


def read_word(node: Node, findings: Findings, known: Iterable[str]) -> str | None:
    """One of a few words."""
    text = read_text(node, findings)
    words = tuple(known)
    if text is None or text in words:
        return text
    if len(words) == 1:
        message, suggestion = f"only {words[0]!r} can stand here, not {text!r}", words[0]
        findings.error(Code.INVALID_VALUE, node.span, message, suggestion=suggestion)
        return None
    message = f"{text!r} is not one of: {', '.join(words)}"
    findings.error(Code.INVALID_VALUE, node.span, message, suggestion=nearest(text, words))
    return None


def items_of(node: Node, findings: Findings) -> tuple[Node, ...]:
    """The items of a list that is not empty; empty after a report."""
    if not isinstance(node, ListNode):
        findings.error(Code.WRONG_TYPE, node.span, f"a list is due here, not {spoken(node)}")
        return ()
    if not node.items:
        findings.error(Code.MISSING_VALUE, node.span, "this list is empty; write its items or delete the key")
    return node.items
