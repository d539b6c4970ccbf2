"""What is shipped is under permissive licences, and told in a bill of materials that others can read."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from release.licences import EXCEPTIONS, is_permissive, licence_of, objections
from release.lock import Pinned, console_packages, optional_packages, python_packages
from release.sbom import bill

ROOT = Path(__file__).parent.parent.parent


def test_everything_that_is_shipped_is_under_a_permissive_licence() -> None:
    packages = python_packages() + optional_packages() + console_packages()

    assert list(objections(packages)) == []
    assert {name for name in EXCEPTIONS if name not in {each.name for each in packages}} == set()


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 AND BSD-3-Clause", True),
        ("GPL-3.0-only OR MIT", True),
        ("(GPL-3.0-only OR MIT)", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("Apache-2.0 WITH LLVM-exception", False),
    ],
)
def test_an_expression_is_allowed_where_one_choice_is(expression: str, allowed: bool) -> None:
    assert is_permissive(expression) is allowed


def test_a_licence_that_is_not_allowed_or_not_told_is_an_objection() -> None:
    viral = Pinned("npm", "viral", "1.0", (), licence="AGPL-3.0-only")
    silent = Pinned("npm", "silent", "1.0", ())

    found = list(objections([viral, silent]))

    assert found == ["pkg:npm/viral@1.0 is under AGPL-3.0-only", "pkg:npm/silent@1.0 does not say its licence"]


def test_the_bill_is_valid_and_names_everything_with_its_hashes() -> None:
    text = json.dumps(bill())
    made = json.loads(text)
    components = {each["purl"]: each for each in made["components"]}

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    packages = python_packages() + optional_packages() + console_packages()
    assert components.keys() == {each.purl for each in packages}
    assert [purl for purl, each in components.items() if not each["externalReferences"][0]["hashes"]] == []
    needs = {each["ref"]: each["dependsOn"] for each in made["dependencies"]}
    (starlette,) = (purl for purl in components if purl.startswith("pkg:pypi/starlette@"))
    assert [each.partition("@")[0] for each in needs[starlette]] == ["pkg:pypi/anyio", "pkg:pypi/typing-extensions"]
    assert json.dumps(bill()) == text


def test_the_bill_leaves_out_what_only_builds() -> None:
    names = {each.name for each in python_packages()}

    assert {"starlette", "sqlalchemy", "transitions"} <= names
    assert names & {"hatchling", "editables", "pytest", "pathspec", "apprise"} == set()
    assert {"apprise", "opentelemetry-sdk", "protobuf", "pyarrow"} <= {each.name for each in optional_packages()}


def test_a_licence_is_read_from_what_a_package_says() -> None:
    said = {each.name: licence_of(each) for each in python_packages()}

    assert (said["typer"], said["sqlalchemy"], said["psycopg"]) == ("MIT", "MIT", "LGPL-3.0-only")


def test_the_container_file_has_nothing_that_a_linter_objects_to() -> None:
    linter = Path(sys.executable).parent / "hadolint"
    linted = subprocess.run([linter, "Containerfile"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (linted.returncode, linted.stdout) == (0, "")


def test_the_extras_of_the_guide_are_there() -> None:
    text = (ROOT / "pyproject.toml").read_text()

    assert {"notify", "otel", "parquet", "postgres"} <= set(
        re.findall(r"^(\w+) = \[", text.split("optional-dependencies")[1], re.M)
    )
