"""The lock files have what `pyproject.toml` asks for, and no addresses; run `make lock` after a change."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
EXTRAS = [each for extra in PROJECT["project"]["optional-dependencies"].values() for each in extra]
BOTH = [*PROJECT["project"]["dependencies"], *GROUPS["build"]]


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=]", requirement, maxsplit=1)[0]


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("requirements.lock", BOTH),
        ("requirements-dev.lock", [*BOTH, *GROUPS["dev"]]),
        ("requirements-image.lock", [*PROJECT["project"]["dependencies"], *EXTRAS]),
    ],
)
def test_a_lock_has_every_dependency_with_hashes_and_no_address(file: str, wanted: list[str]) -> None:
    text = (ROOT / file).read_text()

    locked = dict(re.findall(r"^([a-z][a-z0-9-]*)(?:\[\w+\])?==\S+[^\n]*\\\n    (--hash=sha256:)", text, re.MULTILINE))
    assert {name_of(each) for each in wanted} - locked.keys() == set()
    assert "://" not in text
