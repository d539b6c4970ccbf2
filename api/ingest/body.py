"""The body of a request as a stream of rows, in bounded memory: gzip undone, lines cut, JSON read."""

import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import orjson
from starlette.requests import Request

from api.refusals import RequestRefused
from lifecycle_fsm.services.intake.rows import broken

LINES = "application/x-ndjson"
ARRAY = "application/json"
LONGEST_LINE = 100_000
LARGEST_ARRAY = 16_000_000
_LINE_TYPES = frozenset({LINES, "application/ndjson", "application/jsonl", "application/x-jsonlines"})
_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Limits:
    """How many bytes a body may have, counted after gzip is undone."""

    body: int
    array: int = LARGEST_ARRAY
    line: int = LONGEST_LINE


async def read_rows(request: Request, limits: Limits) -> AsyncIterator[object]:
    """
    Give row after row; one that is no JSON is given as `BrokenRow`.

    Raises:
        RequestRefused: 400, 413 or 415, and then the rows before have been given.
    """
    content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    pieces = _counted(_plain(request), limits.body)
    if content_type in _LINE_TYPES:
        async for line in _lines(pieces, limits.line):
            yield _row(line, limits.line)
    elif content_type == ARRAY:
        for row in await _array(pieces, min(limits.array, limits.body)):
            yield row
    else:
        message = f"Content-Type is {content_type[:100]!r}; expected {LINES} or {ARRAY}."
        raise RequestRefused(415, "unsupported_media_type", message, {"Accept-Post": f"{LINES}, {ARRAY}"})


async def _plain(request: Request) -> AsyncIterator[bytes]:
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        async for chunk in request.stream():
            yield chunk
    elif encoding == "gzip":
        async for piece in _unzipped(request):
            yield piece
    else:
        message = f"Content-Encoding is {encoding[:100]!r}; expected gzip or none."
        raise RequestRefused(415, "unsupported_media_type", message, {"Accept-Encoding": "gzip"})


async def _unzipped(request: Request) -> AsyncIterator[bytes]:
    """Undo gzip in small pieces, so that a small body never becomes a large one in memory; members may follow."""
    unzip = _Unzip()
    try:
        async for chunk in request.stream():
            for piece in unzip.pieces(chunk):
                yield piece
    except zlib.error as error:
        raise _bad(f"The body is not gzip, though Content-Encoding says so ({error}).") from error
    if not unzip.is_complete:
        raise _bad("The body ends in the middle of its gzip; send all of it.")


class _Unzip:
    """One member after the other."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self.is_complete = False

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        while chunk:
            if self.is_complete:
                self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            yield self._member.decompress(chunk, _PIECE)
            self.is_complete = self._member.eof
            chunk = self._member.unused_data if self.is_complete else self._member.unconsumed_tail


async def _counted(pieces: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    size = 0
    async for piece in pieces:
        size += len(piece)
        if size > most:
            raise RequestRefused(413, "body_too_large", f"The body has more than {most} bytes; send it in parts.")
        yield piece


async def _lines(pieces: AsyncIterator[bytes], longest: int) -> AsyncIterator[bytes]:
    """Whole lines without their ends, blank ones left out; of one that is too long only the beginning."""
    rest = b""
    async for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        rest = rest[: longest + 1]
        for line in lines:
            if line.strip():
                yield line
    if rest.strip():
        yield rest


def _row(line: bytes, longest: int) -> object:
    if len(line) > longest:
        return broken(f"the line has more than {longest} bytes; expected one row", line)
    try:
        row: object = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return broken(f"the line is no JSON ({error}); expected one object", line)
    return row


async def _array(pieces: AsyncIterator[bytes], largest: int) -> list[object]:
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > largest:
            message = f"The array has more than {largest} bytes; send it in parts, or as {LINES}."
            raise RequestRefused(413, "body_too_large", message)
    try:
        rows = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _bad(f"The body is no JSON ({error}); expected an array of rows.") from error
    if isinstance(rows, dict):
        return [rows]
    if not isinstance(rows, list):
        raise _bad(f"The body is no array; expected an array of rows, one row, or {LINES}.")
    return rows


def _bad(message: str) -> RequestRefused:
    return RequestRefused(400, "bad_request", message)
