"""Which media type an answer has."""

from collections.abc import Iterator

from starlette.types import Scope

from api.refusals import RequestRefused

MODERN = "application/graphql-response+json"
PLAIN = "application/json"

_HEADERS = "lifecycle.headers"
"""Where in its scope the headers of a request stand by name, the first of each."""

_WILDCARDS = frozenset({"*/*", "application/*"})


def header_of(scope: Scope, name: bytes) -> str | None:
    """The first header of a request with this name in small letters, None without one."""
    headers: dict[bytes, bytes] | None = scope.get(_HEADERS)
    if headers is None:
        headers = scope[_HEADERS] = dict(reversed(scope["headers"]))
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def media_type(accept: str | None) -> str:
    """
    Choose the answer's media type: the modern one where it is asked for by name, else plain JSON.

    Raises:
        RequestRefused: 406, neither is accepted.

    Source: GraphQL over HTTP, "Accept".
    """
    if accept is None or not accept.strip():
        return PLAIN
    weights = dict(_weights(accept))
    wildcard = max((weights[name] for name in _WILDCARDS & weights.keys()), default=0.0)
    modern, plain = weights.get(MODERN, 0.0), weights.get(PLAIN, wildcard)
    if max(modern, plain) <= 0:
        raise RequestRefused(406, "not_acceptable", f"Accept is {accept[:100]!r}; expected {MODERN} or {PLAIN}.")
    return MODERN if modern >= plain else PLAIN


def _weights(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(","):
        name, *parameters = (each.strip().lower() for each in part.split(";"))
        quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        yield name, _number(quality)


def _number(quality: str) -> float:
    try:
        return float(quality)
    except ValueError:
        return 0.0
