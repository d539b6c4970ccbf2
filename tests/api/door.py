"""The API as a client meets it: over HTTP, in this process."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette

JSON = dict[str, Any]


@dataclass
class Door:
    """Send requests with one token; every request of a test runs on the same event loop."""

    app: Starlette
    token: str
    runner: asyncio.Runner
    headers: Mapping[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str = "/graphql", **request: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **self.headers, **(request.pop("headers", None) or {})}
        request["headers"] = {name: value for name, value in headers.items() if value is not None}
        return self.runner.run(self._send(method, path, request))

    def ask(self, query: str, **variables: Any) -> JSON:
        """The whole answer to a document sent by POST."""
        answer: JSON = self.send("POST", json={"query": query, "variables": variables}).json()
        return answer

    def data(self, query: str, **variables: Any) -> JSON:
        """The data of a document that has no error."""
        answer = self.ask(query, **variables)
        assert "errors" not in answer, answer["errors"]
        data: JSON = answer["data"]
        return data

    def error(self, query: str, **variables: Any) -> JSON:
        """The only error of a document."""
        (error,) = self.ask(query, **variables)["errors"]
        assert isinstance(error, dict)
        return error

    def as_token(self, token: str) -> "Door":
        return Door(self.app, token, self.runner, self.headers)

    async def _send(self, method: str, path: str, request: JSON) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
            return await client.request(method, path, **request)


@contextmanager
def a_door(app: Starlette, token: str) -> Iterator[Door]:
    with asyncio.Runner() as runner:
        yield Door(app, token, runner)
