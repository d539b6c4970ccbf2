"""What a person may do with a CTA that is there: each deed as a value."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.cta import CtaStatus, Priority


@dataclass(frozen=True, slots=True)
class EditCta:
    """Change what is not None; `parent` is the id of another CTA of the account."""

    title: str | None = None
    due_at: datetime | None = None
    priority: Priority | None = None
    owner: str | None = None
    status: CtaStatus | None = None
    flagged: bool | None = None
    parent: UUID | None = None


@dataclass(frozen=True, slots=True)
class SnoozeCta:
    """Let the CTA rest until an instant; None wakes it."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class ReopenCta:
    """Open a closed CTA again, if its place is free."""


@dataclass(frozen=True, slots=True)
class SetTask:
    """Say that a task is done, or not any more."""

    key: str
    done: bool


@dataclass(frozen=True, slots=True)
class CommentCta:
    """Write a comment."""

    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Something outside that a CTA is linked to: an opportunity, a ticket, a contact, a contract."""

    kind: str
    reference: str
    title: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class LinkCta:
    """Link something; a link to the same thing is replaced."""

    link: Reference


@dataclass(frozen=True, slots=True)
class UnlinkCta:
    """Take a link away."""

    kind: str
    reference: str


CtaWork = EditCta | SnoozeCta | ReopenCta | SetTask | CommentCta | LinkCta | UnlinkCta
