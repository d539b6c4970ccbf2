"""The guide for admins shows nothing that does not compile, and names every code."""

import re
from pathlib import Path

import pytest

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.configuration import compile_configuration

GUIDE = (Path(__file__).parents[2] / "docs" / "definitions.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml (\w+)\n(.*?)```", GUIDE, re.DOTALL)
CATALOG, SEGMENT = (next(text for kind, text in BLOCKS if kind == wanted) for wanted in ("catalog", "segment"))


def indented(text: str, width: int) -> str:
    return "".join(f"{' ' * width}{line}\n" for line in text.splitlines())


def mistakes(segment: str) -> list[str]:
    files = {"catalog.yaml": CATALOG.encode(), "segments/enterprise.yaml": segment.encode()}
    found = compile_configuration(files).diagnostics
    return [f"{each.line}: {each.message}" for each in found if each.code is not Code.UNUSED_NAME]


def test_the_catalog_and_the_segment_of_the_guide_compile() -> None:
    assert mistakes(SEGMENT) == []


@pytest.mark.parametrize("block", [text for kind, text in BLOCKS if kind == "conditions"])
def test_every_condition_of_the_guide_compiles(block: str) -> None:
    when = "when: {plan: onboarding, is: completed}\n"
    assert when in SEGMENT

    assert mistakes(SEGMENT.replace(when, "when:\n          any:\n" + indented(block, 12))) == []


@pytest.mark.parametrize("block", [text for kind, text in BLOCKS if kind == "effects"])
def test_every_effect_of_the_guide_compiles(block: str) -> None:
    effects = "do: [{reach: onboarding}]\n"
    assert effects in SEGMENT

    assert mistakes(SEGMENT.replace(effects, "do:\n" + indented(block, 10))) == []


def test_the_guide_names_every_code() -> None:
    assert {code for code in Code if f"`{code}`" not in GUIDE} == set()
