"""Who sends a request: the bearer token's owner."""

from collections.abc import Awaitable, Callable

from api.oidc.fetching import ProviderFailed
from api.refusals import RETRY_AFTER_SECONDS, RequestRefused
from lifecycle_fsm.domain.access import Actor
from lifecycle_fsm.domain.errors import StoreFailed, Unauthenticated
from lifecycle_fsm.services.tokens import Identity
from lifecycle_fsm.telemetry.trail import Fields, note_all
from lifecycle_fsm.telemetry.trail import actor as person

_LONGEST_TOKEN = 8_000


async def identity_of(header: str | None, look_up: Callable[[str], Awaitable[Identity]]) -> Identity:
    """
    Give the owner of an `Authorization` header.

    Raises:
        RequestRefused: 401, there is no valid token in it; 503, whoever knows it cannot be asked at present.
    """
    scheme, _, token = (header or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token.strip()) <= _LONGEST_TOKEN:
        raise _unauthenticated("no bearer token came with the request; send `Authorization: Bearer TOKEN`")
    try:
        return await look_up(token.strip())
    except Unauthenticated as error:
        raise _unauthenticated(error.message) from error
    except ProviderFailed as error:
        message = "the identity provider cannot be asked at present; try again"
        raise _unavailable(error.code, message, "30") from error
    except StoreFailed as error:
        raise _unavailable(error.code, error.message, RETRY_AFTER_SECONDS) from error


def note_actor(actor: Actor) -> None:
    """Name whoever acts in the line of the request."""
    note_all(line_of(actor))


def line_of(actor: Actor) -> Fields:
    """What the line of a request says about whoever acts."""
    return {"actor": person(actor.name), "roles": sorted(actor.roles)}


def _unavailable(code: str, message: str, seconds: str) -> RequestRefused:
    return RequestRefused(503, code, message, {"Retry-After": seconds}, {"retryable": True})


def _unauthenticated(message: str) -> RequestRefused:
    return RequestRefused(401, Unauthenticated.code, message, {"WWW-Authenticate": 'Bearer realm="lifecycle-fsm"'})
