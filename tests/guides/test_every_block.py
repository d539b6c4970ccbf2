"""Every fenced block of the documents is tried: what is written there works, and nothing new goes untried."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import httpx
import orjson
import pytest
import yaml
from graphql import build_schema, parse, print_ast, validate
from graphql.language import OperationDefinitionNode, OperationType

from api.app import create_app
from api.export import SCHEMA_FILE
from lifecycle_fsm.definition.import_map import SCHEMA as MAPPING
from lifecycle_fsm.definition.notifications import read_notifications
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings, read_settings
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.feed import Position
from tests.api.door import JSON, Door, a_door
from tests.api.serving import served as served_on_loopback
from tests.databases import sqlite_database
from tests.guides.blocks import ROOT, Block, all_blocks, blocks_of, commands_of, files_of, said_by
from tests.guides.reader import Reader
from tests.guides.scenes import NOT_TYPED, SCENES, VARIABLES, prepared
from tests.services.audit.histories import a_long_story
from tests.worlds import ADMIN, Stage, a_stage

SCHEMA = build_schema(SCHEMA_FILE.read_text())
BLOCKS = all_blocks()

ELSEWHERE = {
    ("docs/a-mistake-found.md", "console"): "tests.definition.test_a_mistake_found",
    ("docs/a-mistake-found.md", "yaml"): "tests.definition.test_a_mistake_found",
    ("docs/api.md", "graphql"): "tests.conformance.test_clients",
    ("docs/audit.md", "python"): "tests.services.audit.test_export",
    ("docs/compliance.md", "sql"): "tests.services.audit.test_rights",
    ("docs/connect.md", "js"): "tests.conformance.test_segment_function",
    ("docs/definitions.md", "yaml"): "tests.definition.test_guide",
    ("docs/frontend.md", "python"): "tests.conformance.test_clients",
    ("docs/frontend.md", "ts"): "tests.conformance.test_typed",
    ("docs/notifications.md", "python"): "tests.background.test_deliveries",
    ("docs/recipes.md", "yaml"): "tests.recipes.test_recipes",
}
"""Blocks that a test of their own tries, by document and language."""

SHOWN_ONLY = {
    ("docs/definitions.md", ""): "a scheme, in no language",
    ("docs/health.md", ""): "a picture of numbers, in no language",
    ("docs/plan-and-apply.md", ""): "a part of a plan, in no language",
    ("docs/notifications.md", "http"): "what arrives; tests/background/test_deliveries.py receives it",
    ("docs/exports.md", "yaml"): "a comment for an editor, above the first line of any definition",
    ("docs/scaling.md", "sql"): "Citus is not here; the rules that it asks for are in tests/store/test_migrations.py",
    ("docs/connect.md", "sql"): "a query of your warehouse, over a table that only you have",
    ("docs/traces.md", ""): "a trace as a tree; tests/telemetry/test_traces.py holds it to what is done",
    ("docs/audit.md", "text"): "a part of a report; tests/cli/test_verified.py holds its words",
    ("docs/operators.md", "ini"): "settings of a PostgreSQL server that archives",
}
"""Blocks that nothing can be done with, and why."""

CONSOLE = sorted(
    {each.document for each in BLOCKS if each.language == "console" and (each.document, "console") not in ELSEWHERE}
)
QUERIES = [each for each in BLOCKS if each.language == "graphql"]


def test_every_block_is_tried_or_said_to_be_for_reading() -> None:
    tried = {"console", "graphql", "sh", "json", "ndjson"}
    left = {
        str(each)
        for each in BLOCKS
        if each.language not in tried
        and (each.document, each.language) not in ELSEWHERE
        and (each.document, each.language) not in SHOWN_ONLY
        and (each.document, each.language) not in FILES
        and "." not in each.rest
    }

    assert left == set()


def test_nothing_is_listed_that_is_not_there() -> None:
    there = {(each.document, each.language) for each in BLOCKS}

    assert {*ELSEWHERE, *SHOWN_ONLY, *FILES} - there == set()
    assert {module for module in ELSEWHERE.values() if not hasattr(import_module(module), "__file__")} == set()
    assert SCENES.keys() - {*CONSOLE, *(document for document, _ in FILES)} == set()


@pytest.mark.parametrize("document", CONSOLE)
def test_every_command_does_what_the_document_says(
    document: str, tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files_of(ROOT / document, tmp_path)
    shutil.copy(migrated_file, tmp_path / "lifecycle.db")
    reader = Reader(tmp_path, monkeypatch)
    scene = prepared(document, reader)
    for block in blocks_of(ROOT / document):
        for command in commands_of(block) if block.language == "console" else ():
            if any(command.text.startswith(each) for each in NOT_TYPED):
                continue
            answered = reader.type(scene.changed(command.text))
            expected = scene.statuses.get(command.text.splitlines()[0], 0)
            assert answered.status == expected, f"{block}: {command.text}\n{answered.out}{answered.err}"
            if scene.is_exact:
                missing = {shape(line) for line in command.shown if line.strip()} - shapes(answered.out + answered.err)
                assert missing == set(), f"{block}: {command.text}\n{answered.out}{answered.err}"


def shape(line: str) -> str:
    """A line without its figures, names of files and widths."""
    line = said_by(line)
    return re.sub(r"\s+", " ", re.sub(r"[0-9a-f]{8}[0-9a-f-]{4,}|[\d][\d,.:+-]*|/\S+", "#", line)).strip()


def shapes(text: str) -> set[str]:
    return {shape(line) for line in text.splitlines()}


@dataclass(frozen=True, slots=True)
class Place:
    """A store, the door in front of it, and its address."""

    stage: Stage
    door: Door
    url: str


@contextmanager
def served(folder: Path, template: Path, definitions: str) -> Iterator[Place]:
    """A server over a folder of definitions and two accounts, those of the demo with a history."""
    with sqlite_database(folder, template) as url, a_stage(url, definitions) as stage:
        for key in ("ACME", "BOLT"):
            if definitions == "demo":
                a_long_story(stage, key)
            else:
                stage.register(AccountRow(key, key.title(), "ada"))
        token = issue_token(stage.world, ADMIN, "root", [Role.ADMIN], None).token
        with a_door(create_app(stage.world, Settings(database_url=url)), token) as opened:
            yield Place(stage, opened, url)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[dict[str, Place]]:
    """A server for each folder of definitions that the documents speak of."""
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("guides")
        yield {name: stack.enter_context(served(folder, migrated_file, name)) for name in ("demo", "health")}


@pytest.mark.parametrize("block", QUERIES, ids=str)
def test_every_document_of_graphql_is_answered_without_an_error(places: dict[str, Place], block: Block) -> None:
    place = places["health" if block.document == "docs/health.md" else "demo"]
    for definition in parse(block.text).definitions:
        assert isinstance(definition, OperationDefinitionNode)
        text, name = print_ast(definition), "" if definition.name is None else definition.name.value
        assert validate(SCHEMA, parse(text)) == []
        asked = {variable.variable.name.value for variable in definition.variable_definitions or ()}
        given = {**(VARIABLES.get(name, {}) if name else {})}
        if definition.operation is OperationType.SUBSCRIPTION:
            given["after"] = Position(0).written()
        assert {each for each in asked if each not in given and not has_default(definition, each)} == set(), name
        variables = {key: value for key, value in given.items() if key in asked}
        is_live = definition.operation is OperationType.SUBSCRIPTION
        answer = first_event(place, text, variables) if is_live else place.door.ask(text, **variables)
        assert "errors" not in answer, (str(block), answer["errors"])


def first_event(place: Place, text: str, variables: dict[str, object]) -> JSON:
    """What a subscription delivers first, as server-sent events from a server of its own."""
    headers = {"Authorization": f"Bearer {place.door.token}", "Accept": "text/event-stream"}
    body = {"query": text, "variables": variables}
    app = create_app(World(Database(place.url), place.stage.clock), Settings(database_url=place.url))
    with (
        served_on_loopback(app) as address,
        httpx.stream("POST", f"http://{address}/graphql", json=body, headers=headers, timeout=30) as answer,
    ):
        told = next(line for line in answer.iter_lines() if line.startswith("data: {"))
    event: JSON = json.loads(told.removeprefix("data: "))
    return event


def has_default(definition: OperationDefinitionNode, name: str) -> bool:
    """Whether a variable may be left out."""
    found = next(each for each in definition.variable_definitions or () if each.variable.name.value == name)
    return found.default_value is not None or not print_ast(found.type).endswith("!")


@pytest.mark.parametrize("block", [each for each in BLOCKS if each.language == "sh"], ids=str)
def test_every_setting_that_is_exported_is_taken(block: Block, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    reader = Reader(tmp_path, monkeypatch)
    for line in block.text.splitlines():
        reader.type(line)

    assert read_settings(reader.variables)


def _is_a_mapping(block: Block) -> None:
    assert yaml.safe_load(block.text)["schema"] == MAPPING


def _are_notifications(block: Block) -> None:
    assert read_notifications("notifications.yaml", block.text.encode()).diagnostics == ()


def _is_yaml(block: Block) -> None:
    assert yaml.safe_load(block.text)


FILES: dict[tuple[str, str], Callable[[Block], None]] = {
    ("docs/import.md", "yaml"): _is_a_mapping,
    ("docs/metrics.md", "yaml"): _is_yaml,
    ("docs/notifications.md", "yaml"): _are_notifications,
    ("docs/plan-and-apply.md", "yaml"): _is_yaml,
}
"""Blocks that are read as what they are."""


@pytest.mark.parametrize("block", [each for each in BLOCKS if (each.document, each.language) in FILES], ids=str)
def test_every_file_that_is_shown_can_be_read(block: Block) -> None:
    FILES[block.document, block.language](block)


@pytest.mark.parametrize("block", [each for each in BLOCKS if each.language in {"json", "ndjson"}], ids=str)
def test_every_json_is_json(block: Block) -> None:
    for text in block.text.splitlines() if block.language == "ndjson" else [block.text]:
        assert orjson.loads(text)
