"""Messages reach their channels: signed, in order, again after a failure, and never twice at the same time."""

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_network
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from lifecycle_fsm.background.notify.posting import LEASE, MOST_ATTEMPTS, Post, wait_before
from lifecycle_fsm.background.notify.webhook import Webhook
from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.notification import Notifications, Route, WebhookChannel
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.notifying import route_page
from lifecycle_fsm.services.outbox import page_dead_letters
from lifecycle_fsm.store.deliveries import Traffic, claim, load_traffic
from lifecycle_fsm.store.tables.work import delivery
from tests.background.receivers import Answer, Receiver, raw, status
from tests.guides.blocks import ROOT, blocks_of
from tests.worlds import VIEWER, Stage, a_stage

LOOPBACK = (ip_network("127.0.0.0/8"),)
GUIDE = ROOT / "docs" / "notifications.md"
KEYS = (b"n" * 24, b"o" * 24)
ALL = Notifications({"crm": WebhookChannel("crm", "http://127.0.0.1", ())}, (Route(("crm",)),))


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url) as opened:
        yield opened


@pytest.fixture
def post(stage: Stage, receiver: Receiver) -> Post:
    return patient_for(stage, receiver, 30.0)


def patient_for(stage: Stage, receiver: Receiver, seconds: float) -> Post:
    return Post(stage.world, {"crm": Webhook(receiver.url, KEYS, LOOPBACK, seconds)}, Random(1))


def all_pages(post: Post) -> None:
    while post.page("crm") is not None:
        pass


def traffic(stage: Stage) -> tuple[Traffic, ...]:
    with stage.world.database.reading() as connection:
        return load_traffic(connection)


def errors(stage: Stage) -> list[str]:
    with stage.world.database.reading() as connection:
        found = select(delivery.c.last_error).where(delivery.c.last_error.is_not(None))
        return [str(each) for each in connection.execute(found).scalars()]


def test_a_message_arrives_signed_as_an_event(stage: Stage, post: Post, receiver: Receiver) -> None:
    account = stage.sign("ACME", arr=150_000)
    assert route_page(stage.world, ALL) is None

    all_pages(post)

    opened = next(each for each in receiver.arrived if b"lifecycle.cta_opened.v1" in each.body)
    event = json.loads(opened.body)
    signed = f"{opened.headers['webhook-id']}.{opened.headers['webhook-timestamp']}.".encode() + opened.body
    found = [b64decode(each.removeprefix("v1,")) for each in opened.headers["webhook-signature"].split(" ")]
    assert opened.line == "POST /hook?x=1 HTTP/1.1"
    assert opened.headers["content-type"] == "application/cloudevents+json"
    assert opened.headers["webhook-id"] == event["id"]
    assert opened.headers["webhook-timestamp"] == str(int(stage.clock().timestamp()))
    assert found == [hmac.digest(key, signed, sha256) for key in KEYS]
    assert (event["specversion"], event["subject"], event["source"]) == ("1.0", "ACME", "/lifecycle-fsm")
    assert event["data"]["account"]["id"] == str(account)
    assert "Acme" not in opened.body.decode()
    assert traffic(stage) == ()
    assert len({each.headers["webhook-id"] for each in receiver.arrived}) == len(receiver.arrived)


def test_the_receiver_of_the_guide_tells_our_messages_from_others(stage: Stage, post: Post, receiver: Receiver) -> None:
    stage.sign("ACME", arr=150_000)
    route_page(stage.world, ALL)
    all_pages(post)
    arrived, now = receiver.arrived[0], stage.clock().timestamp()
    guide: dict[str, Any] = {}
    exec(next(each.text for each in blocks_of(GUIDE) if each.language == "python"), guide)
    is_ours = guide["is_ours"]

    secrets = [f"whsec_{b64encode(key).decode()}" for key in (*KEYS, b"x" * 24)]

    assert [is_ours(each, arrived.headers, arrived.body, now + 299) for each in secrets] == [True, True, False]
    assert not is_ours(secrets[0], arrived.headers, arrived.body + b" ", now)
    assert not is_ours(secrets[0], arrived.headers, arrived.body, now + 300)
    assert not is_ours(secrets[0], {**arrived.headers, "webhook-id": "other"}, arrived.body, now)


def test_messages_of_an_account_keep_their_order(stage: Stage, post: Post, receiver: Receiver) -> None:
    accounts = [stage.sign(key, arr=5_000) for key in ("A", "B", "C")]
    stage.clock.turn(days=100)
    for account in accounts:
        stage.send(account, setup_completion=10)
    receiver.answer = status(500)
    route_page(stage.world, ALL)

    all_pages(post)
    tried = len(receiver.arrived)
    receiver.arrived.clear()
    receiver.answer = status(200)
    stage.clock.turn(seconds=5)
    all_pages(post)

    assert tried == 3
    for account in accounts:
        about = [json.loads(each.body)["data"] for each in receiver.arrived]
        revisions = [each["revision"] for each in about if each["account"]["id"] == str(account)]
        assert len(revisions) > 2
        assert revisions == sorted(revisions)


def test_only_what_a_route_takes_is_sent(stage: Stage, post: Post, receiver: Receiver) -> None:
    stage.sign("ACME", arr=150_000)
    only = replace(ALL, routes=(Route(("crm",), kinds=frozenset({"cta_opened"}), cta_types=frozenset({"lifecycle"})),))
    route_page(stage.world, only)

    all_pages(post)

    assert {json.loads(each.body)["type"] for each in receiver.arrived} == {"lifecycle.cta_opened.v1"}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (status(500), "the answer was 500"),
        (status(302, "Location: http://127.0.0.1:1/other"), "the answer was 302; a redirection is not followed"),
        (status(429, "Retry-After: 1"), "the answer was 429"),
        (raw(b""), "the connection failed (RemoteProtocolError)"),
        (raw(b"HTTP/1.1 2"), "the connection failed (RemoteProtocolError)"),
        (raw(b"220 mail.example ESMTP\r\n\r\n"), "the connection failed (RemoteProtocolError)"),
        (raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000), "the connection failed (RemoteProtocolError)"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: -7\r\n\r\n"), "the connection failed (RemoteProtocolError)"),
        (None, "no answer within 0.5 s"),
    ],
)
def test_a_receiver_that_does_not_answer_well_is_tried_again(
    stage: Stage, post: Post, receiver: Receiver, answer: Answer | None, error: str
) -> None:
    stage.sign("ACME", arr=5_000)
    route_page(stage.world, ALL)
    receiver.answer = answer or receiver.hang
    hasty = post if answer else patient_for(stage, receiver, 0.5)

    all_pages(hasty)
    first = len(receiver.arrived)
    all_pages(hasty)
    at_once = len(receiver.arrived)
    said = errors(stage)
    receiver.answer = status(200)
    stage.clock.turn(seconds=5)
    all_pages(post)

    assert (first, at_once) == (1, 1)
    assert said == [error]
    assert traffic(stage) == ()
    assert receiver.arrived[0].headers["webhook-id"] == receiver.arrived[1].headers["webhook-id"]
    assert receiver.arrived[0].body == receiver.arrived[1].body


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + b"x" * 1_000_000,
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    ],
)
def test_a_lie_about_the_length_of_an_answer_changes_nothing(
    stage: Stage, post: Post, receiver: Receiver, answer: bytes
) -> None:
    stage.sign("ACME", arr=5_000)
    route_page(stage.world, ALL)
    receiver.answer = raw(answer)

    all_pages(post)

    assert traffic(stage) == ()


def test_a_message_that_is_refused_for_ever_is_a_dead_letter(stage: Stage, post: Post, receiver: Receiver) -> None:
    stage.sign("ACME", arr=5_000)
    route_page(stage.world, ALL)
    ((_, all_of_them, _, _),) = [(each.channel, each.waiting, each.dead, 0) for each in traffic(stage)]
    receiver.answer = status(410)
    all_pages(post)
    gone = traffic(stage)[0].dead
    receiver.answer = status(500)
    for _ in range(MOST_ATTEMPTS):
        stage.clock.turn(hours=8)
        post.page("crm")

    (left,) = traffic(stage)
    assert gone == 1
    assert (left.dead, left.waiting) == (2, all_of_them - 2)
    assert len(receiver.arrived) == 1 + MOST_ATTEMPTS
    limited = [replace(VIEWER, portfolio=Portfolio(csms=frozenset({csm}))) for csm in ("ada", "bob")]
    shown = [page_dead_letters(stage.world, each, PageRequest(10, with_total=True)) for each in limited]
    assert [(len(page.items), page.total) for page in shown] == [(2, 2), (0, 0)]


def test_a_claim_is_one_workers_until_it_runs_out(stage: Stage, post: Post, receiver: Receiver) -> None:
    stage.sign("ACME", arr=5_000)
    route_page(stage.world, ALL)
    now = stage.clock()
    with stage.world.database.writing() as connection:
        first = claim(connection, "crm", now, now + LEASE, 10)
        second = claim(connection, "crm", now, now + LEASE, 10)

    assert (len(first), second) == (1, ())
    assert not post.has_mail("crm")
    stage.clock.turn(minutes=6)
    all_pages(post)
    assert receiver.arrived[0].headers["webhook-id"] == str(first[0].key.message_id)
    assert traffic(stage) == ()


def test_an_account_that_is_erased_is_told_to_nobody(stage: Stage, post: Post, receiver: Receiver) -> None:
    account: UUID = stage.sign("ACME", arr=5_000)
    route_page(stage.world, ALL)
    with stage.world.database.writing() as connection:
        connection.execute(delivery.delete().where(delivery.c.account_id == account))

    all_pages(post)

    assert receiver.arrived == []


def test_waits_grow_and_differ() -> None:
    chance = Random(3)
    waits = [wait_before(attempts, chance) for attempts in range(1, MOST_ATTEMPTS)]
    longest = [
        min(timedelta(seconds=5 * 3 ** (attempts - 1)), timedelta(hours=8)) for attempts in range(1, MOST_ATTEMPTS)
    ]

    assert all(most / 2 <= wait <= most for wait, most in zip(waits, longest, strict=True))
    assert len({wait / most for wait, most in zip(waits, longest, strict=True)}) == len(waits)
