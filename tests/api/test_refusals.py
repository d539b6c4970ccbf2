"""Whatever a request is refused for, a page of an allowed origin can read why, and when to ask again."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from api.documents import Documents
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.errors import StoreFailed
from lifecycle_fsm.services.world import World
from tests.api.conftest import Opening
from tests.api.door import Door

PAGE = "https://app.example"
VIEWER = {"query": "{ viewer { name } }"}
TOLD = "ETag, Retry-After, RateLimit, RateLimit-Policy, Warning, X-Request-Id"
THREE = {"query": "{ accounts(first: 3) { nodes { key } } }"}
JSON = {"Content-Type": "application/json"}

REFUSED: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {
    400: ({}, {"method": "POST", "json": {}}),
    401: ({}, {"method": "POST", "json": VIEWER, "headers": {"Authorization": "Bearer lfsm_wrong"}}),
    403: ({}, {"method": "GET", "path": "/exports/v1/history"}),
    404: ({}, {"method": "POST", "path": "/ingest/v1/nothing"}),
    405: ({}, {"method": "PUT", "json": VIEWER}),
    406: ({}, {"method": "POST", "json": VIEWER, "headers": {"Accept": "text/plain"}}),
    413: ({"max_body_bytes": 10}, {"method": "POST", "json": VIEWER}),
    415: ({}, {"method": "POST", "content": b"x", "headers": {"Content-Type": "text/plain"}}),
    429: ({"rate": 1, "rate_burst": 3}, {"method": "POST", "json": THREE}),
}
"""Settings and a request that are refused, by the status of the answer."""


def sent(door: Door, asked: dict[str, Any]) -> httpx.Response:
    given = dict(asked)
    headers = {"Origin": PAGE, **given.pop("headers", {})}
    return door.send(given.pop("method"), given.pop("path", "/graphql"), headers=headers, **given)


def readable(answer: httpx.Response) -> tuple[str | None, str | None, bool]:
    """Whose page may read the answer, which heads of it, and whether it may be kept for another page."""
    headers = answer.headers
    vary = {each.strip() for each in headers.get("vary", "").split(",")}
    return headers.get("access-control-allow-origin"), headers.get("access-control-expose-headers"), "Origin" in vary


@pytest.mark.parametrize("status", REFUSED)
def test_pages_of_an_allowed_origin_can_read_every_refusal(
    opened: Opening, token_of: Callable[[Role], str], status: int
) -> None:
    settings, asked = REFUSED[status]
    door = opened(cors_origins=PAGE, **settings)
    door = door.as_token(token_of(Role.INGEST)) if status == 403 else door
    first = sent(door, asked)
    answer = sent(door, asked) if status == 429 else first

    assert answer.status_code == status
    assert readable(answer) == (PAGE, TOLD, True)
    assert answer.json()


def test_pages_of_an_allowed_origin_can_read_that_a_request_failed(
    opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(Documents, "read", fails)
    asked = {"method": "POST", "json": VIEWER}

    allowed = sent(opened(cors_origins=PAGE), asked)
    anybody = sent(opened(cors_origins="*"), asked)
    other = sent(opened(cors_origins="https://other.example"), asked)
    closed = sent(opened(), asked)

    assert [each.status_code for each in (allowed, anybody, other, closed)] == [500] * 4
    assert readable(allowed) == (PAGE, TOLD, True)
    assert readable(anybody)[0] == "*"
    assert readable(other)[0] is None
    assert readable(closed) == (None, None, False)
    assert allowed.json()["errors"][0]["extensions"]["requestId"] == allowed.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/graphql", "/ingest/v1/facts", "/exports/v1/history"])
def test_a_store_that_cannot_say_whose_token_it_is_answers_503(opened: Opening, world: World, path: str) -> None:
    def gone() -> None:
        raise StoreFailed("the database did not answer; try again", retryable=True)

    door = opened(cors_origins=PAGE)
    world.database.reading = gone  # type: ignore[method-assign,assignment] # a store that is gone

    method = "GET" if path.startswith("/exports") else "POST"
    answer = sent(door, {"method": method, "path": path, **({"json": VIEWER} if method == "POST" else {})})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert readable(answer) == (PAGE, TOLD, True)
    assert "store_failed" in answer.text


def test_a_body_that_does_not_arrive_can_be_read_to_be_late(opened: Opening) -> None:
    door = opened(cors_origins=PAGE, operation_seconds=0.05)

    async def never() -> Any:
        yield b'{"query": '
        await asyncio.Event().wait()

    answer = sent(door, {"method": "POST", "content": never(), "headers": JSON})

    assert answer.status_code == 408
    assert readable(answer) == (PAGE, TOLD, True)
