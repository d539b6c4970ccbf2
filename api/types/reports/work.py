"""Reports of what people have to do."""

import strawberry

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

    @classmethod
    def of(cls, found: CtaCount) -> "CtaAges":
        """Show CTAs."""
        return cls(
            reason=found.reason,
            owner=found.owner,
            open=found.open,
            overdue=found.overdue,
            mean_age_days=found.open_days / found.open if found.open else None,
            closed=found.closed,
            closed_overdue=found.closed_overdue,
        )


@strawberry.type(name="RenewalsAhead", description="Accounts whose renewal lies in a month.")
class RenewalsAhead:
    """A month's renewals."""

    month: str = strawberry.field(description="The month in UTC, such as `2026-04`; 7 characters.")
    count: int = strawberry.field(description="How many accounts.")
    revenue: float | None = strawberry.field(description="Their recurring revenue; null where none is known.")

    @classmethod
    def of(cls, found: Renewals) -> "RenewalsAhead":
        """Show a month."""
        return cls(month=f"{found.month:%Y-%m}", count=found.accounts, revenue=found.revenue)
