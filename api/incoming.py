"""What a request asks to run, taken from its URL or its body."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from starlette.requests import Request

from api.negotiation import PLAIN
from api.refusals import RequestRefused

_EXPECTED = "expected a JSON object with a text `query`"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One GraphQL request; `may_change` is false for those that came by GET."""

    query: str
    variables: dict[str, object]
    operation_name: str | None
    may_change: bool


async def read_incoming(request: Request, largest: int) -> Incoming:
    """
    Read what is to be run.

    A cross-site form can send only simple content types, and those are refused; nothing
    is read from cookies. So no page can act with its visitor's authority.

    Raises:
        RequestRefused: 400, 413 or 415, the request is not one of GraphQL.
    """
    if request.method == "GET":
        return _incoming(_from_url(request), may_change=False)
    _check_content_type(request.headers.get("content-type", ""))
    body = await _body(request, largest)
    return _incoming(_object(_json(body, "the body"), f"the body is not an object; {_EXPECTED}"), may_change=True)


def _from_url(request: Request) -> Mapping[str, object]:
    texts = request.query_params
    parts: dict[str, object] = {name: texts[name] for name in ("query", "operationName") if texts.get(name)}
    for name in ("variables", "extensions"):
        if texts.get(name):
            parts[name] = _json(texts[name].encode(), f"`{name}`")
    return parts


def _incoming(parts: Mapping[str, object], *, may_change: bool) -> Incoming:
    query, name = parts.get("query"), parts.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise _bad(f"`query` is missing or not a text; {_EXPECTED}")
    if name is not None and not isinstance(name, str):
        raise _bad("`operationName` is not a text; leave it out or name an operation of the document")
    _object(_given(parts, "extensions"), "`extensions` is not an object")
    variables = _object(_given(parts, "variables"), "`variables` is not an object; expected values by name")
    return Incoming(query, variables, name or None, may_change)


def _given(parts: Mapping[str, object], name: str) -> object:
    value = parts.get(name)
    return {} if value is None else value


def _check_content_type(header: str) -> None:
    name, *parameters = (part.strip().lower() for part in header.split(";"))
    charsets = [part.removeprefix("charset=").strip('"') for part in parameters if part.startswith("charset=")]
    if name != PLAIN or any(charset not in {"utf-8", "utf8"} for charset in charsets):
        message = f"Content-Type is {header[:100]!r}; expected {PLAIN} in UTF-8."
        raise RequestRefused(415, "unsupported_media_type", message, {"Accept-Post": PLAIN})


async def _body(request: Request, largest: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise RequestRefused(413, "body_too_large", f"The body has more than {largest} bytes; send less at once.")
    return bytes(body)


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
