"""Diagnostics as text for people: the place, the line, a caret, and what was probably meant."""

import re
from collections.abc import Iterable, Mapping

from lifecycle_fsm.definition.diagnostics import Diagnostic, Severity
from lifecycle_fsm.definition.nodes import Span
from lifecycle_fsm.definition.source import LINE_BREAK

TAB_WIDTH = 4
SHOWN = 160
"""How many characters of a line are shown; a file may be one line of a megabyte."""
SHOWN_BEFORE = 60

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")


def report(diagnostics: Iterable[Diagnostic], files: Mapping[str, bytes]) -> str:
    """All diagnostics, each with its source line, then one line that counts them; empty without any."""
    found = tuple(diagnostics)
    if not found:
        return ""
    lines = {file: LINE_BREAK.split(content.decode("utf-8-sig", "replace")) for file, content in files.items()}
    return "\n\n".join([*(_one(diagnostic, lines) for diagnostic in found), _count(found)]) + "\n"


def _one(diagnostic: Diagnostic, lines: Mapping[str, list[str]]) -> str:
    head = f"{_place(diagnostic.span)}: {diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}"
    parts = [head, *_excerpt(diagnostic.span, lines)]
    if diagnostic.suggestion is not None:
        parts.append(f"  did you mean {diagnostic.suggestion!r}?")
    for related in diagnostic.related:
        parts.append(f"{_place(related.span)}: note: {related.message}")
        parts.extend(_excerpt(related.span, lines))
    if diagnostic.example is not None:
        row = ", ".join(f"{key} = {value}" for key, value in diagnostic.example.items())
        parts.append(f"  for example an account with {row}")
    return "\n".join(parts)


def _place(span: Span) -> str:
    return f"{span.file}:{span.line}:{span.column}"


def _excerpt(span: Span, lines: Mapping[str, list[str]]) -> list[str]:
    source = lines.get(span.file, [])
    if not 1 <= span.line <= len(source):
        return []
    line = _UNPRINTABLE.sub("\ufffd", source[span.line - 1])
    start = min(span.column - 1, len(line))
    end = min(span.end_column - 1, len(line)) if span.end_line == span.line else len(line.rstrip())
    first = max(0, start - SHOWN_BEFORE)
    shown = _cut(line, first, SHOWN)
    before = _cut(line[:start], first, SHOWN).expandtabs(TAB_WIDTH)
    marked = line[start : min(end, first + SHOWN)].expandtabs(TAB_WIDTH)
    number = f"{span.line:>5} | "
    return [number + shown.expandtabs(TAB_WIDTH), " " * 5 + " | " + " " * len(before) + "^" * max(1, len(marked))]


def _cut(line: str, first: int, length: int) -> str:
    """A part of a line, with an ellipsis wherever something is left out."""
    return ("…" if first else "") + line[first : first + length] + ("…" if len(line) > first + length else "")


def _count(found: tuple[Diagnostic, ...]) -> str:
    counts = {severity: sum(item.severity is severity for item in found) for severity in Severity}
    return ", ".join(f"{count} {severity}{'s' * (count != 1)}" for severity, count in counts.items() if count)
