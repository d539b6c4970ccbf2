"""Tokens that let people and machines in: made once, shown once, kept as hashes."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from uuid import UUID

from lifecycle_fsm.domain.access import EVERYTHING, MOST_NAMED, Actor, Capability, Portfolio, Role, require
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.errors import InvalidInput, Unauthenticated, UnknownToken
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.intake import take_instant, take_text
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.accounts import existing_ids, owners_among
from lifecycle_fsm.store.audit_entries import AuditEntry, append_entry
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.instants import optional_ms
from lifecycle_fsm.store.keys import (
    ApiKey,
    add_key,
    find_key,
    find_keys,
    hash_of,
    note_use,
    page_keys,
    revoke_key,
    revoke_keys,
    was_issued,
)
from lifecycle_fsm.store.machines import published_segments

PREFIX = "lfsm_"
"""What every token begins with, so that a leaked one is recognised."""

_RANDOM_BYTES = 32
_NOTED_EVERY = timedelta(hours=1)


def accounts_by_key(world: World, actor: Actor, keys: Sequence[str]) -> frozenset[UUID]:
    """
    The ids of the accounts with these keys, for a portfolio; at most 100.

    Raises:
        Forbidden: the actor may not manage tokens.
        InvalidInput: there are too many, or one of them is not registered.
    """
    require(actor, Capability.MANAGE_TOKENS)
    _check_number(len(keys))
    ids = {account_id_for(key): key for key in keys}
    with world.database.reading() as connection:
        missing = sorted(ids[each] for each in ids.keys() - existing_ids(connection, ids))
    if missing:
        raise InvalidInput(f"there is no account {missing[0][:40]!r}; register it first", path="portfolio")
    return frozenset(ids)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """
    A new token: the only time that its text is known.

    `warnings` are sentences about what its portfolio names and nothing has yet, which may be slips: segments that
    were never published, then CSMs who own no account, each sorted.
    """

    token: str
    name: str
    roles: frozenset[Role]
    key: ApiKey
    warnings: tuple[str, ...] = ()


def issue_token(
    world: World,
    actor: Actor,
    name: str,
    roles: Iterable[Role],
    expires_at: datetime | None,
    portfolio: Portfolio = EVERYTHING,
) -> IssuedToken:
    """
    Make a token for whoever history is to call `name`; `expires_at` of None is never.

    It is limited to the accounts of the portfolio, which names at most 100 things of each kind.

    Raises:
        Forbidden: the actor may not manage tokens.
        InvalidInput: the name cannot be kept, there is no role, the token would be expired, or
            the portfolio cannot be kept.
    """
    require(actor, Capability.MANAGE_TOKENS)
    held, now = frozenset(roles), world.clock()
    _check(name, held, expires_at, now)
    _check_portfolio(portfolio)
    token = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    key = ApiKey(hash_of(token), name, held, now, expires_at, portfolio=portfolio)
    with world.database.writing() as connection:
        add_key(connection, key)
        append_entry(connection, AuditEntry(AuditKind.TOKEN_ISSUED, actor.name, name, now, _terms(key)))
        warnings = tuple(_unmatched(connection, portfolio))
    return IssuedToken(token, name, held, key, warnings)


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
    is_due = key.last_used_at is None or now - key.last_used_at >= _NOTED_EVERY
    if is_due and not world.database.is_read_only:
        with world.database.writing() as connection:
            note_use(connection, key.token_hash, now)
    return Identity(Actor(key.name, key.roles, key.portfolio), key.token_hash, key.expires_at)


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
        UnknownToken: none of this name was ever issued.
    """
    require(actor, Capability.MANAGE_TOKENS)
    with world.database.writing() as connection:
        if not was_issued(connection, name):
            raise UnknownToken(f"no token was issued for {name[:40]!r}; `lifecycle-fsm tokens --all` lists the names")
        now = world.clock()
        revoked = revoke_keys(connection, name, now)
        append_entry(connection, AuditEntry(AuditKind.TOKENS_REVOKED, actor.name, name, now, {"tokens": revoked}))
        return revoked


def page_tokens(world: World, actor: Actor, page: PageRequest) -> Page[ApiKey]:
    """
    One page of all tokens that were ever issued, newest first; what they are is known to nobody.

    Raises:
        Forbidden: the actor may not manage tokens.
        InvalidInput: the cursor does not belong to this list.
    """
    require(actor, Capability.MANAGE_TOKENS)
    with world.database.reading() as connection:
        return page_keys(connection, page)


def revoke_token(world: World, actor: Actor, key: str) -> ApiKey:
    """
    Stop the token with this hash from now on; one that was stopped before stays as it was.

    Raises:
        Forbidden: the actor may not manage tokens.
        UnknownToken: none with this hash was issued.
    """
    require(actor, Capability.MANAGE_TOKENS)
    with world.database.writing() as connection:
        now = world.clock()
        found = next(iter(find_keys(connection, [key])), None)
        if found is None:
            raise UnknownToken("no token has this id; ask for `tokens`")
        if found.revoked_at is not None:
            return found
        revoke_key(connection, key, now)
        details = {"tokens": 1}
        append_entry(connection, AuditEntry(AuditKind.TOKENS_REVOKED, actor.name, found.name, now, details))
    return replace(found, revoked_at=now)


def _terms(key: ApiKey) -> dict[str, str | int | None]:
    """What the audit entry says; only what limits the token beside its roles and its end is added."""
    terms: dict[str, str | int | None] = {
        "roles": ",".join(sorted(key.roles)),
        "expires_at": optional_ms(key.expires_at),
    }
    limits = {"csms": key.portfolio.csms, "segments": key.portfolio.segments, "accounts": key.portfolio.accounts}
    return terms | {kind: ",".join(sorted(map(str, names))) for kind, names in limits.items() if names is not None}


def _unmatched(connection: Connection, portfolio: Portfolio) -> Iterator[str]:
    """What is named and may come yet: tokens may be made before a segment is published or a CSM owns an account."""
    segments, csms = portfolio.segments or frozenset(), portfolio.csms or frozenset()
    if segments:
        published = published_segments(connection)
        yield from (_unpublished(each, sorted(published)) for each in sorted(segments - published))
    for each in sorted(csms - owners_among(connection, csms)):
        yield f"No account is owned by {each[:40]!r} yet; if that is a slip, revoke the token and issue another."


def _unpublished(segment: str, published: Sequence[str]) -> str:
    close = get_close_matches(segment, published, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"published are: {', '.join(published[:20]) or 'none'}."
    return f"No segment {segment[:40]!r} was ever published; {hint}"


def _check_portfolio(portfolio: Portfolio) -> None:
    texts = [*(portfolio.segments or ()), *(portfolio.csms or ())]
    odd = next((each for each in texts if take_text(each) != each), None)
    if odd is not None:
        raise InvalidInput(f"the portfolio names {odd[:40]!r}; expected printable texts", path="portfolio")
    for names in (portfolio.csms, portfolio.segments, portfolio.accounts):
        _check_number(len(names or ()))


def _check_number(named: int) -> None:
    if named > MOST_NAMED:
        raise InvalidInput(f"the portfolio names {named} of a kind; expected at most {MOST_NAMED}", path="portfolio")


def _check(name: str, roles: frozenset[Role], expires_at: datetime | None, now: datetime) -> None:
    if take_text(name) != name:
        raise InvalidInput(f"the name is {name[:40]!r}; expected 1 to 500 printable characters", path="name")
    if not roles:
        raise InvalidInput(f"the token has no role; expected one or more of {', '.join(Role)}", path="roles")
    if expires_at is not None and (take_instant(expires_at) is None or expires_at <= now):
        raise InvalidInput("the token would be expired; expected a later instant with a time zone", path="expires_at")
