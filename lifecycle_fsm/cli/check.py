"""`lifecycle-fsm check`: the mistakes in a folder of definitions, at their places."""

import sys
from collections.abc import Mapping
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, assert_never

import typer

from lifecycle_fsm.cli.folder import read_folder
from lifecycle_fsm.definition.configuration import Compiled, compile_configuration
from lifecycle_fsm.definition.report import report
from lifecycle_fsm.definition.report_json import report_json
from lifecycle_fsm.definition.sarif import report_sarif

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
    SARIF = "sarif"


def check(
    folder: Folder,
    *,
    form: Annotated[Format, typer.Option("--format", help="For people, for scripts, or for code hosts.")] = Format.TEXT,
) -> None:
    """Check a folder of definitions; the exit status is 1 when there is an error in it."""
    files = read_folder(folder)
    compiled = compile_configuration(files)
    sys.stdout.write(_written(compiled, files, form))
    if compiled.configuration is None:
        raise typer.Exit(1)


def _written(compiled: Compiled, files: Mapping[str, bytes], form: Format) -> str:
    match form:
        case Format.TEXT:
            return _as_text(compiled, files)
        case Format.JSON:
            return report_json(compiled.diagnostics)
        case Format.SARIF:
            return report_sarif(compiled.diagnostics, version("lifecycle-fsm"))
    assert_never(form)


def _as_text(compiled: Compiled, files: Mapping[str, bytes]) -> str:
    found = report(compiled.diagnostics, files)
    if compiled.configuration is None:
        return found
    segments = ", ".join(compiled.configuration.machines)
    return f"{found}No errors. Segments, in the order in which they take accounts: {segments}\n"
