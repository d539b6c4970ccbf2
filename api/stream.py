"""Server-sent events: one operation for each request, in the mode of distinct connections of `graphql-sse`."""

from collections.abc import AsyncIterator, Mapping

import orjson
from graphql import OperationType
from starlette.responses import Response, StreamingResponse

from api.gate import Admitted, Gate, Prepared
from api.live.hub import Hub
from api.live.sink import Waiting
from api.payloads import not_run
from api.running import answer_of, run_once

STREAM = "text/event-stream"
_KEEP_ALIVE_SECONDS = 12.0
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Vary": "Accept, Authorization"}
_COMPLETE = b"event: complete\ndata:\n\n"
_TOO_SLOW = orjson.dumps(
    {
        "errors": [
            {
                "message": "Events were not taken in time; subscribe again from your last cursor.",
                "extensions": {"code": "too_slow", "classification": "ValidationError"},
            }
        ]
    }
)


def wants_stream(accept: str | None) -> bool:
    """Whether a request asks for server-sent events by name."""
    return any(part.split(";")[0].strip().lower() == STREAM for part in (accept or "").split(","))


async def streamed(gate: Gate, hub: Hub, prepared: Admitted, headers: Mapping[str, str]) -> Response:
    """Answer with a stream: all events of a subscription, or the one answer of anything else, then `complete`."""
    common = {**_HEADERS, **headers}
    if not isinstance(prepared, Prepared):
        return _once(not_run(prepared), common)
    if prepared.operation.operation is not OperationType.SUBSCRIPTION:
        return _once(answer_of(gate, prepared, await run_once(gate, prepared)), common)
    sink = _StreamSink()
    joined = await hub.join(prepared, sink)
    if isinstance(joined, Mapping):
        return _once(joined, common)
    leave = joined

    async def events() -> AsyncIterator[bytes]:
        try:
            # A comment at once, so that the client knows that it is connected.
            yield b":\n\n"
            async for part in sink.parts():
                yield part
        finally:
            leave()

    return StreamingResponse(events(), 200, common, STREAM)


def _once(payload: Mapping[str, object], headers: Mapping[str, str]) -> Response:
    body = _next(orjson.dumps(payload)) + _COMPLETE
    return Response(body, 200, {**headers, "Content-Type": f"{STREAM}; charset=utf-8"})


def _next(payload: bytes) -> bytes:
    return b"event: next\ndata: " + payload + b"\n\n"


class _StreamSink:
    """Turn answers into server-sent events."""

    def __init__(self) -> None:
        self._waiting = Waiting()

    def next(self, payload: bytes) -> None:
        self._waiting.put(_next(payload))

    def end(self, errors: bytes | None = None) -> None:
        if errors is not None:
            self._waiting.put(_next(b'{"errors":' + errors + b"}"))
        self._waiting.close()

    def restart(self, errors: bytes) -> None:
        self.end(errors)

    def expel(self, errors: bytes) -> None:
        self.end(errors)

    async def parts(self) -> AsyncIterator[bytes]:
        """What goes over the wire, a comment where nothing else does for a while."""
        while True:
            try:
                part = await self._waiting.take(_KEEP_ALIVE_SECONDS)
            except TimeoutError:
                yield b":\n\n"
                continue
            if part is None:
                break
            yield part
        if self._waiting.is_overrun:
            yield _next(_TOO_SLOW)
        yield _COMPLETE
