"""Tokens that let people and machines in: made once, shown once, kept as hashes."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lifecycle_fsm.domain.access import Actor, Capability, Role, require
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.errors import InvalidInput, Unauthenticated
from lifecycle_fsm.domain.intake import take_instant, take_text
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import AuditEntry, append_entry
from lifecycle_fsm.store.instants import optional_ms
from lifecycle_fsm.store.keys import ApiKey, add_key, find_key, find_keys, hash_of, note_use, revoke_keys

PREFIX = "lfsm_"
"""What every token begins with, so that a leaked one is recognised."""

_RANDOM_BYTES = 32
_NOTED_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token: the only time that its text is known."""

    token: str
    name: str
    roles: frozenset[Role]


def issue_token(
    world: World, actor: Actor, name: str, roles: Iterable[Role], expires_at: datetime | None
) -> IssuedToken:
    """
    Make a token for whoever history is to call `name`; `expires_at` of None is never.

    Raises:
        Forbidden: the actor may not manage tokens.
        InvalidInput: the name cannot be kept, there is no role, or the token would be expired.
    """
    require(actor, Capability.MANAGE_TOKENS)
    held, now = frozenset(roles), world.clock()
    _check(name, held, expires_at, now)
    token = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    with world.database.writing() as connection:
        add_key(connection, ApiKey(hash_of(token), name, held, now, expires_at))
        append_entry(connection, AuditEntry(AuditKind.TOKEN_ISSUED, actor.name, name, now, _terms(held, expires_at)))
    return IssuedToken(token, name, held)


@dataclass(frozen=True, slots=True)
class Identity:
    """
    Whoever sent a token: the actor, the token's hash, and when it ends; None is never.

    `is_ours` says that it was issued here, so that it may be revoked here; another's ends by itself.
    """

    actor: Actor
    key: str
    expires_at: datetime | None = None
    is_ours: bool = True

    def is_valid(self, as_of: datetime) -> bool:
        """Whether the token has not run out at that instant."""
        return self.expires_at is None or as_of < self.expires_at


def actor_of_token(world: World, token: str) -> Actor:
    """
    Say who sends a token.

    Raises:
        Unauthenticated: the token was never issued, has expired, or was revoked.
    """
    return identity_of_token(world, token).actor


def identity_of_token(world: World, token: str) -> Identity:
    """
    Say who sends a token and until when; at most once an hour it is noted that the token was used.

    Raises:
        Unauthenticated: the token was never issued, has expired, or was revoked.
    """
    now = world.clock()
    with world.database.reading() as connection:
        key = find_key(connection, token)
    if key is None or not key.is_valid(now):
        raise Unauthenticated("the token is unknown, expired or revoked; ask an admin for a new one")
    if key.last_used_at is None or now - key.last_used_at >= _NOTED_EVERY:
        with world.database.writing() as connection:
            note_use(connection, key.token_hash, now)
    return Identity(Actor(key.name, key.roles), key.token_hash, key.expires_at)


def ended_tokens(world: World, keys: Iterable[str]) -> frozenset[str]:
    """Which of these tokens, named by their hashes, are in force no more."""
    wanted = frozenset(keys)
    if not wanted:
        return frozenset()
    now = world.clock()
    with world.database.reading() as connection:
        return wanted - {key.token_hash for key in find_keys(connection, wanted) if key.is_valid(now)}


def revoke_tokens(world: World, actor: Actor, name: str) -> int:
    """
    Stop every token of this name from now on, and say how many were still in force.

    Raises:
        Forbidden: the actor may not manage tokens.
    """
    require(actor, Capability.MANAGE_TOKENS)
    with world.database.writing() as connection:
        now = world.clock()
        revoked = revoke_keys(connection, name, now)
        append_entry(connection, AuditEntry(AuditKind.TOKENS_REVOKED, actor.name, name, now, {"tokens": revoked}))
        return revoked


def _terms(roles: frozenset[Role], expires_at: datetime | None) -> dict[str, str | int | None]:
    return {"roles": ",".join(sorted(roles)), "expires_at": optional_ms(expires_at)}


def _check(name: str, roles: frozenset[Role], expires_at: datetime | None, now: datetime) -> None:
    if take_text(name) != name:
        raise InvalidInput(f"the name is {name[:40]!r}; expected 1 to 500 printable characters", path="name")
    if not roles:
        raise InvalidInput(f"the token has no role; expected one or more of {', '.join(Role)}", path="roles")
    if expires_at is not None and (take_instant(expires_at) is None or expires_at <= now):
        raise InvalidInput("the token would be expired; expected a later instant with a time zone", path="expires_at")
