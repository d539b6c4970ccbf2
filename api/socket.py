"""Operations over a WebSocket, by the protocol `graphql-transport-ws`."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

import orjson
from graphql import OperationType
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.errors import refused_error
from api.gate import Admitted, Gate, Prepared
from api.incoming import asks_for_actual, incoming_of
from api.live.hub import Hub, Leave
from api.live.sink import Waiting
from api.payloads import not_run
from api.refusals import RequestRefused
from api.running import answer_of, run_once
from lifecycle_fsm.services.tokens import Identity
from lifecycle_fsm.telemetry import traces
from lifecycle_fsm.telemetry.trail import on_trail, present

PROTOCOL = "graphql-transport-ws"
MOST_OPERATIONS = 100
_INIT_SECONDS = 10.0
_LONGEST_ID = 200
_TOKEN_REFUSED = 401

TRY_AGAIN_LATER = 1013
BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, WRONG_PROTOCOL = 4400, 4401, 4403, 4406
INIT_TIMEOUT, TAKEN_ID, TOO_MANY_INITS, TOO_SLOW = 4408, 4409, 4429, 4430


class Closing(Exception):
    """The socket has to be closed with a code and a reason of at most 123 bytes."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class SocketView:
    """Answer WebSockets as an ASGI application; a page of another origin needs leave."""

    def __init__(self, gate: Gate, hub: Hub) -> None:
        self._gate = gate
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until it ends."""
        socket = WebSocket(scope, receive, send)
        if not _may_connect(socket, self._gate.settings.cors_origins):
            await socket.close(FORBIDDEN, "origin not allowed")
            return
        speaks = PROTOCOL in socket.scope.get("subprotocols", ())
        await socket.accept(PROTOCOL if speaks else None)
        if not speaks:
            await socket.close(WRONG_PROTOCOL, "Subprotocol not acceptable")
            return
        await _Conversation(socket, self._gate, self._hub).hold()


def _may_connect(socket: WebSocket, allowed: str) -> bool:
    """Whether the page that opens the socket is ours or allowed; programs send no origin."""
    origin = socket.headers.get("origin")
    if origin is None:
        return True
    listed = {each.strip() for each in allowed.split(",")}
    return urlsplit(origin).netloc == socket.headers.get("host") or origin in listed or "*" in listed


class _Conversation:
    """One client's socket: who it is, what it has asked for, and what waits to be sent."""

    def __init__(self, socket: WebSocket, gate: Gate, hub: Hub) -> None:
        self._socket, self._gate, self._hub = socket, gate, hub
        self._waiting = Waiting()
        self._running: dict[str, Leave] = {}
        self._identity: Identity | None = None
        self._is_initialised = False
        self._authorization: str | None = None
        self._counts_actual = False
        self._closing: Closing | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def hold(self) -> None:
        """Talk until either side ends, then let go of everything."""
        writing = asyncio.create_task(self._write())
        reading = asyncio.create_task(self._read())
        try:
            await asyncio.wait({writing, reading}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for leave in tuple(self._running.values()):
                leave()
            for task in (writing, reading, *self._tasks):
                task.cancel()
            await asyncio.gather(writing, reading, *self._tasks, return_exceptions=True)

    async def _write(self) -> None:
        while (frame := await self._waiting.take()) is not None:
            await self._socket.send_text(frame.decode())
        if self._waiting.is_overrun:
            await self._socket.close(TOO_SLOW, "too slow: subscribe again from your last cursor")
        elif self._closing is not None:
            await self._socket.close(self._closing.code, self._closing.reason)

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(_INIT_SECONDS):
                while self._identity is None:
                    await self._take()
            while True:
                await self._take()
        except TimeoutError:
            await self._socket.close(INIT_TIMEOUT, "Connection initialisation timeout")
        except Closing as closing:
            await self._socket.close(closing.code, closing.reason)
        except WebSocketDisconnect:
            return

    async def _take(self) -> None:
        """Read one message and act on it."""
        message = _message(await self._socket.receive_text(), self._gate.settings.max_body_bytes)
        match message["type"]:
            case "connection_init":
                await self._initialise(message.get("payload"))
            case "ping":
                self._send({"type": "pong", **_payload_of(message)})
            case "pong":
                return
            case "subscribe":
                self._subscribe(message)
            case "complete":
                self._complete(message)
            case _:
                raise Closing(BAD_REQUEST, "Invalid message type")

    async def _initialise(self, payload: object) -> None:
        if self._is_initialised:
            raise Closing(TOO_MANY_INITS, "Too many initialisation requests")
        self._is_initialised = True
        self._authorization = _header(self._socket, payload, "authorization")
        self._counts_actual = asks_for_actual(_header(self._socket, payload, "graphql-cost"))
        try:
            self._identity = await self._identify()
        except RequestRefused as refused:
            code = FORBIDDEN if refused.status == _TOKEN_REFUSED else TRY_AGAIN_LATER
            raise Closing(code, refused.message[:100]) from refused
        self._send({"type": "connection_ack"})

    async def _identify(self) -> Identity:
        client = self._socket.client
        return await self._gate.identify(self._authorization, client.host if client else None)

    def _subscribe(self, message: Mapping[str, object]) -> None:
        if self._identity is None:
            raise Closing(UNAUTHORIZED, "Unauthorized")
        given_id, payload = message.get("id"), message.get("payload")
        if not isinstance(given_id, str) or not 0 < len(given_id) <= _LONGEST_ID or not isinstance(payload, dict):
            raise Closing(BAD_REQUEST, "Invalid subscribe message")
        if given_id in self._running:
            raise Closing(TAKEN_ID, f"Subscriber for {given_id[:60]} already exists")
        if len(self._running) >= MOST_OPERATIONS:
            refused = RequestRefused(400, "too_many", f"A socket has at most {MOST_OPERATIONS} operations.")
            self._send_error(given_id, [refused_error(refused)])
            return
        task = asyncio.create_task(self._run(given_id, payload))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._running[given_id] = partial(_cancel, task)

    def _complete(self, message: Mapping[str, object]) -> None:
        leave = self._running.pop(str(message.get("id")), None)
        if leave is not None:
            leave()

    async def _run(self, given_id: str, payload: dict[str, object]) -> None:
        try:
            identity = await self._identify()
            incoming = incoming_of(payload, may_change=True, counts_actual=self._counts_actual)
            prepared = self._gate.prepare(incoming, identity)
            if self._gate.throttle.is_on:
                self._gate.take(identity, prepared)
            await self._answer(given_id, prepared)
        except RequestRefused as refused:
            self._end_with(given_id, [refused_error(refused)])
            if refused.status == _TOKEN_REFUSED:
                self.expel()

    def expel(self) -> None:
        """Close the socket, because its token has ended."""
        self._closing = Closing(FORBIDDEN, "the token has expired or was revoked")
        self._waiting.close()

    async def _answer(self, given_id: str, prepared: Admitted) -> None:
        if not isinstance(prepared, Prepared):
            self._end_with(given_id, not_run(prepared)["errors"])
            return
        if prepared.operation.operation is OperationType.SUBSCRIPTION:
            await self._follow(given_id, prepared)
            return
        with _traced():
            answer = answer_of(self._gate, prepared, await run_once(self._gate, prepared))
        if "data" not in answer:
            self._end_with(given_id, answer["errors"])
            return
        self._send({"id": given_id, "type": "next", "payload": answer})
        self._send({"id": given_id, "type": "complete"})
        self._running.pop(given_id, None)

    async def _follow(self, given_id: str, prepared: Prepared) -> None:
        joined = await self._hub.join(prepared, _SocketSink(given_id, self._waiting, self._running, self.expel))
        if isinstance(joined, Mapping):
            self._end_with(given_id, joined["errors"])
        elif given_id in self._running:
            self._running[given_id] = joined
        else:
            joined()

    def _end_with(self, given_id: str, errors: object) -> None:
        self._running.pop(given_id, None)
        self._send_error(given_id, errors)

    def _send_error(self, given_id: str, errors: object) -> None:
        self._send({"id": given_id, "type": "error", "payload": errors})

    def _send(self, message: Mapping[str, object]) -> None:
        self._waiting.put(orjson.dumps(message))


class _SocketSink:
    """Put a subscription's answers into frames; only the id differs between subscribers."""

    def __init__(self, given_id: str, waiting: Waiting, running: dict[str, Leave], expel: Callable[[], None]) -> None:
        self._id, self._waiting, self._running, self._expel = given_id, waiting, running, expel
        self._begin = b'{"id":' + orjson.dumps(given_id) + b',"type":"next","payload":'

    def next(self, payload: bytes) -> None:
        self._waiting.put(self._begin + payload + b"}")

    def end(self, errors: bytes | None = None) -> None:
        leave = self._running.pop(self._id, None)
        if leave is not None:
            leave()
        own = orjson.dumps(self._id)
        if errors is None:
            self._waiting.put(b'{"id":' + own + b',"type":"complete"}')
        else:
            self._waiting.put(b'{"id":' + own + b',"type":"error","payload":' + errors + b"}")

    def restart(self, errors: bytes) -> None:
        """Nothing: the socket is closed as a whole, after which clients connect again."""

    def expel(self, errors: bytes) -> None:
        self.end(errors)
        self._expel()


def _message(text: str, largest: int) -> dict[str, object]:
    if len(text) > largest:
        raise Closing(BAD_REQUEST, "Message too large")
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Closing(BAD_REQUEST, "Invalid message: not JSON") from error
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise Closing(BAD_REQUEST, "Invalid message: no type")
    return message


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()


def _payload_of(message: Mapping[str, object]) -> Mapping[str, object]:
    return {"payload": message["payload"]} if isinstance(message.get("payload"), dict) else {}


def _header(socket: WebSocket, payload: object, name: str) -> str | None:
    """A header of the handshake, or what `connection_init` says; never the address, which logs keep."""
    said = payload if isinstance(payload, dict) else {}
    named = {str(each).lower(): value for each, value in said.items()}.get(name)
    return named if isinstance(named, str) else socket.headers.get(name)


@contextmanager
def _traced() -> Iterator[None]:
    """A trace of its own around one operation of a socket, for a socket may last for days."""
    if not traces.are_on():
        yield
        return
    about = {"http.route": "/graphql", "network.protocol.name": "websocket"}
    with on_trail(dict(present())) as fields, traces.begun("WEBSOCKET /graphql", about, traces.Kind.SERVER) as span:
        yield
        if span is not None:
            span.tell(traces.about(fields))
