"""Inputs that commands and lists of CTAs share."""

from datetime import datetime

import strawberry

from api.ids import account_of
from api.types.filters import few
from lifecycle_fsm.domain.cta import CtaOutcome, CtaStatus, CtaType, Priority
from lifecycle_fsm.domain.cta_filter import CtaFilter, CtaOrder, CtaOrderField
from lifecycle_fsm.domain.errors import InvalidInput


@strawberry.input(description="Something outside: an opportunity, a ticket, a contact, a contract.")
class CtaLinkInput:
    """A link."""

    kind: str = strawberry.field(description="What kind of thing it is: `ticket`. 1 to 500 printable characters.")
    reference: str = strawberry.field(description="Which one, as its own system calls it; 1 to 500 characters.")
    title: str | None = strawberry.field(default=None, description="Its name for people; 1 to 500 characters.")
    url: str | None = strawberry.field(
        default=None, description="Where it is, an http(s) address; at most 500 characters."
    )


@strawberry.input(description="What a CTA is about, so that one for each of several things can be open at once.")
class CtaSubjectInput:
    """A subject."""

    kind: str = strawberry.field(description="What kind of thing it is: `contract`. 1 to 500 printable characters.")
    reference: str = strawberry.field(description="Which one, as its own system calls it; 1 to 500 characters.")


@strawberry.input(
    name="CtaFilter",
    description="Chooses CTAs. What is left out, null or empty chooses all; what is given must all apply.",
)
class CtaFilterInput:
    """A filter of CTAs."""

    owners: list[str] | None = strawberry.field(default=None, description="Worked by one of these; at most 100 ids.")
    types: list[CtaType] | None = strawberry.field(default=None, description="Of one of these families.")
    reasons: list[str] | None = strawberry.field(default=None, description="For one of these reasons; at most 100.")
    templates: list[str] | None = strawberry.field(default=None, description="Of one of these templates; at most 100.")
    priorities: list[Priority] | None = strawberry.field(default=None, description="With one of these priorities.")
    statuses: list[CtaStatus] | None = strawberry.field(default=None, description="With one of these statuses.")
    outcomes: list[CtaOutcome] | None = strawberry.field(default=None, description="Closed with one of these outcomes.")
    segments: list[str] | None = strawberry.field(
        default=None, description="Of accounts in one of these segments; at most 100 keys."
    )
    stages: list[str] | None = strawberry.field(
        default=None, description="Of accounts in one of these stages now; at most 100 keys."
    )
    csms: list[str] | None = strawberry.field(
        default=None, description="Of accounts owned by one of these CSMs; at most 100 ids."
    )
    account_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Of one of these accounts; at most 100 ids."
    )
    subjects: list[str] | None = strawberry.field(
        default=None, description="About one of these, as `kind:reference`; at most 100."
    )
    is_open: bool | None = strawberry.field(default=None, description="Open, or closed.")
    is_flagged: bool | None = strawberry.field(default=None, description="Flagged, or not.")
    is_snoozed: bool | None = strawberry.field(default=None, description="Resting now, or not.")
    is_overdue: bool | None = strawberry.field(default=None, description="Open beyond the due date, or not.")
    due_from: datetime | None = strawberry.field(default=None, description="Due at this instant or later.")
    due_before: datetime | None = strawberry.field(default=None, description="Due before this instant.")

    def to_domain(self) -> CtaFilter:
        """
        Give the filter as services know it.

        Raises:
            InvalidInput: a list has more than 100 entries, an id is none of an account, or an instant has no time zone.
        """
        accounts = few(self.account_ids, "accountIds")
        return CtaFilter(
            owners=few(self.owners, "owners"),
            types=tuple(self.types or ()),
            reasons=few(self.reasons, "reasons"),
            templates=few(self.templates, "templates"),
            priorities=tuple(self.priorities or ()),
            statuses=tuple(self.statuses or ()),
            outcomes=tuple(self.outcomes or ()),
            segments=few(self.segments, "segments"),
            stages=few(self.stages, "stages"),
            csms=few(self.csms, "csms"),
            account_ids=tuple(account_of(each, "filter.accountIds") for each in accounts),
            subjects=few(self.subjects, "subjects"),
            is_open=self.is_open,
            is_flagged=self.is_flagged,
            is_snoozed=self.is_snoozed,
            is_overdue=self.is_overdue,
            due_from=aware(self.due_from, "dueFrom"),
            due_before=aware(self.due_before, "dueBefore"),
        )


def aware(at: datetime | None, name: str) -> datetime | None:
    """
    The instant itself.

    Raises:
        InvalidInput: it has no time zone.
    """
    if at is not None and at.tzinfo is None:
        raise InvalidInput(f"`{name}` needs a time zone", path=f"filter.{name}")
    return at


@strawberry.input(name="CtaOrder", description="The order of a list of CTAs.")
class CtaOrderInput:
    """An order of CTAs."""

    field: CtaOrderField = strawberry.field(
        default=CtaOrderField.DUE_AT, description="What they are ordered by; DUE_AT where it is left out."
    )
    descending: bool = strawberry.field(default=False, description="Latest or most urgent first.")

    def to_domain(self) -> CtaOrder:
        """Give the order as services know it."""
        return CtaOrder(self.field, self.descending)
