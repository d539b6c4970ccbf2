"""What an operator may set about the door: documents, lists of requests, other sites' pages, time and points."""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from api.persisted import PersistedDocuments, Policy
from api.throttle import Status, Throttle
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from tests.api.conftest import Opening
from tests.api.door import Door

VIEWER = "{ viewer { name } }"
HASH = sha256(VIEWER.encode()).hexdigest()
PAGE = "https://app.example"


def kept(digest: str, **more: str) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}, **more}


def test_a_document_is_sent_once_and_named_from_then_on(door: Door) -> None:
    unknown = door.send("POST", json=kept(HASH)).json()
    first = door.send("POST", json=kept(HASH, query=VIEWER)).json()
    by_apollo = door.send("POST", json=kept(HASH)).json()
    by_id = door.send("GET", params={"documentId": f"sha256:{HASH}"}).json()

    assert unknown["errors"][0]["message"] == "PersistedQueryNotFound"
    assert unknown["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    assert first == by_apollo == by_id
    assert first["data"] == {"viewer": {"name": "admin"}}


def test_a_hash_of_another_document_is_refused(door: Door) -> None:
    answer = door.send("POST", json=kept("0" * 64, query=VIEWER)).json()

    assert answer["errors"][0]["extensions"]["code"] == "document_mismatch"


@pytest.mark.parametrize("given", [{"documentId": 1}, {"documentId": ""}, {"extensions": {"persistedQuery": 1}}])
def test_an_id_that_is_none_answers_400(door: Door, given: dict[str, object]) -> None:
    assert door.send("POST", json=given).status_code == 400


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """A folder of trusted documents in each of its forms."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "viewer.graphql").write_text(VIEWER)
    (folder / "relay.json").write_text(json.dumps({"short": "{ __typename }"}))
    manifest = {"format": "apollo-persisted-query-manifest", "version": 1}
    operations = [{"id": "apollo", "name": "A", "type": "query", "body": "query A { viewer { roles } }"}]
    (folder / "manifest.json").write_text(json.dumps({**manifest, "operations": operations}))
    return folder


def test_a_role_may_be_kept_to_trusted_documents(
    opened: Opening, documents: Path, token_of: Callable[[Role], str]
) -> None:
    door = opened(documents=documents, document_policies={"csm": "required"})
    csm = door.as_token(token_of(Role.CSM))

    assert csm.data(VIEWER) == {"viewer": {"name": "csm"}}
    assert csm.send("POST", json={"documentId": HASH}).json()["data"] == {"viewer": {"name": "csm"}}
    assert csm.send("POST", json={"documentId": "short"}).json()["data"] == {"__typename": "Query"}
    assert csm.send("POST", json={"documentId": "apollo"}).json()["data"] == {"viewer": {"roles": ["CSM"]}}
    assert csm.error("{ viewer { roles } }")["extensions"]["code"] == "untrusted_document"
    assert csm.send("POST", json={"documentId": "other"}).json()["errors"][0]["extensions"]["code"] == (
        "untrusted_document"
    )
    assert door.data("{ viewer { roles } }") == {"viewer": {"roles": ["ADMIN"]}}


def test_where_they_are_preferred_others_run_with_a_warning(opened: Opening, documents: Path) -> None:
    door = opened(documents=documents, document_policy="preferred", batch=2)

    trusted = door.send("POST", json={"query": VIEWER})
    other, again = (door.send("POST", json={"query": "{ viewer { roles } }"}) for _ in range(2))
    both = door.send("POST", json=[{"query": VIEWER}, {"query": "{ viewer { roles } }"}])

    assert "warning" not in trusted.headers
    assert other.headers["warning"] == '299 - "this document is not trusted; send the id of one that is"'
    assert again.headers["warning"] == both.headers["warning"] == other.headers["warning"]
    assert other.json()["data"] == {"viewer": {"roles": ["ADMIN"]}}


@pytest.mark.parametrize("content", ["[1]", "{", '{"x": 1}', '{"operations": [{"id": "x"}]}'])
def test_a_list_of_documents_that_is_none_stops_the_start(opened: Opening, documents: Path, content: str) -> None:
    (documents / "wrong.json").write_text(content)

    with pytest.raises(InvalidInput, match=r"wrong\.json' is no list of documents"):
        opened(documents=documents)


def test_a_list_of_requests_needs_leave(opened: Opening) -> None:
    requests = [{"query": VIEWER}, {"query": "{ nonsense }"}]

    refused = opened().send("POST", json=requests)
    taken = opened(batch=2).send("POST", json=requests)
    too_many = opened(batch=2).send("POST", json=[*requests, *requests])

    assert (refused.status_code, taken.status_code, too_many.status_code) == (400, 200, 400)
    first, second = taken.json()
    assert first["data"] == {"viewer": {"name": "admin"}}
    assert second["errors"][0]["extensions"]["code"] == "validation_failed"
    assert too_many.json()["errors"][0]["message"] == "The body is a list of 4 requests; expected 1 to 2."


CALL = """mutation ($key: String!) { registerAccounts(input: {source: "t", idempotencyKey: $key,
    rows: [{key: "NEW", name: "New"}]}) { __typename } }"""


def test_a_list_of_requests_is_paid_for_as_a_whole_before_any_of_them_runs(opened: Opening) -> None:
    door = opened(batch=3, rate=1, rate_burst=30)
    calls = [{"query": CALL, "variables": {"key": f"k{number}"}} for number in range(3)]

    first = door.send("POST", json=calls[:2])
    refused = door.send("POST", json=calls[2:] * 2)

    assert [each["data"]["registerAccounts"]["__typename"] for each in first.json()] == ["AccountsRegistered"] * 2
    assert first.headers["ratelimit"] == '"points";r=6;t=1'
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "18")


def test_in_a_list_of_requests_one_that_cannot_run_leaves_the_others_their_answers(opened: Opening) -> None:
    requests = [
        {"query": CALL, "variables": {"key": "k"}},
        {"query": "subscription { historyRecorded { cursor } }"},
        {"query": VIEWER},
    ]

    answers = opened(batch=3).send("POST", json=requests).json()

    assert answers[0]["data"]["registerAccounts"]["__typename"] == "AccountsRegistered"
    assert answers[1]["errors"][0]["extensions"]["code"] == "needs_a_stream"
    assert answers[2]["data"] == {"viewer": {"name": "admin"}}


@pytest.mark.parametrize("body", ["[]", "[1]", "[{}]"])
def test_a_list_of_something_else_answers_400(opened: Opening, body: str) -> None:
    answer = opened(batch=2).send("POST", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400


def test_pages_of_other_sites_ask_only_where_they_may(opened: Opening) -> None:
    asks = {"Origin": PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}

    closed = opened().send("OPTIONS", headers=asks)
    allowed = opened(cors_origins=f"{PAGE}, https://other.example").send("OPTIONS", headers=asks)
    other = opened(cors_origins=PAGE).send("OPTIONS", headers={**asks, "Origin": "https://evil.example"})

    assert "access-control-allow-origin" not in closed.headers
    assert allowed.headers["access-control-allow-origin"] == PAGE
    assert "access-control-allow-credentials" not in allowed.headers
    assert (other.status_code, "access-control-allow-origin" in other.headers) == (400, False)


def test_an_upload_is_pointed_to_ingest(door: Door) -> None:
    answer = door.send("POST", files={"0": b"x"}, data={"operations": "{}"})

    assert answer.status_code == 415
    assert "send files to /ingest" in answer.json()["errors"][0]["message"]


def test_pages_of_an_allowed_origin_may_read_what_answers_say_in_their_head(opened: Opening) -> None:
    answer = opened(cors_origins=PAGE).send("POST", json={"query": "{ __typename }"}, headers={"Origin": PAGE})

    told = "ETag, Retry-After, RateLimit, RateLimit-Policy, Warning, X-Request-Id"
    assert answer.headers["access-control-expose-headers"] == told


def test_a_get_that_is_known_already_has_no_body(door: Door) -> None:
    first = door.send("GET", params={"query": VIEWER})
    again = door.send("GET", params={"query": VIEWER}, headers={"If-None-Match": f'"x", {first.headers["etag"]}'})
    other = door.send("GET", params={"query": VIEWER}, headers={"If-None-Match": '"x"'})
    post = door.send("POST", json={"query": VIEWER})

    assert (first.status_code, again.status_code, other.status_code) == (200, 304, 200)
    assert (again.content, again.headers["etag"]) == (b"", first.headers["etag"])
    assert ("etag" in post.headers, post.headers["cache-control"]) == (False, "no-store")


@pytest.mark.parametrize(
    ("accepted", "coding"), [("gzip", "gzip"), ("gzip;q=0", None), ("identity", None), ("*", "gzip"), ("", None)]
)
def test_large_answers_are_compressed_where_that_is_accepted(door: Door, accepted: str, coding: str | None) -> None:
    query = "{ __schema { types { name description } } }"
    plain = door.send("POST", json={"query": query}, headers={"Accept-Encoding": "identity"})
    answer = door.send("POST", json={"query": query}, headers={"Accept-Encoding": accepted})
    small = door.send("POST", json={"query": VIEWER}, headers={"Accept-Encoding": accepted})

    assert (answer.headers.get("content-encoding"), answer.json()) == (coding, plain.json())
    assert "content-encoding" not in small.headers
    assert len(gzip.compress(plain.content)) * 2 < len(plain.content)


@contextmanager
def a_held_store(world: World) -> Iterator[None]:
    """Readers of the vocabulary wait for as long as this is open."""
    original, let_go = world.shelf.catalog, Event()
    world.shelf.catalog = lambda connection: (let_go.wait(10), original(connection))[1]  # type: ignore[method-assign] # a slow store
    yield
    world.shelf.catalog = original  # type: ignore[method-assign]
    let_go.set()


def test_an_operation_that_takes_too_long_is_given_up(opened: Opening, world: World) -> None:
    door = opened(operation_seconds=0.05, threads=1)

    with a_held_store(world):
        answer = door.send("POST", json={"query": '{ account(key: "ACME") { measures { value } } }'})

    # The one thread ends what it had begun, then takes this.
    assert door.send("GET", "/readyz").status_code == 200
    assert answer.status_code == 504
    assert answer.json()["errors"][0]["extensions"] == {
        "code": "operation_timed_out",
        "classification": "ValidationError",
        "retryable": True,
    }


def test_a_client_that_asks_too_much_waits(opened: Opening, token_of: Callable[[Role], str]) -> None:
    door = opened(rate=1, rate_burst=5)
    two_points = '{ account(key: "ACME") { stage { key } } }'

    first, second = (door.send("POST", json={"query": two_points}) for _ in range(2))
    third = door.send("POST", json={"query": two_points})
    other = door.as_token(token_of(Role.CSM)).send("POST", json={"query": VIEWER})

    assert [answer.status_code for answer in (first, second, third, other)] == [200, 200, 429, 200]
    assert first.headers["ratelimit"] == '"points";r=3;t=1'
    assert third.headers["retry-after"] == "1"
    assert third.json()["errors"][0]["extensions"] == {
        "code": "throttled",
        "classification": "ValidationError",
        "throttle": {"maximumAvailable": 5, "currentlyAvailable": 1, "restoreRate": 1, "retryAfter": 1},
    }


def test_an_address_that_guesses_tokens_waits_and_others_do_not(opened: Opening) -> None:
    door = opened(rate=1, rate_burst=25)

    first = door.send("POST", json={"query": VIEWER})
    guesses = [door.as_token(f"lfsm_guess{number}").send("POST", json={"query": VIEWER}) for number in range(4)]
    known = door.send("POST", json={"query": VIEWER})

    assert [answer.status_code for answer in guesses] == [401, 401, 429, 429]
    throttle = {"maximumAvailable": 25, "currentlyAvailable": 5, "restoreRate": 1, "retryAfter": 5}
    assert guesses[2].json()["errors"][0]["extensions"] == {
        "code": "throttled",
        "classification": "ValidationError",
        "throttle": throttle,
    }
    assert guesses[2].headers["retry-after"] == "5"
    # Whoever has a valid token that the server remembers is not held up by its neighbours.
    assert (first.status_code, known.status_code) == (200, 200)


def test_a_bucket_fills_by_itself_and_not_over_its_brim() -> None:
    now = [0.0]
    throttle = Throttle(10, 50, lambda: now[0])

    first = throttle.take("a", 45)
    refused = throttle.take("a", 30)
    now[0] = 2.5
    later = throttle.take("a", 30)
    now[0] = 100
    large = throttle.take("a", 500)

    assert (first, refused) == (Status(50, 5, 10), Status(50, 5, 10, 3))
    assert (later, large) == (Status(50, 0, 10), Status(50, 0, 10))
    assert throttle.take("a", 1).retry_after == 46  # what was taken beyond the brim is paid back


def test_the_settings_name_roles_only(settings: Settings) -> None:
    with pytest.raises(ValueError, match="'boss' is no role; expected viewer, csm, admin, auditor, ingest"):
        Settings(document_policies={"boss": "open"})


def test_the_policy_of_several_roles_is_the_most_lenient() -> None:

    persisted = PersistedDocuments({}, {Role.CSM: Policy.REQUIRED, Role.ADMIN: Policy.OPEN}, Policy.PREFERRED)

    assert persisted.policy_of(frozenset({Role.CSM, Role.ADMIN})) is Policy.OPEN
    assert persisted.policy_of(frozenset({Role.CSM, Role.VIEWER})) is Policy.PREFERRED
    assert persisted.policy_of(frozenset({Role.CSM})) is Policy.REQUIRED
