"""The guide's story is true: each change of it, checked, says what the guide says."""

import re
from pathlib import Path

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.definition.report import report
from tests.worlds import definitions

GUIDE = (Path(__file__).parent.parent.parent / "docs" / "a-mistake-found.md").read_text()
FILE = "segments/mid_market.yaml"


def block(name: str) -> str:
    """The contents of the fenced block with that name."""
    found = re.search(rf"```\w+ {name}\n(.*?)```", GUIDE, re.DOTALL)
    assert found is not None
    return found[1]


def with_condition(name: str) -> dict[str, bytes]:
    """The demo's definitions with the condition that the story puts in the place of the first."""
    files = definitions("demo")
    text = files[FILE].decode()
    assert text.count(block("before")) == 1
    return {**files, FILE: text.replace(block("before"), block(name)).encode()}


def test_the_mistake_is_reported_in_the_words_of_the_guide() -> None:
    files = with_condition("after")

    found = compile_configuration(files).diagnostics

    assert [each.code for each in found] == [Code.FLAPPING]
    end = "No errors. Segments, in the order in which they take accounts: enterprise, mid_market, tech_touch"
    assert f"$ lifecycle-fsm check DIR\n{report(found, files)}{end}\n" == block("check")


def test_the_mended_condition_is_without_a_finding() -> None:
    assert compile_configuration(with_condition("mended")).diagnostics == ()
