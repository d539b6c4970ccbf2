"""The real server on a port of its own, with a played demo store."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import httpx

from api.app import create_app
from api.server import Server
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.domain.portfolio import AccountFilter, AccountOrder
from lifecycle_fsm.services.browse import page_accounts
from lifecycle_fsm.services.configure import published_files
from lifecycle_fsm.services.demo.play import play_demo
from lifecycle_fsm.services.demo.tokens import issue_demo_tokens
from lifecycle_fsm.services.intake.batch import Batch, take_batch
from lifecycle_fsm.services.intake.rows import Kind
from lifecycle_fsm.services.publish import publish
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Database
from tests.worlds import ADMIN, definitions

_PLAN = """mutation ($files: [ConfigurationFile!]!) {
  planConfiguration(input: {files: $files}) { ... on ConfigurationPlanned { plan { id } } } }"""
ACCOUNTS = 40
DAYS = 240


@dataclass(frozen=True)
class Served:
    """Where the server listens, a token for each role, and the world that it serves."""

    address: str
    tokens: Mapping[Role, str]
    world: World

    def ask(self, query: str, role: Role = Role.ADMIN, **variables: Any) -> Any:
        """What the API answers to the same person; the answer must have no errors."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        answer = httpx.post(f"{self.address}/graphql", json={"query": query, "variables": variables}, headers=headers)
        body = answer.json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    @cached_property
    def account(self) -> str:
        """The id of an account that has come as far as its renewal, and back."""
        order = '{ accounts(first: 1, filter: {segments: ["enterprise"], stages: ["adoption"]}) { nodes { id } } }'
        (node,) = self.ask(order)["accounts"]["nodes"]
        return str(node["id"])

    @cached_property
    def plan(self) -> str:
        """The id of a plan that would loosen when accounts of a segment come to their renewal."""
        files = published_files(self.world, ADMIN)
        loosened = files["segments/enterprise.yaml"].replace("at_most: 90}", "at_most: 120}")
        given = {**files, "segments/enterprise.yaml": loosened}
        wish = [{"name": name, "content": content} for name, content in given.items()]
        planned = self.ask(_PLAN, files=wish)["planConfiguration"]
        return str(planned["plan"]["id"])

    @property
    def day(self) -> str:
        """A day in the middle of what was played."""
        return (self.world.clock() - timedelta(days=DAYS // 3)).date().isoformat()

    def page(self, path: str = "/", role: Role = Role.ADMIN) -> str:
        """The address of a page for somebody who is signed in."""
        return f"{self.address}{path}#token={self.tokens[role]}"


@contextmanager
def served(url: str, accounts: int = ACCOUNTS, days: int = DAYS) -> Iterator[Served]:
    """Play a portfolio, small if not said otherwise, into a migrated store and serve it until the end."""
    world = World(Database(url), lambda: datetime.now(UTC))
    publish(world, ADMIN, definitions("demo"))
    play_demo(world, lambda *_: None, until=world.clock(), accounts=accounts, days=days)
    _refuse_rows(world)
    with serving(world, url) as site:
        yield site


@contextmanager
def serving(world: World, url: str) -> Iterator[Served]:
    """Serve a store as it is until the end."""
    tokens = {role: issued.token for role, issued in issue_demo_tokens(world, ADMIN).items()}
    with listening(world, Settings(database_url=url)) as port:
        yield Served(f"http://127.0.0.1:{port}", tokens, world)


def _refuse_rows(world: World) -> None:
    """A row that a later one resolved, one of an account that is known, and one of an account that is not."""
    (known,) = page_accounts(world, ADMIN, AccountFilter(), AccountOrder(), PageRequest(1)).items
    arr = {"account": known.profile.key, "fact": "account.arr"}
    wrong, right = {**arr, "value": "much"}, {**arr, "value": known.facts.values["fact.account.arr"]}
    others = [{"account": known.profile.key, "fact": "account.ar", "value": 3}, {"account": "NOBODY", "fakt": "x"}]
    for rows in ([wrong], [right, *others], others):
        take_batch(world, ADMIN, Batch(Kind.FACTS, rows, "warehouse"))


@contextmanager
def listening(world: World, settings: Settings) -> Iterator[int]:
    """Serve a world until the end; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(create_app(world, settings), settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
