"""Diagnostics as SARIF 2.1.0, which code hosts and editors show beside the text."""

from collections.abc import Iterable
from urllib.parse import quote

import orjson

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Diagnostic
from lifecycle_fsm.definition.nodes import Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
VERSION = "2.1.0"


def report_sarif(diagnostics: Iterable[Diagnostic], tool_version: str) -> str:
    """
    One run with every code that was found as a rule, and every diagnostic as a result.

    Columns count UTF-16 code units by default in SARIF, so the run says that ours count
    Unicode code points. An example is among the properties of its result.

    Source: OASIS, Static Analysis Results Interchange Format 2.1.0.
    """
    found = tuple(diagnostics)
    rules = list(dict.fromkeys(each.code for each in found))
    driver = {"name": "lifecycle-fsm", "version": tool_version, "rules": [_rule(code) for code in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, rules.index(each.code)) for each in found],
    }
    document = {"$schema": SCHEMA, "version": VERSION, "runs": [run]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _rule(code: Code) -> dict[str, object]:
    return {"id": code, "shortDescription": {"text": code.replace("-", " ").capitalize()}}


def _result(diagnostic: Diagnostic, rule: int) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity,
        "message": {"text": _text(diagnostic)},
        "locations": [{"physicalLocation": _place(diagnostic.span)}],
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _place(each.span), "message": {"text": each.message}}
            for number, each in enumerate(diagnostic.related, start=1)
        ]
    if diagnostic.example is not None:
        result["properties"] = {"example": dict(diagnostic.example)}
    return result


def _text(diagnostic: Diagnostic) -> str:
    if diagnostic.suggestion is None:
        return diagnostic.message
    return f"{diagnostic.message}; did you mean {diagnostic.suggestion!r}?"


def _place(span: Span) -> dict[str, object]:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {"artifactLocation": {"uri": quote(span.file)}, "region": region}
