"""The clients that frontend teams use run the documented operations, and every audit of graphql-http passes."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gql import Client, GraphQLRequest
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport
from starlette.applications import Starlette

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.world import World

# The same fixtures as the API's own tests.
from tests.api.conftest import an_account, app, clock, door, register, settings, token_of, world  # noqa: F401 # fixtures
from tests.api.door import Door
from tests.api.serving import served
from tests.conformance.guide import operations
from tests.conformance.node import answer, installed
from tests.databases import sqlite_database
from tests.guides.blocks import ROOT, files_of

HERE = Path(__file__).parent / "clients"


@pytest.fixture
def database_url(tmp_path: Path, migrated_file: Path) -> Iterator[str]:
    """SQLite only: clients see no difference."""
    with sqlite_database(tmp_path, migrated_file) as url:
        yield url


@pytest.fixture(scope="module")
def packages(pytestconfig: pytest.Config) -> Path:
    """The clients, as the lock file pins them."""
    cache = pytestconfig.cache
    assert cache is not None
    return installed(HERE, cache.mkdir("node"))


@pytest.fixture
def address(app: Starlette) -> Iterator[str]:  # noqa: F811 # the fixture
    with served(app) as address:
        yield f"http://{address}/graphql"


@pytest.fixture
def token(token_of: Callable[[Role], str]) -> str:  # noqa: F811 # the fixture
    return token_of(Role.ADMIN)


@pytest.fixture
def asked(door: Door, world: World) -> list[dict[str, Any]]:  # noqa: F811 # the fixtures
    """The operations of the guide; something has happened since the cursor that its subscription begins with."""
    cursor = door.data("{ liveCursor }")["liveCursor"]
    register(world, an_account("GLOBEX"))
    return operations(cursor)


def test_every_audit_passes(packages: Path, address: str, token: str) -> None:
    results = json.loads(answer(HERE / "run.cjs", packages, "audit", address, token))

    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == 61


@pytest.mark.parametrize("client", ["apollo", "urql", "ws", "sse"])
def test_a_client_runs_the_documented_operations(
    packages: Path, address: str, token: str, asked: list[dict[str, Any]], tmp_path: Path, client: str
) -> None:
    file = tmp_path / "operations.json"
    file.write_text(json.dumps(asked))

    answers = json.loads(answer(HERE / "run.cjs", packages, client, address, token, str(file)))

    assert [each.get("errors") or each.get("error") for each in answers] == [None] * len(asked)
    assert all(each["data"] for each in answers)
    assert "GLOBEX" in json.dumps(answers) or "Globex" in json.dumps(answers)


def test_gql_of_python_runs_the_documented_operations(address: str, token: str, asked: list[dict[str, Any]]) -> None:
    headers = {"Authorization": f"Bearer {token}"}

    async def run() -> list[Any]:
        over_http = Client(
            transport=HTTPXAsyncTransport(url=address, headers=headers), fetch_schema_from_transport=True
        )
        over_socket = Client(transport=WebsocketsTransport(url=address.replace("http", "ws"), init_payload=headers))
        answers: list[Any] = []
        async with over_http as http, over_socket as socket:
            for each in asked:
                request = GraphQLRequest(each["query"], variable_values=each["variables"])
                if each["query"].startswith("subscription"):
                    async for event in socket.subscribe(request):
                        answers.append(event)
                        break
                else:
                    answers.append(await http.execute(request))
        return answers

    async def bounded() -> list[Any]:
        async with asyncio.timeout(30):
            return await run()

    answers = asyncio.run(bounded())

    assert all(answers)
    assert len(answers) == len(asked)


@pytest.mark.parametrize("folder", ["clients", "typed"])
def test_lock_files_hold_hashes_and_no_addresses(folder: str) -> None:
    lock = json.loads((HERE.parent / folder / "package-lock.json").read_text())

    packages = [package for path, package in lock["packages"].items() if path]
    assert [package["integrity"][:7] for package in packages] == ["sha512-"] * len(packages)
    assert [package for package in packages if "resolved" in package] == []


def test_the_python_of_the_guide_asks_over_http(address: str, token: str, tmp_path: Path) -> None:
    files_of(ROOT / "docs" / "frontend.md", tmp_path)
    environment = {**os.environ, "ADDRESS": address, "TOKEN": token}

    ran = subprocess.run(
        [sys.executable, "account_page.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert (ran.returncode, ran.stdout) == (0, "name='Acme Inc.' stage=Stage(title='Onboarding', pace='ON_TRACK')\n"), (
        ran.stderr
    )
