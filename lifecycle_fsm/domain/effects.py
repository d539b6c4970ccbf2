"""What a transition, a stage or an alert asks to be done; noted by the engine, done by the recorder."""

from dataclasses import dataclass

from lifecycle_fsm.domain.cta import CtaOutcome, Priority
from lifecycle_fsm.domain.cta_selector import CtaSelector


@dataclass(frozen=True, slots=True)
class OpenCta:
    """Open a CTA from a template; a place that is taken is escalated or reported, never doubled."""

    template: str
    priority: Priority | None = None


@dataclass(frozen=True, slots=True)
class EscalateCta:
    """Raise the priority of the open CTA of a template's identity; open it where there is none."""

    template: str
    priority: Priority


@dataclass(frozen=True, slots=True)
class CloseCtas:
    """Close every open CTA that the selector chooses, with one outcome."""

    selector: CtaSelector
    outcome: CtaOutcome


@dataclass(frozen=True, slots=True)
class ReachMilestone:
    """Date a milestone with the evaluation date, unless it was reached before."""

    milestone: str


@dataclass(frozen=True, slots=True)
class Notify:
    """Put a message for a channel into the outbox."""

    channel: str
    message: str


@dataclass(frozen=True, slots=True)
class OpenPlan:
    """Open a success plan of a type with its objectives, unless the account has one that is open."""

    plan: str


Effect = OpenCta | EscalateCta | CloseCtas | ReachMilestone | Notify | OpenPlan
