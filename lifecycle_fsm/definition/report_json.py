"""Diagnostics as JSON for editors and scripts."""

from collections.abc import Iterable

import orjson

from lifecycle_fsm.definition.diagnostics import Diagnostic, Severity
from lifecycle_fsm.definition.nodes import Span


def report_json(diagnostics: Iterable[Diagnostic]) -> str:
    """All diagnostics in their order, with the counts by severity; lines and columns count from 1."""
    found = tuple(diagnostics)
    counts = {f"{severity}s": sum(each.severity is severity for each in found) for severity in Severity}
    document = {**counts, "diagnostics": [diagnostic_document(each) for each in found]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def diagnostic_document(diagnostic: Diagnostic) -> dict[str, object]:
    """One diagnostic as a table; the example is the row of an account by field key, or null."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        **_place(diagnostic.span),
        "suggestion": diagnostic.suggestion,
        "related": [{"message": each.message, **_place(each.span)} for each in diagnostic.related],
        "example": None if diagnostic.example is None else dict(diagnostic.example),
    }


def _place(span: Span) -> dict[str, str | int]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
