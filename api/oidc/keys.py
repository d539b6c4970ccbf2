"""The provider's public keys: found by discovery, kept for a while, fetched anew when a new one signs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWKError, PyJWKSetError

from api.oidc.fetching import Fetched, ProviderFailed
from lifecycle_fsm.domain.errors import Unauthenticated

SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(hours=24)
BETWEEN_LOOKS = timedelta(seconds=30)
"""A key that is not known makes us look again, but not more often than this, whatever tokens are sent."""

_DISCOVERY = "/.well-known/openid-configuration"

Fetch = Callable[[str], Awaitable[Fetched]]


@dataclass(frozen=True, slots=True)
class _Kept:
    keys: Mapping[str, PyJWK]
    fetched_at: datetime
    until: datetime


@dataclass(slots=True)
class ProviderKeys:
    """Give the keys of one issuer by their id; requests that need the same look-up share one."""

    issuer: str
    fetch: Fetch
    clock: Callable[[], datetime]
    _kept: _Kept | None = None
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def key(self, key_id: str) -> PyJWK:
        """
        The key with this id.

        Raises:
            Unauthenticated: the provider has no such key.
            ProviderFailed: no key of the provider is known, and it does not answer.
        """
        kept = self._kept
        if kept is None or self.clock() >= kept.until or (key_id not in kept.keys and self._may_look_again(kept)):
            kept = await self._look(kept)
        if key_id not in kept.keys:
            raise Unauthenticated("the token is signed with a key that its issuer does not publish")
        return kept.keys[key_id]

    def _may_look_again(self, kept: _Kept) -> bool:
        return self.clock() - kept.fetched_at >= BETWEEN_LOOKS

    async def _look(self, seen: _Kept | None) -> _Kept:
        async with self._looking:
            if self._kept is not seen and self._kept is not None:
                return self._kept
            try:
                self._kept = await self._fetched()
            except ProviderFailed:
                if self._kept is None:
                    raise
                # The keys of before are better than nobody getting in; the next look is a while away.
                now = self.clock()
                self._kept = _Kept(self._kept.keys, now, now + BETWEEN_LOOKS)
            return self._kept

    async def _fetched(self) -> _Kept:
        found = await self.fetch(self.issuer.rstrip("/") + _DISCOVERY)
        if found.document.get("issuer") != self.issuer:
            raise ProviderFailed(f"the discovery document of {self.issuer!r} names another issuer")
        address = found.document.get("jwks_uri")
        if not isinstance(address, str):
            raise ProviderFailed(f"the discovery document of {self.issuer!r} names no keys")
        answer = await self.fetch(address)
        now = self.clock()
        return _Kept(_keys(answer.document), now, now + _kept_for(answer.max_age))


def _kept_for(max_age: int | None) -> timedelta:
    return min(LONGEST, max(SHORTEST, timedelta(seconds=max_age or 0)))


def _keys(document: Mapping[str, object]) -> dict[str, PyJWK]:
    try:
        keys = PyJWKSet.from_dict(dict(document)).keys
    except (PyJWKSetError, PyJWKError, TypeError, AttributeError) as error:
        raise ProviderFailed(f"the identity provider's keys cannot be read: {error}") from error
    return {key.key_id: key for key in keys if key.key_id is not None and key.public_key_use in (None, "sig")}
