"""A token of the provider judged, and whom it stands for here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

import jwt
from jwt.exceptions import InvalidTokenError

from api.oidc.claims import Limits, portfolio_of, words_of
from api.oidc.keys import ProviderKeys
from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.errors import Unauthenticated
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.services.tokens import Identity

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a private key only: a public key can never serve as a shared secret."""

_POINTS = 2
"""A signed token has three parts."""

_REQUIRED = ["exp", "iat", "sub", "aud", "iss"]


@dataclass(frozen=True, slots=True)
class Terms:
    """
    What tokens must fulfil, and how their claims are read.

    `roles` maps what the claim `roles_claim` says to roles here; a claim's name may lead
    into objects by points, as in `realm_access.roles`. `leeway_seconds` is how far the
    clocks may differ, `limits` what limits people to some accounts.
    """

    issuer: str
    audience: str
    roles: Mapping[str, Role]
    roles_claim: str = "roles"
    name_claim: str = "email"
    leeway_seconds: int = 60
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Judge the tokens of one provider."""

    terms: Terms
    keys: ProviderKeys = field(repr=False)

    async def identity(self, token: str) -> Identity:
        """
        Say whom a token stands for.

        Raises:
            Unauthenticated: it is not the provider's or not for us, not in force, carries no role known here, or lacks
                what limits it to accounts.
            ProviderFailed: the provider's keys are not known and cannot be had.
        """
        claims = await self._claims(token)
        words = words_of(claims, self.terms.roles_claim)
        roles = frozenset(self.terms.roles[word] for word in words if word in self.terms.roles)
        if not roles:
            raise Unauthenticated(f"the token's claim {self.terms.roles_claim!r} names no role that is known here")
        expires_at = _end(claims["exp"])
        portfolio = portfolio_of(claims, roles, self.terms.limits)
        actor = Actor(_name(claims, self.terms.name_claim), roles, portfolio)
        return Identity(actor, sha256(token.encode()).hexdigest(), expires_at, is_ours=False)

    async def _claims(self, token: str) -> Mapping[str, object]:
        try:
            header = jwt.get_unverified_header(token)
            algorithm, key_id = header.get("alg"), header.get("kid")
            # Only the id is taken from the header: never a key, or an address of one.
            if algorithm not in ALGORITHMS or not isinstance(key_id, str) or "crit" in header:
                raise Unauthenticated("the token is not signed in a way that is accepted here")
            key = await self.keys.key(key_id)
            claims: Mapping[str, object] = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self.terms.audience,
                issuer=self.terms.issuer,
                leeway=self.terms.leeway_seconds,
                options={"require": _REQUIRED, "enforce_minimum_key_length": True},
            )
        except (InvalidTokenError, OverflowError) as error:
            raise Unauthenticated(f"the token is not valid: {error}") from error
        return claims


def _end(given: object) -> datetime:
    """
    When a token ends; fractions of a second are left out, as where it was judged.

    Raises:
        Unauthenticated: after the last year that there is.
    """
    try:
        return datetime.fromtimestamp(int(given if isinstance(given, int | float) else str(given)), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unauthenticated("the token ends at a time that is none") from error


def looks_like_one(token: str) -> bool:
    """Whether a text has the form of a signed token, which those that are issued here do not have."""
    return token.count(".") == _POINTS


def _name(claims: Mapping[str, object], claim: str) -> str:
    """What history calls the person: the claim, or else the subject, which every token has."""
    given = claims.get(claim)
    name = take_text(given) if isinstance(given, str) else None
    name = name or take_text(str(claims["sub"]))
    if name is None:
        raise Unauthenticated("the token names nobody")
    return name
