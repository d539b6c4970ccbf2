"""The definitions under `fixtures/broken` and `fixtures/good`, and what is expected of each."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lifecycle_fsm.definition.configuration import CATALOG_FILE, is_definition
from lifecycle_fsm.definition.nodes import Span

FIXTURES = Path(__file__).parents[2] / "fixtures"
BROKEN, GOOD = FIXTURES / "broken", FIXTURES / "good"

_EXPECTED = re.compile(r"^# expect: (\S+) (\S+):(\d+):(\d+)-(\d+):(\d+)$", re.MULTILINE)

Expected = tuple[str, Span]
"""A code and the exact place that it points to."""


@dataclass(frozen=True)
class Case:
    """A configuration and the diagnostics that it must have, no more and no less."""

    name: str
    files: Mapping[str, bytes]

    @property
    def expected(self) -> list[Expected]:
        """What comments such as `# expect: dead-end segments/a.yaml:3:1-3:9` say, in the order of places."""
        return [
            (code, Span(file, *map(int, place)))
            for content in self.files.values()
            for code, file, *place in _EXPECTED.findall(content.decode("utf-8"))
        ]


def segments(root: Path) -> Iterator[Case]:
    """Each file of `segments` alone, beside the catalog that they share."""
    catalog = (root / CATALOG_FILE).read_bytes()
    for path in sorted((root / "segments").glob("*.yaml")):
        yield Case(path.stem, {CATALOG_FILE: catalog, f"segments/{path.name}": path.read_bytes()})


def catalogs() -> Iterator[Case]:
    """Each broken catalog, beside the smallest segment."""
    smallest = (GOOD / "segments" / "smallest.yaml").read_bytes()
    for path in sorted((BROKEN / "catalogs").glob("*.yaml")):
        yield Case(path.stem, {CATALOG_FILE: path.read_bytes(), "segments/smallest.yaml": smallest})


def folders() -> Iterator[Case]:
    """Each folder with mistakes that only show between files."""
    for root in sorted((BROKEN / "folders").iterdir()):
        found = {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.yaml"))}
        yield Case(root.name, {name: content for name, content in found.items() if is_definition(name)})


def broken() -> list[Case]:
    """Every case in which something is wrong."""
    return [*segments(BROKEN), *catalogs(), *folders()]


def good() -> list[Case]:
    """Every case in which nothing is."""
    return list(segments(GOOD))
