"""What a request asks to run, taken from its URL or its body."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import orjson
from starlette.requests import ClientDisconnect, Request

from api.negotiation import PLAIN, header_of
from api.refusals import RequestRefused

_EXPECTED = "expected a JSON object with a text `query`"
_MULTIPART = "GraphQL takes no uploads here; send files to /ingest, which reads CSV, Parquet and JSON lines."


@dataclass(frozen=True, slots=True)
class Incoming:
    """
    One GraphQL request; `may_change` is false for those that came by GET.

    `document_id` is the SHA-256 of a document kept by the server; without it there is a `query`.
    `counts_actual` asks for what the operation turned out to cost.
    """

    query: str | None
    variables: dict[str, object]
    operation_name: str | None
    may_change: bool
    document_id: str | None = None
    counts_actual: bool = False


async def read_body(request: Request, largest: int) -> bytes:
    """
    Read what a POST brings.

    A cross-site form can send only simple content types, and those are refused; nothing
    is read from cookies. So no page can act with its visitor's authority.

    Raises:
        RequestRefused: 413 or 415, the request is not one of GraphQL.
    """
    _check_content_type(header_of(request.scope, b"content-type") or "")
    return await _body(request, largest)


def incoming_from_url(request: Request, *, counts_actual: bool) -> Incoming:
    """
    Read what a GET asks to run.

    Raises:
        RequestRefused: 400, the request is not one of GraphQL.
    """
    return incoming_of(_from_url(request), may_change=False, counts_actual=counts_actual)


def incoming_from_body(body: bytes, most: int, *, counts_actual: bool) -> Incoming | list[Incoming]:
    """
    Read what a POST asks to run: one request, or a list of at most `most` where that is not 0.

    Raises:
        RequestRefused: 400, the request is not one of GraphQL.
    """
    given = _json(body, "the body")
    if isinstance(given, list) and most > 0:
        return _batch(given, most, counts_actual=counts_actual)
    parts = _object(given, f"the body is not an object; {_EXPECTED}")
    return incoming_of(parts, may_change=True, counts_actual=counts_actual)


def asks_for_actual(header: object) -> bool:
    """Whether the header `GraphQL-Cost` asks for what operations turned out to cost."""
    return isinstance(header, str) and header.strip().lower() == "actual"


def incoming_of(parts: Mapping[str, object], *, may_change: bool, counts_actual: bool = False) -> Incoming:
    """
    Read the parts of one request, however they came.

    Raises:
        RequestRefused: 400, a part is missing or of another kind.
    """
    query, name = parts.get("query"), parts.get("operationName")
    extensions = _object(_given(parts, "extensions"), "`extensions` is not an object")
    document_id = _document_id(parts, extensions)
    if query is not None and not isinstance(query, str):
        raise _bad(f"`query` is not a text; {_EXPECTED}")
    if not (query and query.strip()) and document_id is None:
        raise _bad(f"`query` is missing; {_EXPECTED}")
    if name is not None and not isinstance(name, str):
        raise _bad("`operationName` is not a text; leave it out or name an operation of the document")
    variables = _object(_given(parts, "variables"), "`variables` is not an object; expected values by name")
    return Incoming(query or None, variables, name or None, may_change, document_id, counts_actual)


def _batch(given: list[object], most: int, *, counts_actual: bool) -> list[Incoming]:
    if not 0 < len(given) <= most:
        raise _bad(f"the body is a list of {len(given)} requests; expected 1 to {most}")
    expected = f"an entry of the list is not an object; {_EXPECTED}"
    parts = [_object(each, expected) for each in given]
    return [incoming_of(each, may_change=True, counts_actual=counts_actual) for each in parts]


def _document_id(parts: Mapping[str, object], extensions: Mapping[str, object]) -> str | None:
    """The hash of a kept document: `documentId`, or Apollo's extension."""
    own = parts.get("documentId")
    if own is not None and not (isinstance(own, str) and own):
        raise _bad("`documentId` is not a text; expected `sha256:` and 64 hexadecimal digits")
    named = _object(_given(extensions, "persistedQuery"), "`persistedQuery` is not an object")
    digest = named.get("sha256Hash")
    if digest is not None and not isinstance(digest, str):
        raise _bad("`sha256Hash` is not a text; expected 64 hexadecimal digits")
    return own if isinstance(own, str) else digest


def _from_url(request: Request) -> Mapping[str, object]:
    texts = request.query_params
    names = ("query", "operationName", "documentId")
    parts: dict[str, object] = {name: texts[name] for name in names if texts.get(name)}
    for name in ("variables", "extensions"):
        if texts.get(name):
            parts[name] = _json(texts[name].encode(), f"`{name}`")
    return parts


def _given(parts: Mapping[str, object], name: str) -> object:
    value = parts.get(name)
    return {} if value is None else value


@lru_cache(maxsize=64)
def _check_content_type(header: str) -> None:
    name, *parameters = (part.strip().lower() for part in header.split(";"))
    charsets = [part.removeprefix("charset=").strip('"') for part in parameters if part.startswith("charset=")]
    if name != PLAIN or any(charset not in {"utf-8", "utf8"} for charset in charsets):
        message = f"Content-Type is {header[:100]!r}; expected {PLAIN} in UTF-8."
        if name == "multipart/form-data":
            message = f"{message} {_MULTIPART}"
        raise RequestRefused(415, "unsupported_media_type", message, {"Accept-Post": PLAIN})


async def _body(request: Request, largest: int) -> bytes:
    message = await request.receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        # Nearly every body comes in one piece.
        return _small_enough(message.get("body", b""), largest)
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    body = bytearray(message.get("body", b""))
    async for chunk in request.stream():
        body += chunk
        _small_enough(body, largest)
    return bytes(body)


def _small_enough(body: bytes | bytearray, largest: int) -> bytes:
    if len(body) > largest:
        raise RequestRefused(413, "body_too_large", f"The body has more than {largest} bytes; send less at once.")
    return body  # type: ignore[return-value] # a bytearray is only looked at


def _json(text: bytes, what: str) -> object:
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _bad(f"{what} is not JSON in UTF-8 ({error}); {_EXPECTED}") from error
    return value


def _object(value: object, otherwise: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _bad(otherwise)
    return value


def _bad(reason: str) -> RequestRefused:
    return RequestRefused(400, "bad_request", f"{reason[0].upper()}{reason[1:]}.")
