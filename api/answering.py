"""Answers as bytes: their media type, their compression, and whether the client has them already."""

import gzip
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.negotiation import header_of

_WORTH_IT = 1_024
_VARY = "Accept, Accept-Encoding, Authorization"


def respond(
    request: Request, payload: object, status: int, form: str, headers: Mapping[str, str] | None = None
) -> Response:
    """
    Write an answer.

    One to a GET that ran carries an ETag, and is 304 without a body where the client
    names that tag in `If-None-Match`. Anything of 1,024 bytes or more is compressed
    where the client accepts it.
    """
    body = orjson.dumps(payload)
    may_be_kept = request.method == "GET" and status == 200  # noqa: PLR2004 # HTTP's number for success
    common = {"Vary": _VARY, "Cache-Control": "private, no-cache" if may_be_kept else "no-store", **(headers or {})}
    if may_be_kept:
        common["ETag"] = f'W/"{sha256(form.encode() + body).hexdigest()[:32]}"'
        if _names(request.headers.get("if-none-match", ""), common["ETag"]):
            return Response(status_code=304, headers=common)
    coding = _coding(header_of(request.scope, b"accept-encoding") or "") if len(body) >= _WORTH_IT else None
    if coding is not None:
        common["Content-Encoding"] = coding
        body = _CODINGS[coding](body)
    common["Content-Type"] = f"{form}; charset=utf-8"
    return _Answer(body, status, _raw(tuple(common.items())))


class _Answer(Response):
    """A response whose headers are all known, so that nothing has to be looked for and changed."""

    def __init__(self, body: bytes, status: int, headers: tuple[tuple[bytes, bytes], ...]) -> None:
        self.status_code, self.body, self.background = status, body, None
        self.raw_headers = [*headers, (b"content-length", str(len(body)).encode())]


@lru_cache(maxsize=256)
def _raw(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[bytes, bytes], ...]:
    """Headers as they are sent."""
    return tuple((name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in headers)


def _names(header: str, tag: str) -> bool:
    opaque = tag.removeprefix("W/")
    return header.strip() == "*" or any(each.strip().removeprefix("W/") == opaque for each in header.split(","))


def _coding(header: str) -> str | None:
    """The best coding that the client accepts and this process has."""
    accepted = {}
    for part in header.lower().split(","):
        name, _, quality = part.strip().partition(";")
        accepted[name.strip()] = quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return next((name for name in _CODINGS if accepted.get(name, accepted.get("*", False))), None)


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=5, mtime=0)


def _brotli(body: bytes) -> bytes:
    compressed: bytes = import_module("brotli").compress(body, quality=4)
    return compressed


_CODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    **({"br": _brotli} if find_spec("brotli") else {}),
    "gzip": _gzip,
}
"""What an answer may be compressed with, the best first; Brotli where its package is installed."""
