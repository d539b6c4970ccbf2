"""What one request or one job leaves in the log: fields that everything on its way adds to one line."""

import random
import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass

Fields = dict[str, object]
"""Names and values of one line; a value that tells about a person or an account is `Private`."""

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
_TRAIL: ContextVar[Fields | None] = ContextVar("trail", default=None)


@dataclass(frozen=True, slots=True)
class Private:
    """A value that no log may show as it is: the log of this process turns it into a keyed pseudonym."""

    kind: str
    value: str

    def __str__(self) -> str:
        return "***"

    def __repr__(self) -> str:
        return "***"


def account(account_id: object) -> Private:
    """An account for the log."""
    return Private("account", str(account_id))


def actor(name: str) -> Private:
    """Whoever acts, for the log: the name may be an address of mail."""
    return Private("actor", name)


def request_id_of(given: str | None) -> str:
    """The id that a caller gave if it is 8 to 64 plain characters, else a new one."""
    return given if given is not None and _GIVEN_ID.fullmatch(given) else _new_id()


class on_trail:  # noqa: N801 # it is called as a function is; a generator's context costs every request more
    """Collect notes in these fields meanwhile; they go into every line that is logged on the way, too."""

    __slots__ = ("_fields", "_token")

    def __init__(self, fields: Fields) -> None:
        self._fields = fields

    def __enter__(self) -> Fields:
        """Begin."""
        self._token = _TRAIL.set(self._fields)
        return self._fields

    def __exit__(self, *_: object) -> None:
        """Go back to what was noted before."""
        _TRAIL.reset(self._token)


def note(**fields: object) -> None:
    """Add to the line of the request or job that runs; nothing where none does."""
    note_all(fields)


def note_all(fields: Mapping[str, object]) -> None:
    """The same for fields that lie together already."""
    trail = _TRAIL.get()
    if trail is not None:
        trail.update(fields)


def present() -> Mapping[str, object]:
    """What was noted so far; empty outside of requests and jobs."""
    return _TRAIL.get() or {}


def request_id() -> str:
    """The id of the request that runs; a new one outside of requests."""
    return str(present().get("request") or _new_id())


def _new_id() -> str:
    """Sixteen hexadecimal digits; they name a request and are no secret, so that no system has to be asked for each."""
    return f"{random.getrandbits(64):016x}"
