"""People are told through Apprise, in words, and not into a private network."""

import asyncio
import json
from dataclasses import replace
from ipaddress import ip_network
from uuid import UUID

import pytest

from lifecycle_fsm.background.notify.chat import Chat, check_chat
from lifecycle_fsm.background.notify.failures import NotDelivered
from lifecycle_fsm.background.notify.posting import deliver
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.store.deliveries import Letter
from tests.background.receivers import a_receiver, status
from tests.builders import MONDAY

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # imported by Apprise

LETTER = Letter(
    message_id=UUID(int=1),
    account_id=UUID(int=2),
    kind="cta_opened",
    seq=3,
    created_at=MONDAY,
    payload={"cta": "x/1", "stage": "adoption", "priority": "high", "owner": "ada", "due_at": 1_772_600_000_000},
    account_key="ACME",
    account_name="Acme Inc.",
    csm="ada",
    segment="enterprise",
    cta_type="risk",
    cta_title="Call the sponsor",
)


def test_a_message_is_told_in_words() -> None:
    with a_receiver() as receiver:
        chat = Chat(f"json://127.0.0.1:{receiver.port}/room", (ip_network("127.0.0.0/8"),))

        asyncio.run(deliver(chat, LETTER, 0))

        told = json.loads(receiver.arrived[0].body)
        assert told["title"] == "Acme Inc.: CTA opened: Call the sponsor"
        assert told["message"].splitlines() == [
            "Segment: enterprise",
            "Stage: adoption",
            "CSM: ada",
            "Priority: high",
            "Owner: ada",
            "Due: 2026-03-04",
        ]


def test_a_kind_without_words_of_its_own_is_told_by_its_name() -> None:
    with a_receiver() as receiver:
        chat = Chat(f"json://127.0.0.1:{receiver.port}/", (ip_network("127.0.0.0/8"),))

        asyncio.run(deliver(chat, replace(LETTER, kind="cta_suppressed", account_name=None, payload={}), 0))

        assert json.loads(receiver.arrived[0].body)["title"] == "ACME: cta suppressed"


def test_a_service_that_does_not_take_it_is_tried_again() -> None:
    with a_receiver() as receiver:
        receiver.answer = status(500)
        chat = Chat(f"json://127.0.0.1:{receiver.port}/", (ip_network("127.0.0.0/8"),))

        with pytest.raises(NotDelivered, match="did not take the message"):
            asyncio.run(deliver(chat, LETTER, 0))


def test_a_private_host_is_refused() -> None:
    with a_receiver() as receiver:
        with pytest.raises(NotDelivered, match="private or special"):
            asyncio.run(deliver(Chat(f"json://localhost:{receiver.port}/"), LETTER, 0))

        assert receiver.arrived == []


def test_an_address_that_is_none_stops_the_start() -> None:
    with pytest.raises(InvalidInput, match="channel 'room': Apprise does not know such an address") as caught:
        check_chat("room", Chat("nonsense://token"))

    assert "token" not in caught.value.message
