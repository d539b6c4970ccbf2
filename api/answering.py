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
    more = tuple(headers.items()) if headers else ()
    may_be_kept = request.scope["method"] == "GET" and status == 200  # noqa: PLR2004 # HTTP's number for success
    if may_be_kept:
        tag = f'W/"{sha256(form.encode() + body).hexdigest()[:32]}"'
        more = ("ETag", tag), *more
        if _names(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers={**_common(may_be_kept=True), **dict(more)})
    return _coded(request, body, status, _raw(form, more, may_be_kept=may_be_kept))


def _coded(request: Request, body: bytes, status: int, headers: "_Raw") -> "_Answer":
    """The answer, compressed where that is worth it and the client accepts it."""
    coding = _coding(header_of(request.scope, b"accept-encoding") or "") if len(body) >= _WORTH_IT else None
    if coding is None:
        return _Answer(body, status, headers)
    return _Answer(_CODINGS[coding](body), status, (*headers, (b"content-encoding", coding.encode())))


class _Answer(Response):
    """A response whose headers are all known, so that nothing has to be looked for and changed."""

    def __init__(self, body: bytes, status: int, headers: "_Raw") -> None:
        self.status_code, self.body, self.background = status, body, None
        self.raw_headers = [*headers, (b"content-length", str(len(body)).encode())]


_Raw = tuple[tuple[bytes, bytes], ...]
"""Headers as they are sent."""


def _common(*, may_be_kept: bool) -> dict[str, str]:
    return {"Vary": _VARY, "Cache-Control": "private, no-cache" if may_be_kept else "no-store"}


@lru_cache(maxsize=256)
def _raw(form: str, more: tuple[tuple[str, str], ...], *, may_be_kept: bool) -> _Raw:
    """The headers of an answer of this media type that has these, too."""
    told = {**_common(may_be_kept=may_be_kept), **dict(more), "Content-Type": f"{form}; charset=utf-8"}
    return tuple((name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in told.items())


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
