"""`lifecycle-fsm render` and `schema`: a machine in YAML, drawn, or for another tool; the language for editors."""

import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated

import typer

from lifecycle_fsm.cli.check import Folder
from lifecycle_fsm.cli.folder import read_folder
from lifecycle_fsm.definition.configuration import Configuration, compile_configuration
from lifecycle_fsm.definition.export.dot import dot
from lifecycle_fsm.definition.export.mermaid import mermaid
from lifecycle_fsm.definition.export.scxml import scxml
from lifecycle_fsm.definition.export.xstate import xstate
from lifecycle_fsm.definition.json_schema.document import schema_text
from lifecycle_fsm.definition.render_segment import segment_document
from lifecycle_fsm.definition.report import report
from lifecycle_fsm.definition.yaml_text import as_yaml
from lifecycle_fsm.domain.errors import MachineNotFound
from lifecycle_fsm.engine.machine import Machine


class Language(StrEnum):
    """What a machine is written in."""

    YAML = "yaml"
    MERMAID = "mermaid"
    DOT = "dot"
    SCXML = "scxml"
    XSTATE = "xstate"


_WRITERS: Mapping[Language, Callable[[Machine], str]] = {
    Language.YAML: lambda machine: as_yaml(segment_document(machine)),
    Language.MERMAID: mermaid,
    Language.DOT: dot,
    Language.SCXML: scxml,
    Language.XSTATE: xstate,
}


def render(
    folder: Folder,
    segment: Annotated[str, typer.Argument(metavar="SEGMENT", help="Which machine of the folder.")],
    *,
    language: Annotated[
        Language, typer.Option("--as", help="Canonical YAML, a drawing, or a chart for another tool.")
    ] = Language.YAML,
) -> None:
    """Write one machine of a folder of definitions to the standard output."""
    machine = _machine(_compiled(folder), segment)
    sys.stdout.write(_WRITERS[language](machine).rstrip("\n") + "\n")


def schema() -> None:
    """Write the JSON Schema of definitions, with which an editor completes and checks them."""
    sys.stdout.write(schema_text())


def _compiled(folder: Folder) -> Configuration:
    files = read_folder(folder)
    compiled = compile_configuration(files)
    if compiled.configuration is None:
        sys.stderr.write(report(compiled.diagnostics, files))
        raise typer.Exit(1)
    return compiled.configuration


def _machine(configuration: Configuration, segment: str) -> Machine:
    machine = configuration.machines.get(segment)
    if machine is None:
        known = ", ".join(configuration.machines)
        raise MachineNotFound(f"the folder has no segment {segment!r}; it has: {known}")
    return machine
