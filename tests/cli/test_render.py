"""`lifecycle-fsm render` and `schema`."""

import json

import pytest

from lifecycle_fsm.definition.configuration import compile_configuration
from tests.cli.conftest import Run
from tests.worlds import FIXTURES, definitions


def test_canonical_yaml_is_read_back_as_the_same_machine(run: Run) -> None:
    files = definitions("demo")
    done = run("render", str(FIXTURES / "demo"), "enterprise")

    again = compile_configuration({**files, "segments/enterprise.yaml": done.out.encode()}).configuration
    first = compile_configuration(files).configuration

    assert again is not None
    assert first is not None
    assert again.machines["enterprise"].digest == first.machines["enterprise"].digest


@pytest.mark.parametrize(
    ("language", "beginning"),
    [("mermaid", "stateDiagram-v2\n"), ("dot", "digraph "), ("scxml", "<?xml "), ("xstate", "{")],
)
def test_writes_every_language(run: Run, language: str, beginning: str) -> None:
    done = run("render", str(FIXTURES / "demo"), "tech_touch", "--as", language)

    assert (done.status, done.out.startswith(beginning)) == (0, True)


def test_an_unknown_segment_names_those_that_there_are(run: Run) -> None:
    done = run("render", str(FIXTURES / "demo"), "smb")

    assert done.status == 1
    assert "error[machine_not_found]: the folder has no segment 'smb'; it has: enterprise" in done.err


def test_the_schema_is_json(run: Run) -> None:
    assert json.loads(run("schema").out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
