"""The fenced blocks of the documents, and the commands in them."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))

_FENCE = re.compile(r"^( *)```(.*)\n((?:.*\n)*?)\1```$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """
    One fenced block: the document relative to the source, its line there, and what follows the fence.

    `rest` is a file's name where the block is the content of a file, or a word for whoever reads it.
    """

    document: str
    line: int
    language: str
    rest: str
    text: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


@dataclass(frozen=True, slots=True)
class Command:
    """What a reader types after the prompt, and the lines that the document shows as its answer."""

    block: Block
    text: str
    shown: tuple[str, ...]


def blocks_of(document: Path) -> list[Block]:
    """The blocks of one document, in order; lines are cut to the indentation of their fence."""
    text = document.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        language, _, rest = match[2].partition(" ")
        lines = [line.removeprefix(match[1]) for line in match[3].splitlines()]
        place = text.count("\n", 0, match.start()) + 1
        name = document.relative_to(ROOT).as_posix()
        found.append(Block(name, place, language, rest.strip(), "\n".join(lines) + "\n"))
    return found


def all_blocks() -> list[Block]:
    """Every block of every document."""
    return [block for document in DOCUMENTS for block in blocks_of(document)]


def commands_of(block: Block) -> list[Command]:
    """The commands of a console block: each begins with a dollar sign, and may go on over lines."""
    commands: list[Command] = []
    entries = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    for entry in entries[1:]:
        lines = entry.splitlines()
        length = _length(lines)
        commands.append(Command(block, "\n".join(lines[:length]), tuple(lines[length:])))
    return commands


def _length(lines: list[str]) -> int:
    """How many lines the command itself has."""
    here = re.search(r"<<'(\w+)'$", next((line for line in lines if "<<'" in line), ""))
    if here is not None:
        return lines.index(here[1]) + 1
    return next(number for number, line in enumerate(lines, 1) if not line.endswith("\\"))


def said_by(line: str) -> str:
    """A line of an answer; of one of GraphQL the data, for what it cost may change."""
    return json.dumps(json.loads(line)["data"]) if line.startswith('{"data"') else line


def files_of(document: Path, folder: Path) -> None:
    """Write the blocks that are contents of files into a folder."""
    for block in blocks_of(document):
        if "." in block.rest:
            target = folder / block.rest
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
