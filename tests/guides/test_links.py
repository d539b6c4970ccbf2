"""No link of a document leads nowhere, and every document is found from the README."""

import re
from pathlib import Path

import pytest

from tests.guides.blocks import DOCUMENTS, ROOT

LINK = re.compile(r"\]\(([^)\s]+)\)")


def links_of(document: Path) -> list[str]:
    """Where a document leads outside of its fenced blocks, addresses of the web left out."""
    text = re.sub(r"^ *```.*?^ *```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [link for link in LINK.findall(text) if not re.match(r"[a-z]+:", link)]


def anchors_of(document: Path) -> set[str]:
    """The names of a document's headings, as they stand behind `#`."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(document: Path) -> None:
    lost = []
    for link in links_of(document):
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            lost.append(link)

    assert lost == []


def test_every_guide_is_in_the_index() -> None:
    listed = {link for link in links_of(ROOT / "README.md") if link.startswith("docs/")}

    assert {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")} - listed == set()
