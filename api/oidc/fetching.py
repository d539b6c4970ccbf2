"""Small JSON documents of the provider, read without following it anywhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import orjson

from lifecycle_fsm.domain.errors import LifecycleError

LARGEST = 256 * 1024
SECONDS = 5.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ProviderFailed(LifecycleError):
    """The identity provider did not answer as it should; a token of it cannot be judged now."""

    code = "provider_failed"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A JSON object, and for how many seconds its sender says that it may be kept; None where it does not say."""

    document: Mapping[str, object]
    max_age: int | None


class _NoRedirect(HTTPRedirectHandler):
    """A provider that sends us elsewhere is answered as one that failed."""

    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


def fetch(url: str) -> Fetched:
    """
    Read one JSON object over HTTPS; plain HTTP only from this machine.

    Raises:
        ProviderFailed: the address is not allowed, nothing came within 5 s, or it is no JSON object of at most 256 KiB.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ProviderFailed(f"the identity provider's address {url!r} is not https")
    try:
        with build_opener(_NoRedirect).open(Request(url), timeout=SECONDS) as answer:  # noqa: S310 - the scheme is checked
            return Fetched(_object(answer, url), _max_age(answer.headers.get("Cache-Control", "")))
    except (URLError, TimeoutError, OSError) as error:
        raise ProviderFailed(f"the identity provider does not answer at {url!r}: {error}", retryable=True) from error


def _object(answer: IO[bytes], url: str) -> Mapping[str, object]:
    body = answer.read(LARGEST + 1)
    try:
        document = orjson.loads(body) if len(body) <= LARGEST else None
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise ProviderFailed(f"the identity provider sent no JSON object of at most {LARGEST} bytes from {url!r}")
    return document


def _max_age(header: str) -> int | None:
    for part in header.lower().split(","):
        name, _, value = part.strip().partition("=")
        if name == "max-age" and value.isdigit():
            return int(value)
    return None
