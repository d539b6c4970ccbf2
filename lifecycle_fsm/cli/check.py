"""`lifecycle-fsm check`: the mistakes in a folder of definitions, at their places."""

import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer

from lifecycle_fsm.cli.folder import read_folder
from lifecycle_fsm.definition.configuration import Compiled, compile_configuration
from lifecycle_fsm.definition.diagnostics import Diagnostic, Severity
from lifecycle_fsm.definition.nodes import Span
from lifecycle_fsm.definition.report import report

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="DIR", exists=True, file_okay=False, help="Folder with `catalog.yaml` and `segments/*.yaml`."
    ),
]


class Format(StrEnum):
    """How mistakes are written."""

    TEXT = "text"
    JSON = "json"


def check(
    folder: Folder,
    *,
    form: Annotated[Format, typer.Option("--format", help="For people, or for editors and scripts.")] = Format.TEXT,
) -> None:
    """Check a folder of definitions; the exit status is 1 when there is an error in it."""
    files = read_folder(folder)
    compiled = compile_configuration(files)
    sys.stdout.write(_as_json(compiled) if form is Format.JSON else _as_text(compiled, files))
    if compiled.configuration is None:
        raise typer.Exit(1)


def _as_text(compiled: Compiled, files: Mapping[str, bytes]) -> str:
    found = report(compiled.diagnostics, files)
    if compiled.configuration is None:
        return found
    segments = ", ".join(compiled.configuration.machines)
    return f"{found}No errors. Segments, in the order in which they take accounts: {segments}\n"


def _as_json(compiled: Compiled) -> str:
    document = {
        **{f"{severity}s": sum(each.severity is severity for each in compiled.diagnostics) for severity in Severity},
        "diagnostics": [_diagnostic(each) for each in compiled.diagnostics],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _diagnostic(diagnostic: Diagnostic) -> dict[str, object]:
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
