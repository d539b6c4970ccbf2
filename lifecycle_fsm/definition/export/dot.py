"""Machines as Graphviz drawings."""

import re
from collections.abc import Iterator

from lifecycle_fsm.definition.export.arrows import arrows
from lifecycle_fsm.engine.machine import Machine, Stage

_START = '"*"'
"""The dot from which an arrow points to the initial stage; no stage can have this name."""

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]+")


def dot(machine: Machine) -> str:
    """The machine as a directed graph from left to right; final stages have a double border."""
    body = "".join(f"    {line};\n" for line in _lines(machine))
    return f"digraph {_quoted(machine.segment)} {{\n{body}}}\n"


def _lines(machine: Machine) -> Iterator[str]:
    yield f"graph [rankdir=LR, label={_quoted(machine.title)}]"
    yield "node [shape=box, style=rounded]"
    yield f"{_START} [shape=point]"
    yield from (_node(stage) for stage in machine.stages.values())
    yield f"{_START} -> {_quoted(machine.initial)}"
    for arrow in arrows(machine):
        yield f"{_quoted(arrow.source)} -> {_quoted(arrow.target)} [label={_quoted(arrow.label)}]"


def _node(stage: Stage) -> str:
    border = ", peripheries=2" if stage.final else ""
    return f"{_quoted(stage.key)} [label={_quoted(stage.title)}{border}]"


def _quoted(text: str) -> str:
    r"""A double-quoted string; a line break of the text is `\n`, and no entity of HTML is meant."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return f'"{_CONTROL.sub(" ", escaped).replace(chr(10), chr(92) + "n")}"'
