"""GraphQL over HTTP: methods, media types, bodies, tokens and what is said of faults."""

import logging
from collections.abc import AsyncIterator, Callable

import pytest
from starlette.applications import Starlette
from starlette.types import Message

from api.documents import Documents
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.world import World
from tests.api.door import Door

MODERN = "application/graphql-response+json"
PLAIN = "application/json"
FORM = "application/x-www-form-urlencoded"
FIRE = 'mutation { fireTransition(input: {accountId: "x", trigger: "x", idempotencyKey: "x"}) { __typename } }'


def test_answers_a_query_by_get(door: Door) -> None:
    query = "query Who($id: ID!) { viewer { name } node(id: $id) { id } }"
    answer = door.send("GET", params={"query": query, "operationName": "Who", "variables": '{"id": "U2VnbWVudDp4"}'})

    assert answer.status_code == 200
    assert answer.json()["data"] == {"viewer": {"name": "admin"}, "node": None}
    assert answer.headers["vary"] == "Accept, Accept-Encoding, Authorization"
    assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, PLAIN),
        ("*/*", PLAIN),
        ("application/*", PLAIN),
        (PLAIN, PLAIN),
        (f"{PLAIN}; charset=utf-8", PLAIN),
        (MODERN, MODERN),
        (f"{MODERN}, {PLAIN};q=0.9", MODERN),
        (f"{MODERN};q=0.5, {PLAIN}", PLAIN),
        (f"{MODERN};q=0, */*", PLAIN),
        (f"text/html, {MODERN.upper()}", MODERN),
    ],
)
def test_answers_in_the_media_type_that_is_asked_for(door: Door, accept: str | None, content_type: str) -> None:
    answer = door.send("POST", json={"query": "{ viewer { name } }"}, headers={"Accept": accept or ""})

    assert answer.headers["content-type"] == f"{content_type}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/html", f"{PLAIN};q=0", f"{PLAIN};q=x"])
def test_refuses_other_media_types(door: Door, accept: str) -> None:
    answer = door.send("POST", json={"query": "{ viewer { name } }"}, headers={"Accept": accept})

    assert answer.status_code == 406
    assert answer.json()["errors"][0]["extensions"]["code"] == "not_acceptable"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ viewer {", "parse_failed"),
        ("{ nonsense }", "validation_failed"),
        ("query A { viewer { name } } query B { viewer { name } }", "operation_not_found"),
        ("query ($id: ID!) { node(id: $id) { id } }", "bad_request"),
        ("fragment F on Viewer { name }", "validation_failed"),
    ],
)
def test_a_document_that_cannot_run_has_no_data(door: Door, query: str, code: str) -> None:
    plain = door.send("POST", json={"query": query})
    modern = door.send("POST", json={"query": query}, headers={"Accept": MODERN})

    assert (plain.status_code, modern.status_code) == (200, 400)
    assert plain.json().keys() == modern.json().keys() == {"errors"}
    assert plain.json()["errors"][0]["extensions"]["code"] == code


def test_runs_the_operation_that_is_named(door: Door) -> None:
    query = "query A { a: viewer { name } } query B { b: viewer { name } }"
    named = door.send("POST", json={"query": query, "operationName": "B"}).json()
    unknown = door.send("POST", json={"query": query, "operationName": "C"}).json()

    assert named["data"] == {"b": {"name": "admin"}}
    assert unknown["errors"][0]["message"] == (
        "The document has no operation 'C'; name one that it has in `operationName`."
    )


def test_an_error_in_a_field_keeps_the_other_data(door: Door) -> None:
    answer = door.send(
        "POST", json={"query": '{ account(id: "x") { key } viewer { name } }'}, headers={"Accept": MODERN}
    )

    assert answer.status_code == 200
    assert answer.json()["data"] == {"account": None, "viewer": {"name": "admin"}}
    assert answer.json()["errors"][0]["path"] == ["account"]


@pytest.mark.parametrize("accept", [PLAIN, MODERN])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'"x"',
        b"[1]",
        b'[{"query": "{ viewer { name } }"}]',
        b"null",
        b"{",
        b"\xff",
        b"{}",
        b'{"query": 1}',
        b'{"query": ""}',
        b'{"query": "{ viewer { name } }", "variables": []}',
        b'{"query": "{ viewer { name } }", "variables": "x"}',
        b'{"query": "{ viewer { name } }", "operationName": 1}',
        b'{"query": "{ viewer { name } }", "extensions": 1}',
        b'{"query": "{ viewer { name } }", "variables": {"x": NaN}}',
        b"[" * 100_000,
    ],
)
def test_a_body_that_is_no_request_answers_400(door: Door, body: bytes, accept: str) -> None:
    answer = door.send("POST", content=body, headers={"Content-Type": PLAIN, "Accept": accept})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"] == {"code": "bad_request", "classification": "ValidationError"}


@pytest.mark.parametrize(
    "content_type", ["text/plain", FORM, "multipart/form-data; boundary=x", "", f"{PLAIN}; charset=latin-1"]
)
def test_a_form_of_another_site_is_refused(door: Door, content_type: str) -> None:
    answer = door.send("POST", content=b'{"query": "{ viewer { name } }"}', headers={"Content-Type": content_type})

    assert (answer.status_code, answer.headers["accept-post"]) == (415, PLAIN)


@pytest.mark.parametrize(
    "params", [{}, {"query": "{ viewer { name } }", "variables": "x"}, {"query": "{ a }", "extensions": "[]"}]
)
def test_a_url_that_is_no_request_answers_400(door: Door, params: dict[str, str]) -> None:
    assert door.send("GET", params=params).status_code == 400


def test_get_does_not_change_anything(door: Door) -> None:
    answer = door.send("GET", params={"query": FIRE})

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert door.data('{ account(key: "ACME") { revision } }') == {"account": {"revision": 1}}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
def test_refuses_other_methods(door: Door, method: str) -> None:
    answer = door.send(method)

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


def test_refuses_a_body_that_is_too_large(door: Door) -> None:
    answer = door.send("POST", json={"query": "{ viewer { name } }", "variables": {"x": "x" * 1_000_000}})

    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"]["code"] == "body_too_large"


def test_a_body_is_counted_while_it_comes_in(door: Door) -> None:
    sent = []

    async def endless() -> AsyncIterator[bytes]:
        for number in range(1_000):
            sent.append(number)
            yield b" " * 100_000

    answer = door.send("POST", content=endless(), headers={"Content-Type": PLAIN})

    assert answer.status_code == 413
    assert len(sent) < 20


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer x", "Basic YTpi", "x", f"Bearer {'x' * 2000}"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_comes_in_without_a_valid_token(door: Door, header: str, method: str) -> None:
    answer = door.send(method, headers={"Authorization": header})

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="lifecycle-fsm"')
    assert answer.json()["errors"][0]["extensions"]["code"] == "unauthenticated"


def test_a_token_counts_in_its_header_only(door: Door) -> None:
    token = door.token
    cookie = f"Authorization=Bearer {token}; authorization={token}; token={token}; access_token={token}"
    params = {"query": "{ viewer { name } }", "authorization": f"Bearer {token}", "token": token, "access_token": token}
    body = {"query": "{ viewer { name } }", "access_token": token, "Authorization": f"Bearer {token}"}
    nothing = {"Authorization": None, "Cookie": cookie}

    by_address = door.send("GET", params=params, headers=nothing)
    by_body = door.send("POST", json=body, headers=nothing)
    by_ingest = door.send("POST", "/ingest/v1/facts", params={"access_token": token}, json=[{}], headers=nothing)

    assert [answer.status_code for answer in (by_address, by_body, by_ingest)] == [401] * 3
    assert door.send("GET", params=params).status_code == 200
    assert [answer.headers.get("set-cookie") for answer in (by_address, door.send("GET", params=params))] == [None] * 2


def test_every_role_comes_in(door: Door, token_of: Callable[[Role], str]) -> None:
    names = [door.as_token(token_of(role)).data("{ viewer { name } }")["viewer"]["name"] for role in Role]

    assert names == ["viewer", "csm", "admin", "auditor", "ingest"]


def test_a_fault_is_logged_and_not_told(door: Door, world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.shelf.machines = None  # type: ignore[assignment,method-assign] # a fault that no code expects

    with caplog.at_level(logging.ERROR, "api"):
        error = door.error('{ account(key: "ACME") { key } }')

    request_id = error["extensions"]["requestId"]
    assert error["extensions"] == {
        "code": "internal_error",
        "classification": "DataFetchingException",
        "requestId": request_id,
    }
    assert error["message"] == f"Something went wrong on our side; the log has the details under request {request_id}."
    assert "NoneType" not in str(error)
    (logged,) = (record for record in caplog.records if record.message == "a field failed")
    assert logged.__dict__["fields"] == {"request": request_id, "path": "account"}


def test_a_fault_outside_of_every_field_answers_500(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(Documents, "read", fails)

    with caplog.at_level(logging.ERROR, "api.access"):
        answer = door.send("POST", json={"query": "{ __typename }"})

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (500, "internal_error")
    assert answer.headers["x-request-id"] == error["extensions"]["requestId"]
    assert "secret" not in answer.text
    assert [record.message for record in caplog.records] == ["request failed"]


@pytest.mark.parametrize("path", ["/graphql", "/ingest/v1/facts"])
def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_fault(
    app: Starlette, door: Door, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    caplog.set_level(logging.INFO)
    came: list[Message] = [
        {"type": "http.request", "body": b'{"query": "{ viewer', "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []
    headers = {"authorization": f"Bearer {door.token}", "content-type": "application/json"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"source=test",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive() -> Message:
        return came.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    door.runner.run(app(scope, receive, send))

    assert sent == []
    assert [
        (each.levelname, each.__dict__["fields"]["status"]) for each in caplog.records if each.name == "api.access"
    ] == [("INFO", 499)]
    assert [each.message for each in caplog.records if each.levelno >= logging.ERROR] == []


def test_a_store_without_its_tables_is_not_ready(door: Door, world: World) -> None:
    assert door.send("GET", "/livez").text == "alive\n"
    assert door.send("GET", "/readyz").text == "ready\n"

    with world.database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")

    assert door.send("GET", "/livez").status_code == 200
    refused = door.send("GET", "/readyz")
    assert (refused.status_code, "run `lifecycle-fsm migrate`" in refused.text) == (503, True)


def test_ending_the_application_closes_the_store(app: Starlette, door: Door, world: World) -> None:
    door.data("{ viewer { name } }")

    async def live() -> None:
        async with app.router.lifespan_context(app):
            pass

    door.runner.run(live())

    assert door.data("{ viewer { name } }") == {"viewer": {"name": "admin"}}
