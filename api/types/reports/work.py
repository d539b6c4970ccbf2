"""Reports of what people have to do."""

import strawberry

from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.reports.address import Address, ReportName
from lifecycle_fsm.domain.reports.ages import AGE_BANDS, AgeBand
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.reports.vocabulary import PartUsed, RecipePart
from lifecycle_fsm.services.reports.work import CtaCount, Renewals


@strawberry.type(name="CtaAgeBand", description="Open CTAs by how long ago they were opened.")
class CtaAgeBand:
    """A band of ages."""

    from_days: int = strawberry.field(description="The youngest age in whole days.")
    to_days: int | None = strawberry.field(description="The oldest age, included; null for no end.")
    count: int = strawberry.field(description="How many CTAs.")
    address: str = strawberry.field(description="The address of the accounts of `count`; each is there once.")

    @classmethod
    def of(cls, band: AgeBand, number: int, address: Address) -> "CtaAgeBand":
        """Show a band."""
        bounds = {"age_days_from": str(band.first)}
        if band.last is not None:
            bounds["age_days_to"] = str(band.last)
        return cls(from_days=band.first, to_days=band.last, count=number, address=address.of(is_open=1, **bounds))


@strawberry.type(name="CtaAges", description="CTAs of one reason and owner: how old, and how many too late.")
class CtaAges:
    """CTAs of one kind."""

    reason: str = strawberry.field(description="The reason's key; at most 100 characters.")
    reason_title: str = strawberry.field(
        description="The reason's name for people, or its key where the catalog has it no more; at most 200 characters."
    )
    owner: str = strawberry.field(description="Who works them; at most 200 characters.")
    open: int = strawberry.field(description="How many were open at the date.")
    overdue: int = strawberry.field(description="How many of them were past their due date.")
    mean_age_days: float | None = strawberry.field(
        description="The mean age of those open in whole days; null without any."
    )
    ages: list[CtaAgeBand] = strawberry.field(
        description="Those open by age: 0 to 7 days, 8 to 30, 31 to 90, and 91 and more; always these 4."
    )
    closed: int = strawberry.field(description="How many were closed in the period.")
    closed_overdue: int = strawberry.field(description="How many of these after their due date.")
    open_address: str = strawberry.field(description="The address of the accounts of `open`; each is there once.")
    overdue_address: str = strawberry.field(description="The address of `overdue`.")
    closed_address: str = strawberry.field(description="The address of `closed`.")
    closed_overdue_address: str = strawberry.field(description="The address of `closedOverdue`.")

    @classmethod
    def of(cls, found: CtaCount, scope: ReportScope, catalog: Catalog) -> "CtaAges":
        """Show CTAs; their reason has its name in a catalog."""
        address = Address(ReportName.CTAS, scope, {}, {"reason": found.reason, "owner": found.owner})
        return cls(
            reason=found.reason,
            reason_title=catalog.reason_title(found.reason),
            owner=found.owner,
            open=found.open,
            overdue=found.overdue,
            mean_age_days=found.open_days / found.open if found.open else None,
            ages=[CtaAgeBand.of(*each, address) for each in zip(AGE_BANDS, found.ages, strict=True)],
            closed=found.closed,
            closed_overdue=found.closed_overdue,
            open_address=address.of(is_open=1),
            overdue_address=address.of(is_overdue=1),
            closed_address=address.of(is_closed=1),
            closed_overdue_address=address.of(is_closed_overdue=1),
        )


@strawberry.type(name="RecipePartUsed", description="How often a part of a segment's recipe was used in the period.")
class RecipePartUsed:
    """A part's coverage."""

    segment: str = strawberry.field(description="The segment's key; at most 100 characters.")
    part: RecipePart = strawberry.field(description="What it is.")
    key: str = strawberry.field(description="Its key in the catalog; at most 100 characters.")
    title: str = strawberry.field(description="Its name for people; at most 200 characters.")
    count: int = strawberry.field(
        description="How many CTAs were opened of it, or how often it was reached; 0 for a part that nobody used."
    )
    address: str = strawberry.field(description="The address of `count`; each account is there once.")

    @classmethod
    def of(cls, found: PartUsed, scope: ReportScope) -> "RecipePartUsed":
        """Show a part."""
        report = ReportName.ACHIEVED if found.part is RecipePart.MILESTONE else ReportName.OPENED
        column = "template" if found.part is RecipePart.CTA_TEMPLATE else found.part.value
        address = Address(report, scope, {}, {"segment": found.segment, column: found.key})
        return cls(
            segment=found.segment,
            part=found.part,
            key=found.key,
            title=found.title,
            count=found.used,
            address=address.of(),
        )


@strawberry.type(name="RenewalsAhead", description="Accounts whose renewal lies in a month.")
class RenewalsAhead:
    """A month's renewals."""

    month: str = strawberry.field(description="The month in UTC, such as `2026-04`; 7 characters.")
    count: int = strawberry.field(description="How many accounts.")
    revenue: float | None = strawberry.field(description="Their recurring revenue; null where none is known.")
    address: str = strawberry.field(description="The address of `count`.")

    @classmethod
    def of(cls, found: Renewals, scope: ReportScope, fact: str) -> "RenewalsAhead":
        """Show a month."""
        days = {"day_from": str(found.first), "day_to": str(found.last)}
        address = Address(ReportName.RENEWALS, scope, {"fact": fact}, days).of()
        return cls(month=f"{found.month:%Y-%m}", count=found.accounts, revenue=found.revenue, address=address)
