"""Machines as Mermaid state diagrams."""

import re
from collections.abc import Iterator

from lifecycle_fsm.definition.export.arrows import arrows
from lifecycle_fsm.engine.machine import Machine

_RESERVED = re.compile(
    "acc(title|descr)|as|choice|class(def)?|click|default|direction|end|fork|hide|href|join|note|root|scale|state|style"
)
_WORDS_OF_MERMAID = re.compile(r'[#:;"<>&{}\\`]|%(?=%)|(?<=%)%')
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def mermaid(machine: Machine) -> str:
    """The machine as a `stateDiagram-v2`: stages by title, arrows labelled `trigger [condition]`."""
    return "".join(f"{line}\n" for line in ("stateDiagram-v2", *(f"    {line}" for line in _lines(machine))))


def _lines(machine: Machine) -> Iterator[str]:
    for stage in machine.stages.values():
        yield f'state "{_text(stage.title)}" as {_id(stage.key)}'
    yield f"[*] --> {_id(machine.initial)}"
    for arrow in arrows(machine):
        yield f"{_id(arrow.source)} --> {_id(arrow.target)}: {_text(arrow.label)}"
    for stage in machine.stages.values():
        if stage.final:
            yield f"{_id(stage.key)} --> [*]"


def _id(key: str) -> str:
    """The key itself; a capital letter, which no key has, keeps it apart from the words of Mermaid."""
    return f"Stage_{key}" if _RESERVED.fullmatch(key) else key


def _text(text: str) -> str:
    """One line in which nothing is taken for Mermaid or HTML: `#58;` stands for a colon."""
    return _WORDS_OF_MERMAID.sub(lambda found: f"#{ord(found[0])};", _BLANK.sub(" ", text))
