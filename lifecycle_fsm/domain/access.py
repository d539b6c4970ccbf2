"""Who may do what: the one table of roles and capabilities."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from lifecycle_fsm.domain.errors import Forbidden


class Role(StrEnum):
    """What a person or a machine is to the product."""

    VIEWER = "viewer"
    CSM = "csm"
    ADMIN = "admin"
    AUDITOR = "auditor"
    INGEST = "ingest"


class Capability(StrEnum):
    """A deed that a service asks leave for."""

    READ = "read"
    READ_HISTORY = "read_history"
    REVIEW_HISTORY = "review_history"
    FIRE_TRANSITION = "fire_transition"
    OVERRIDE_TRANSITION = "override_transition"
    WORK_CTAS = "work_ctas"
    RECORD_FACTS = "record_facts"
    REACH_MILESTONE = "reach_milestone"
    OVERRIDE_HEALTH = "override_health"
    PAUSE_ACCOUNT = "pause_account"
    EVALUATE = "evaluate"
    UNDO_RUN = "undo_run"
    OPERATE = "operate"
    PUBLISH = "publish"
    MANAGE_TOKENS = "manage_tokens"


_READERS = frozenset({Capability.READ, Capability.READ_HISTORY})

CAPABILITIES: Mapping[Role, frozenset[Capability]] = {
    Role.VIEWER: _READERS,
    Role.AUDITOR: _READERS | {Capability.REVIEW_HISTORY},
    Role.CSM: _READERS
    | {
        Capability.FIRE_TRANSITION,
        Capability.WORK_CTAS,
        Capability.RECORD_FACTS,
        Capability.REACH_MILESTONE,
        Capability.OVERRIDE_HEALTH,
        Capability.PAUSE_ACCOUNT,
    },
    Role.INGEST: frozenset({Capability.RECORD_FACTS, Capability.REACH_MILESTONE}),
    Role.ADMIN: frozenset(Capability),
}


@dataclass(frozen=True, slots=True)
class Portfolio:
    """
    Limit an actor to some accounts: those of some CSMs in some segments, and single ones besides.

    Of CSMs one has to be the account's, of segments one; where both are given, both have to hold.
    `accounts` belong to it whatever their CSM and segment. None says nothing, and where nothing
    is said nothing is limited; an empty set names nobody. An account in no segment belongs to no
    portfolio of segments.
    """

    csms: frozenset[str] | None = None
    segments: frozenset[str] | None = None
    accounts: frozenset[UUID] | None = None

    @property
    def names_only_accounts(self) -> bool:
        """Whether single accounts are all that it says."""
        return self.accounts is not None and self.csms is None and self.segments is None

    def has(self, account_id: UUID, segment: str, csm: str | None) -> bool:
        """Whether that account, in that segment with that CSM, belongs to it."""
        if self.accounts is not None and account_id in self.accounts:
            return True
        is_own = (self.csms is None or csm in self.csms) and (self.segments is None or segment in self.segments)
        return is_own and not self.names_only_accounts


EVERYTHING = Portfolio()

MOST_NAMED = 100
"""The most CSMs, segments and accounts, of each, that a portfolio may name."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a name that history shows, roles, and the accounts it is limited to."""

    name: str
    roles: frozenset[Role]
    portfolio: Portfolio = EVERYTHING

    def may(self, capability: Capability) -> bool:
        """Whether one of the roles carries the capability."""
        return any(capability in CAPABILITIES[role] for role in self.roles)


OVER_EVERYTHING = frozenset(
    {
        Capability.EVALUATE,
        Capability.PUBLISH,
        Capability.MANAGE_TOKENS,
        Capability.OPERATE,
        Capability.UNDO_RUN,
    }
)
"""Capabilities that reach every account, and that no portfolio can limit."""


def is_let(actor: Actor, capability: Capability) -> bool:
    """Whether `require` lets the actor pass."""
    return actor.may(capability) and (capability not in OVER_EVERYTHING or actor.portfolio == EVERYTHING)


def require(actor: Actor, capability: Capability) -> None:
    """
    Stop an actor without the capability, or with one over everything but limited to a portfolio.

    Raises:
        Forbidden: none of the actor's roles carries it, or it goes beyond the actor's portfolio.
    """
    if actor.may(capability):
        if capability in OVER_EVERYTHING:
            require_everything(actor)
        return
    allowed = " or ".join(role for role in Role if capability in CAPABILITIES[role])
    roles = ", ".join(sorted(actor.roles)) or "none"
    raise Forbidden(f"this needs the capability {capability.value!r} of the role {allowed}; your roles: {roles}")


def require_everything(actor: Actor) -> None:
    """
    Stop an actor who is limited to a portfolio.

    Raises:
        Forbidden: the actor may not see every account.
    """
    if actor.portfolio != EVERYTHING:
        raise Forbidden("this reaches every account, and your token is limited to some; ask somebody who sees all")
