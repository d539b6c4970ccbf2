"""What the claims of a token say: words, and the accounts that they limit a person to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from lifecycle_fsm.domain.access import EVERYTHING, MOST_NAMED, Portfolio, Role
from lifecycle_fsm.domain.errors import Unauthenticated
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.intake import take_text


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Say which claims limit whom to some accounts.

    `csm_claim` names the CSM whose accounts are seen, or a list of them, `segments_claim` the
    segments, in the provider's words that `segments` maps to ours; without a map they are ours.
    `accounts_claim` names single accounts that are seen besides, by their keys. Only people all
    of whose roles are in `roles` are limited. None for a claim limits nobody by it.
    """

    csm_claim: str | None = None
    segments_claim: str | None = None
    segments: Mapping[str, str] = field(default_factory=dict)
    roles: frozenset[Role] = frozenset({Role.CSM})
    accounts_claim: str | None = None


def words_of(claims: Mapping[str, object], path: str) -> frozenset[str]:
    """The texts of a claim, whether it is one text, several with spaces, or a list; points lead into objects."""
    found = _at(claims, path)
    if isinstance(found, str):
        return frozenset(found.split())
    return frozenset(each for each in found if isinstance(each, str)) if isinstance(found, list) else frozenset()


def portfolio_of(claims: Mapping[str, object], roles: frozenset[Role], limits: Limits) -> Portfolio:
    """
    The accounts that a person with these roles sees.

    Raises:
        Unauthenticated: a claim that limits the person is missing or says nothing known; nobody gets more for that.
    """
    if roles - limits.roles:
        return EVERYTHING
    accounts = None if limits.accounts_claim is None else _accounts(claims, limits.accounts_claim)
    try:
        own = _own(claims, limits)
    except Unauthenticated:
        if not accounts:
            raise
        # Nobody sees more for what a token lacks: single accounts are all that is left.
        return Portfolio(accounts=accounts)
    if own == EVERYTHING and accounts is not None and not accounts:
        raise Unauthenticated(f"the token's claim {limits.accounts_claim!r} names no account")
    return replace(own, accounts=accounts or None)


def _own(claims: Mapping[str, object], limits: Limits) -> Portfolio:
    csms = None if limits.csm_claim is None else _csms(claims, limits.csm_claim)
    segments = None if limits.segments_claim is None else _segments(claims, limits.segments_claim, limits.segments)
    return Portfolio(csms, segments)


def _csms(claims: Mapping[str, object], claim: str) -> frozenset[str]:
    csms = _texts(claims, claim)
    if not csms:
        raise Unauthenticated(
            f"the token's claim {claim!r} names no CSM, so that it is not known whose accounts to show"
        )
    return csms


def _accounts(claims: Mapping[str, object], claim: str) -> frozenset[UUID]:
    return frozenset(account_id_for(key) for key in _texts(claims, claim))


def _texts(claims: Mapping[str, object], claim: str) -> frozenset[str]:
    """The texts of a claim that may have spaces: one, or a list."""
    found = _at(claims, claim)
    given = found if isinstance(found, list) else [found]
    taken = (take_text(each) for each in given if isinstance(each, str))
    texts = frozenset(each for each in taken if each is not None)
    if len(texts) > MOST_NAMED:
        raise Unauthenticated(f"the token's claim {claim!r} names {len(texts)}; expected at most {MOST_NAMED}")
    return texts


def _segments(claims: Mapping[str, object], claim: str, known: Mapping[str, str]) -> frozenset[str]:
    words = words_of(claims, claim)
    segments = frozenset(known[word] for word in words if word in known) if known else words
    if not segments:
        raise Unauthenticated(f"the token's claim {claim!r} names no segment that is known here")
    return segments


def _at(claims: Mapping[str, object], path: str) -> object:
    found: object = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found
