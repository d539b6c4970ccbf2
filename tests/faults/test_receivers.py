"""A receiver hangs, fails and lies while accounts move and four workers deliver: all arrives, and in order."""

import json
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import ip_network
from random import Random
from typing import BinaryIO

import pytest
from sqlalchemy import select

from lifecycle_fsm.background.notify.posting import Post
from lifecycle_fsm.background.notify.webhook import Webhook
from lifecycle_fsm.domain.notification import Notifications, Route, WebhookChannel
from lifecycle_fsm.services.notifying import route_page
from lifecycle_fsm.store.deliveries import load_traffic
from lifecycle_fsm.store.tables.work import outbox
from tests.background.receivers import Arrived, Receiver, a_receiver, raw, status
from tests.faults.checker import check
from tests.worlds import Stage, a_stage

WORKERS = 4
ACCOUNTS = 6
ROUNDS = 8
TIMEOUT = 0.2
LOOPBACK = (ip_network("127.0.0.0/8"),)
ALL = Notifications({"crm": WebhookChannel("crm", "http://127.0.0.1", ())}, (Route(("crm",)),))
REFUSALS = (
    status(500),
    status(302, "Location: http://127.0.0.1:1/other"),
    raw(b""),
    raw(b"HTTP/1.1 2"),
    raw(b"HTTP/1.1 200 OK\r\nContent-Length: -7\r\n\r\n"),
)
TAKEN = (
    status(204),
    raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nshort"),
    raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + b"x" * 100_000),
)


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url) as opened:
        yield opened


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as opened:
        yield opened


class Moody:
    """Takes a message or does not, by chance, and remembers in which order it took them."""

    def __init__(self, receiver: Receiver) -> None:
        self.chance, self.receiver = Random(7), receiver
        self.taken: dict[str, list[tuple[int, str]]] = defaultdict(list)

    def answer(self, arrived: Arrived, out: BinaryIO) -> None:
        """Take most of what comes: twelve refusals in a row would make a dead letter."""
        if self.chance.random() < 0.7:
            event = json.loads(arrived.body)
            self.taken[event["data"]["account"]["id"]].append((event["data"]["revision"], event["id"]))
            self.chance.choice(TAKEN)(arrived, out)
        elif self.chance.random() < 0.1:
            self.receiver.hang(arrived, out)
        else:
            self.chance.choice(REFUSALS)(arrived, out)


def deliver(stage: Stage, receiver: Receiver) -> None:
    """Let four workers deliver at the same time until nothing is due."""

    def work(seed: int) -> None:
        post = Post(stage.world, {"crm": Webhook(receiver.url, (b"n" * 24,), LOOPBACK, TIMEOUT)}, Random(seed))
        while post.page("crm") is not None:
            pass

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))


def waits(stage: Stage) -> bool:
    with stage.world.database.reading() as connection:
        return bool(load_traffic(connection))


def test_a_moody_receiver_loses_nothing_and_mixes_nothing_up(stage: Stage, receiver: Receiver) -> None:
    moody = Moody(receiver)
    receiver.answer = moody.answer
    accounts = [stage.sign(f"A{number}", arr=5_000) for number in range(ACCOUNTS)]
    for number in range(ROUNDS):
        for account in accounts:
            stage.tell(account, status=("churned", "active")[number % 2])
        while route_page(stage.world, ALL) is not None:
            pass
        deliver(stage, receiver)
        stage.clock.turn(hours=8)
    while waits(stage):
        deliver(stage, receiver)
        stage.clock.at += timedelta(hours=8)

    with stage.world.database.reading() as connection:
        sent = {str(each) for each in connection.execute(select(outbox.c.id)).scalars()}
    arrived = [message for taken in moody.taken.values() for _, message in taken]
    assert sorted(arrived) == sorted(sent)
    assert len(receiver.arrived) > len(arrived)
    for taken in moody.taken.values():
        revisions = [revision for revision, _ in taken]
        assert revisions == sorted(revisions)
    check(stage.world)
