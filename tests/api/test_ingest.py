"""Tools that read the HTTP status only send rows: all taken, some, or none."""

import gzip
import json
import tracemalloc
from collections.abc import Callable
from datetime import timedelta

import pytest

from api.app import create_app
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.facts import facts_as_of
from lifecycle_fsm.store.series import fact_series
from lifecycle_fsm.store.waiting import find_waiting
from tests.api.door import JSON, Door
from tests.builders import MONDAY

LINES = {"content-type": "application/x-ndjson"}


@pytest.fixture
def feed(door: Door, token_of: Callable[[Role], str]) -> Door:
    """The door for a tool that may bring in rows and read nothing."""
    return door.as_token(token_of(Role.INGEST))


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def usage(value: object, account: str = "ACME", **more: object) -> JSON:
    return {"account": account, "measure": "setup", "value": value, **more}


def test_rows_are_taken_and_acted_on(feed: Door, door: Door) -> None:
    created = feed.send(
        "POST", "/ingest/v1/accounts?source=crm", json=[{"key": "NEW", "name": "New Inc.", "facts": {"arr": 9}}]
    )
    measured = feed.send("POST", "/ingest/v1/measures", content=lines(usage(70, "NEW")), headers=LINES)
    told = feed.send("POST", "/ingest/v1/facts", json=[{"account": "NEW", "fact": "arr", "value": 10}])

    assert [each.status_code for each in (created, measured, told)] == [200, 200, 200]
    assert created.json()["notes"] == {"created": 1}
    assert measured.json() == {
        "rows": 1,
        "accepted": 1,
        "rejected": 0,
        "notes": {"recorded": 1},
        "replayed": False,
        "problems": [],
        "problemsUnlisted": 0,
    }
    account = door.data('{ account(key: "NEW") { name measures { key value } } }')["account"]
    assert account["name"] == "New Inc."
    assert {each["key"]: each["value"] for each in account["measures"]}["setup"] == 70.0


def test_a_sender_of_single_flat_rows_is_understood(feed: Door, door: Door) -> None:
    flat = {"key": "FLAT", "name": "Flat Inc.", "facts.arr": 12, "measures.setup": 70, "attributes.country": "NL"}
    created = feed.send("POST", "/ingest/v1/accounts", json=flat)
    both = feed.send("POST", "/ingest/v1/accounts", json={"key": "FLAT", "facts": {"arr": 13}, "measures.setup": 71})
    wrong = feed.send("POST", "/ingest/v1/accounts", json={"key": "FLAT", "facts": 3, "facts.arr": 14})

    assert [each.status_code for each in (created, both, wrong)] == [200, 200, 422]
    account = door.data('{ account(key: "FLAT") { name attributes { name value } measures { key value } } }')["account"]
    assert (account["name"], account["attributes"]) == ("Flat Inc.", [{"name": "country", "value": "NL"}])
    assert {each["key"]: each["value"] for each in account["measures"]}["setup"] == 71.0


def test_ids_that_are_numbers_and_texts_with_blanks_around_them_are_taken(feed: Door, door: Door) -> None:
    told = [
        feed.send("POST", f"/ingest/v1/{kind}", json=row)
        for kind, row in (
            ("accounts", {"key": 8372910042, "name": " Bolt AG ", "csm": ""}),
            ("accounts", {"key": "8372910042 ", "name": "Bolt AG"}),
            ("measures", {"account": 8372910042, "measure": "setup", "value": 40}),
            ("accounts", {"key": 42.5}),
            ("accounts", {"key": True}),
        )
    ]

    assert [each.json()["notes"] for each in told] == [
        {"created": 1},
        {"unchanged": 1},
        {"recorded": 1},
        {"rejected": 1},
        {"rejected": 1},
    ]
    account = door.data('{ account(key: "8372910042") { name csm measures { key value } } }')["account"]
    assert (account["name"], account["csm"]) == ("Bolt AG", None)
    assert {each["key"]: each["value"] for each in account["measures"]}["setup"] == 40.0


def test_a_refused_value_of_an_account_is_named_by_its_place_in_the_row(feed: Door) -> None:
    row = {"key": "NEW", "facts": {"arr": "many"}, "measures.setup": 101, "measures.usage.logins": 3}
    later = {"key": "NEW", "facts": {"arr": 1}, "observedAt": "2199-01-01"}

    told = feed.send("POST", "/ingest/v1/accounts", json=[row, later]).json()

    assert [(each["index"], each["path"], each["code"]) for each in told["problems"]] == [
        (0, ["measures", "setup"], "invalid_input"),
        (0, ["measures", "usage.logins"], "unknown_measure"),
        (0, ["facts", "arr"], "invalid_input"),
        (1, ["observedAt"], "invalid_input"),
    ]


def test_rows_that_are_refused_are_listed_and_the_others_taken(feed: Door) -> None:
    body = (
        lines(usage(1), usage("many"), {"measure": "setup"}, usage(1, "NOBODY"))
        + b"{oops\n\n"
        + lines(usage(2, at="x"), [1])
    )

    answer = feed.send("POST", "/ingest/v1/measures", content=body, headers=LINES)

    assert answer.status_code == 207
    assert answer.json()["notes"] == {"recorded": 1, "rejected": 6}
    assert [(each["index"], each["path"], each["code"]) for each in answer.json()["problems"]] == [
        (1, ["value"], "invalid_input"),
        (2, ["account"], "invalid_input"),
        (2, ["value"], "invalid_input"),
        (3, ["account"], "unknown_account"),
        (4, [], "invalid_input"),
        (5, ["at"], "invalid_input"),
        (6, [], "invalid_input"),
    ]


def test_a_row_says_nothing_of_who_sends_it_and_nothing_that_its_kind_does_not_have(feed: Door, door: Door) -> None:
    more: JSON = {"actor": "root", "revision": 9, "__proto__": {"roles": ["admin"]}}
    measures = feed.send("POST", "/ingest/v1/measures", json=[usage(1, **more), usage(2)])
    accounts = feed.send("POST", "/ingest/v1/accounts", json=[{"key": "NEW", **more}])
    graphql = feed.error(
        'mutation ($rows: [FactRowInput!]!) { recordFacts(input: {rows: $rows, source: "x", idempotencyKey: "k"}) '
        "{ __typename } }",
        rows=[{"accountKey": "ACME", "measure": "setup", "value": 1, "actor": "root"}],
    )

    assert (measures.status_code, measures.json()["notes"]) == (207, {"recorded": 1, "rejected": 1})
    assert (accounts.status_code, accounts.json()["notes"]) == (422, {"rejected": 1})
    for answer in (measures, accounts):
        assert [(each["path"], each["code"]) for each in answer.json()["problems"]] == [
            ([name], "invalid_input") for name in more
        ]
    assert graphql["extensions"]["code"] == "bad_request"
    assert door.data('{ account(key: "NEW") { key } }') == {"account": None}


def test_when_no_row_is_taken_the_status_says_so(feed: Door) -> None:
    refused = feed.send("POST", "/ingest/v1/measures", json=[usage(1, "NOBODY")])
    empty = feed.send("POST", "/ingest/v1/measures", content=b"\n \n", headers=LINES)

    assert (refused.status_code, refused.json()["rejected"]) == (422, 1)
    assert (empty.status_code, empty.json()["message"]) == (422, "The body has no row; expected at least one.")


def test_milestones_are_dated_once(feed: Door, door: Door) -> None:
    row = {"account": "ACME", "milestone": "kickoff_done", "reachedAt": "2026-03-01"}
    wrong = {"account": "ACME", "milestone": "kickoff_don"}
    late = {"account": "ACME", "milestone": "kickoff_done", "reachedAt": "2026-03-09"}

    answer = feed.send("POST", "/ingest/v1/milestones", json=[row, row, wrong])
    future = feed.send("POST", "/ingest/v1/milestones", json=[{**late, "account": "OTHER"}, late])

    assert (answer.status_code, answer.json()["notes"]) == (207, {"reached": 1, "unchanged": 1, "rejected": 1})
    assert answer.json()["problems"][0]["message"] == (
        "there is no milestone 'kickoff_don'; did you mean 'kickoff_done'?"
    )
    assert [each["path"] for each in future.json()["problems"]] == [["account"], ["reachedAt"]]
    reached = door.data('{ account(key: "ACME") { milestones { key reachedAt } } }')["account"]["milestones"]
    assert {"key": "kickoff_done", "reachedAt": "2026-03-01T00:00:00Z"} in reached


def test_a_late_value_goes_to_history_only(feed: Door, world: World) -> None:
    yesterday = MONDAY - timedelta(days=1)
    feed.send("POST", "/ingest/v1/measures", json=[usage(50)])

    late = feed.send("POST", "/ingest/v1/measures", json=[usage(10, observedAt=yesterday.isoformat())])

    account = account_id_for("ACME")
    with world.database.reading() as connection:
        now = facts_as_of(connection, [account], MONDAY)[account].values["measure.setup"]
        before = facts_as_of(connection, [account], yesterday)[account].values["measure.setup"]
    assert late.json()["notes"] == {"late": 1}
    assert (now, before) == (50.0, 10.0)


def test_a_repeated_key_gives_the_first_answer(feed: Door, world: World) -> None:
    rows = [usage(number % 100, observedAt=(MONDAY - timedelta(minutes=number)).isoformat()) for number in range(1_500)]
    rows[1_200]["value"] = "many"
    once = {"idempotency-key": "night-1"}

    first = feed.send("POST", "/ingest/v1/measures", json=rows, headers=once)
    again = feed.send("POST", "/ingest/v1/measures", json=rows, headers=once)
    other = feed.send("POST", "/ingest/v1/measures", json=rows[:1], headers=once)

    assert first.json()["problems"][0]["index"] == 1_200
    assert again.json() == {**first.json(), "replayed": True}
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    with world.database.reading() as connection:
        kept = fact_series(connection, account_id_for("ACME"), "measure.setup", MONDAY - timedelta(days=9), MONDAY)
    assert len(kept) == 1_499


def test_many_accounts_wait_for_the_worker(feed: Door, world: World) -> None:
    rows = [{"key": f"A-{number}", "facts": {"arr": 5000}} for number in range(201)]

    answer = feed.send(
        "POST",
        "/ingest/v1/accounts",
        content=gzip.compress(lines(*rows)),
        headers={**LINES, "content-encoding": "gzip"},
    )

    assert answer.json()["notes"] == {"created": 201}
    with world.database.reading() as connection:
        assert len(find_waiting(connection, 0, 1_000)) == 201


def test_gzip_may_have_several_members(feed: Door) -> None:
    body = gzip.compress(lines(usage(1))) + gzip.compress(lines(usage(2)))

    answer = feed.send("POST", "/ingest/v1/measures", content=body, headers={**LINES, "content-encoding": "gzip"})

    assert (answer.status_code, answer.json()["rows"]) == (200, 2)


@pytest.mark.parametrize(
    ("body", "headers", "status", "said"),
    [
        (b"[]", {"content-type": "text/csv"}, 415, "Content-Type is 'text/csv'"),
        (b"[]", {"content-type": "application/json", "content-encoding": "br"}, 415, "Content-Encoding is 'br'"),
        (b'"x"', {"content-type": "application/json"}, 400, "The body is no array"),
        (b"[", {"content-type": "application/json"}, 400, "The body is no JSON"),
        (b"plain", {**LINES, "content-encoding": "gzip"}, 400, "The body is not gzip"),
        (
            gzip.compress(b'{"a": 1}\n', mtime=0)[:-9],
            {**LINES, "content-encoding": "gzip"},
            400,
            "in the middle of its gzip",
        ),
        (b"[1]", {"content-type": "application/json", "idempotency-key": "k" * 151}, 400, "has 151 characters"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    feed: Door, body: bytes, headers: dict[str, str], status: int, said: str
) -> None:
    answer = feed.send("POST", "/ingest/v1/measures", content=body, headers=headers)

    assert answer.status_code == status
    assert said in answer.json()["message"]


@pytest.mark.parametrize("content_type", ["application/json", "application/x-ndjson"])
def test_a_small_body_that_gzip_makes_a_large_one_is_refused_in_little_memory(
    world: World, settings: Settings, feed: Door, content_type: str
) -> None:
    narrow = Door(create_app(world, settings.model_copy(update={"max_ingest_bytes": 100_000})), feed.token, feed.runner)
    headers = {"content-type": content_type, "content-encoding": "gzip"}
    bomb = gzip.compress(b" " * 100_000_000)
    narrow.send("POST", "/ingest/v1/measures", content=gzip.compress(b"{"), headers=headers)

    tracemalloc.start()
    answer = narrow.send("POST", "/ingest/v1/measures", content=bomb, headers=headers)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert len(bomb) < 100_000
    assert most < 5_000_000


def test_what_was_seen_before_a_break_is_told(feed: Door) -> None:
    body = gzip.compress(lines(*[usage(number % 100) for number in range(1_000)], usage(7)))[:-4]

    answer = feed.send("POST", "/ingest/v1/measures", content=body, headers={**LINES, "content-encoding": "gzip"})

    assert (answer.status_code, answer.json()["code"], answer.json()["rows"]) == (400, "bad_request", 1_001)


def test_a_row_that_is_too_long_spoils_no_other(feed: Door) -> None:
    body = lines(usage(1), {"x": "y" * 200_000}, usage(2))

    answer = feed.send("POST", "/ingest/v1/measures", content=body, headers=LINES)

    assert (answer.status_code, answer.json()["notes"]) == (207, {"recorded": 2, "rejected": 1})


def test_who_may_not_bring_in_rows_is_refused(door: Door, token_of: Callable[[Role], str]) -> None:
    viewer = door.as_token(token_of(Role.VIEWER)).send("POST", "/ingest/v1/facts", json=[{}])
    nobody = door.as_token("nonsense").send("POST", "/ingest/v1/facts", json=[{}])
    get = door.send("GET", "/ingest/v1/facts")
    other = door.send("POST", "/ingest/v1/plans", json=[{}])

    assert [each.status_code for each in (viewer, nobody, get, other)] == [403, 401, 405, 404]
    assert viewer.json()["code"] == "forbidden"
