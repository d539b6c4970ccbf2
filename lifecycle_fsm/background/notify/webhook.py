"""A signed message is sent to a URL: to the address that was looked up, and nowhere that an answer points to."""

import asyncio
import hmac
import ssl
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import SplitResult, urlsplit

import h11

from lifecycle_fsm.background.notify.addresses import find_addresses
from lifecycle_fsm.background.notify.events import CONTENT_TYPE
from lifecycle_fsm.background.notify.failures import NotDelivered
from lifecycle_fsm.domain.notification import Network
from lifecycle_fsm.telemetry.traces import here, tell

_PIECE = 16_384
_LARGEST_HEAD = 65_536
_OK, _REDIRECTED, _REFUSED, _GONE = 200, 300, 400, 410


@dataclass(frozen=True, slots=True)
class Webhook:
    """A receiver: its URL, the keys that sign, the networks that it may be in, and its time to answer."""

    url: str = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)
    allow: tuple[Network, ...] = ()
    timeout_seconds: float = 10.0


def signatures(keys: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """
    Sign a message with every key; a receiver trusts any of them.

    Source: Standard Webhooks, "Signature scheme", v1.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{b64encode(hmac.digest(key, signed, sha256)).decode()}" for key in keys)


async def post(webhook: Webhook, message_id: str, timestamp: int, body: bytes) -> None:
    """
    Send a message; only the status of the answer is read, and a redirection is none that is followed.

    Where the caller is in a trace, the receiver is told it by a header.

    Raises:
        NotDelivered: it was not taken in time; 410 is final.
    """
    try:
        async with asyncio.timeout(webhook.timeout_seconds):
            status = await _exchange(webhook, message_id, timestamp, body)
            tell({"http.response.status_code": status})
    except TimeoutError as error:
        raise NotDelivered(f"no answer within {webhook.timeout_seconds:g} s") from error
    except (OSError, EOFError, h11.ProtocolError) as error:
        raise NotDelivered(f"the connection failed ({type(error).__name__})") from error
    if _REDIRECTED <= status < _REFUSED:
        raise NotDelivered(f"the answer was {status}; a redirection is not followed")
    if not _OK <= status < _REDIRECTED:
        raise NotDelivered(f"the answer was {status}", is_final=status == _GONE)


async def _exchange(webhook: Webhook, message_id: str, timestamp: int, body: bytes) -> int:
    parts = urlsplit(webhook.url)
    reader, writer = await _connect(parts, webhook.allow)
    try:
        connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
        headers = [
            ("Host", parts.netloc),
            ("Content-Type", CONTENT_TYPE),
            ("Content-Length", str(len(body))),
            ("User-Agent", "lifecycle-fsm"),
            ("Connection", "close"),
            ("webhook-id", message_id),
            ("webhook-timestamp", str(timestamp)),
            ("webhook-signature", signatures(webhook.keys, message_id, timestamp, body)),
            *_trace(parts),
        ]
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        for event in (
            h11.Request(method="POST", target=target, headers=headers),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            writer.write(connection.send(event) or b"")
        await writer.drain()
        return await _status(reader, connection)
    finally:
        # Aborted, for a receiver that does not read must not keep us.
        writer.transport.abort()


def _trace(parts: SplitResult) -> list[tuple[str, str]]:
    span = here()
    if span is None:
        return []
    span.tell({"http.request.method": "POST", "server.address": parts.hostname, "server.port": parts.port})
    return [("traceparent", span.traceparent)]


async def _connect(parts: SplitResult, allow: Sequence[Network]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    addresses = await find_addresses(host, port, allow, only_allowed=not secure)
    context = ssl.create_default_context() if secure else None
    failed: OSError = OSError("no address")
    for address in addresses:
        try:
            return await asyncio.open_connection(address, port, ssl=context, server_hostname=host if secure else None)
        except OSError as error:
            failed = error
    raise failed


async def _status(reader: asyncio.StreamReader, connection: h11.Connection) -> int:
    while True:
        event = connection.next_event()
        if isinstance(event, h11.Response):
            return event.status_code
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_PIECE))
        elif not isinstance(event, h11.InformationalResponse):
            raise EOFError
