"""The parts of the recipes' definitions, by the numbers that their comments give them."""

import re
from collections.abc import Iterator
from textwrap import dedent

from tests.worlds import definitions

_NUMBERED = re.compile(r"# (R\d\d)\b")


def parts() -> Iterator[tuple[str, str]]:
    """Each entry that is marked with a number, with the lines below it, by files and lines."""
    for content in definitions("recipes").values():
        lines = content.decode().splitlines()
        for place, line in enumerate(lines):
            found = _NUMBERED.search(line)
            if found is not None and not line.startswith("#"):
                yield found[1], dedent("\n".join([line, *_below(lines[place + 1 :], _depth(line))]))


def _below(lines: list[str], depth: int) -> Iterator[str]:
    for line in lines:
        if not line.strip() or _depth(line) <= depth:
            return
        yield line


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
