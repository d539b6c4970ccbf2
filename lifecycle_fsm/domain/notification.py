"""Who is told of what: channels, and the routes that lead messages to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

from lifecycle_fsm.domain.history import RecordKind

EFFECT_KINDS = (
    "cta_opened",
    "cta_suppressed",
    "cta_escalated",
    "cta_closed",
    "cta_reopened",
    "cta_woken",
    "cta_edited",
    "plan_opened",
    "plan_kept",
    "plan_moved",
    "milestone_reached",
    "milestone_revoked",
    "milestone_kept",
    "override_set",
    "override_over",
    "pause_begun",
    "pause_over",
    "severity_reached",
    "notified",
    "stage_ignored",
)
"""The kinds of messages about an effect; all others are about a row of history, and named like it."""

KINDS = tuple(dict.fromkeys((*(kind.value for kind in RecordKind), *EFFECT_KINDS)))

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret stands: an environment variable or a file; never the secret itself."""

    env: str | None = None
    file: str | None = None

    def __str__(self) -> str:
        """For messages."""
        return f"environment variable {self.env}" if self.env else f"file {self.file}"


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """
    Messages go to a URL by POST, signed with every secret: the new one first, the old one while it is replaced.

    `allow` are networks that are private and may be reached anyway.
    """

    name: str
    url: str | Secret
    secrets: tuple[Secret, ...]
    allow: tuple[Network, ...] = ()
    timeout_ms: int = 10_000


@dataclass(frozen=True, slots=True)
class AppriseChannel:
    """Messages go to a chat or a mailbox, whose address is a secret."""

    name: str
    url: Secret
    allow: tuple[Network, ...] = ()


Channel = WebhookChannel | AppriseChannel


@dataclass(frozen=True, slots=True)
class About:
    """What routes look at in a message; what it has not is None."""

    kind: str
    segment: str | None = None
    cta_type: str | None = None
    priority: str | None = None
    owner: str | None = None
    channel: str | None = None
    """The channel that the definition names in `notify`."""


@dataclass(frozen=True, slots=True)
class Route:
    """Messages that have one of the words of every list that is not empty go to these channels."""

    channels: tuple[str, ...]
    kinds: frozenset[str] = frozenset()
    cta_types: frozenset[str] = frozenset()
    priorities: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()

    def takes(self, about: About) -> bool:
        """Whether a message goes this way."""
        pairs = (
            (self.kinds, about.kind),
            (self.cta_types, about.cta_type),
            (self.priorities, about.priority),
            (self.segments, about.segment),
            (self.owners, about.owner),
        )
        return all(not wanted or given in wanted for wanted, given in pairs)


@dataclass(frozen=True, slots=True)
class Notifications:
    """All channels by name, and all routes."""

    channels: Mapping[str, Channel] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()

    def channels_for(self, about: About) -> tuple[str, ...]:
        """The channels that a message goes to, each once, sorted."""
        found = {name for route in self.routes if route.takes(about) for name in route.channels}
        if about.channel is not None and about.channel in self.channels:
            found.add(about.channel)
        return tuple(sorted(found))
