"""Reports of what people have to do."""

import strawberry

from lifecycle_fsm.domain.reports.address import Address, ReportName
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.reports.work import CtaCount, Renewals


@strawberry.type(name="CtaAges", description="CTAs of one reason and owner: how old, and how many too late.")
class CtaAges:
    """CTAs of one kind."""

    reason: str = strawberry.field(description="The reason's key; at most 100 characters.")
    owner: str = strawberry.field(description="Who works them; at most 200 characters.")
    open: int = strawberry.field(description="How many were open at the date.")
    overdue: int = strawberry.field(description="How many of them were past their due date.")
    mean_age_days: float | None = strawberry.field(
        description="The mean age of those open in whole days; null without any."
    )
    closed: int = strawberry.field(description="How many were closed in the period.")
    closed_overdue: int = strawberry.field(description="How many of these after their due date.")
    open_address: str = strawberry.field(description="The address of the accounts of `open`; each is there once.")
    overdue_address: str = strawberry.field(description="The address of `overdue`.")
    closed_address: str = strawberry.field(description="The address of `closed`.")
    closed_overdue_address: str = strawberry.field(description="The address of `closedOverdue`.")

    @classmethod
    def of(cls, found: CtaCount, scope: ReportScope) -> "CtaAges":
        """Show CTAs."""
        address = Address(ReportName.CTAS, scope, {}, {"reason": found.reason, "owner": found.owner})
        return cls(
            reason=found.reason,
            owner=found.owner,
            open=found.open,
            overdue=found.overdue,
            mean_age_days=found.open_days / found.open if found.open else None,
            closed=found.closed,
            closed_overdue=found.closed_overdue,
            open_address=address.of(is_open=1),
            overdue_address=address.of(is_overdue=1),
            closed_address=address.of(is_closed=1),
            closed_overdue_address=address.of(is_closed_overdue=1),
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
