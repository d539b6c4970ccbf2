"""What people have to do: CTAs and renewals."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.fields import FieldKind, fact_field
from lifecycle_fsm.domain.reports.cohorts import days_of
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.reports.counting import counting
from lifecycle_fsm.services.reports.standing import revenue_field
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.reports.ctas import CtaCount, count_ctas
from lifecycle_fsm.store.reports.dates import count_days

__all__ = ["CtaCount"]

RENEWAL = "account.renewal_on"
"""The date that reports take for that of renewal unless another is named."""

AHEAD = timedelta(days=366)
_FIRST_DAY = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Renewals:
    """
    The accounts whose date lies in a month, and what of their revenue is known.

    `first` and `last` are the days of the month that the report looked at, since 1970.
    """

    month: date
    accounts: int
    revenue: float | None
    first: int
    last: int


def cta_ages(world: World, actor: Actor, scope: ReportScope) -> tuple[CtaCount, ...]:
    """
    CTAs open at the date and closed in the period, by reason and owner.

    Raises:
        InvalidInput: the period is empty.
    """
    require(actor, Capability.READ)
    with counting(world) as connection:
        return count_ctas(connection, scope.checked(), actor.portfolio)


def renewals_ahead(
    world: World, actor: Actor, scope: ReportScope, fact: str | None = None, revenue: str | None = None
) -> tuple[Renewals, ...]:
    """
    Accounts by the month of their renewal, from the period's beginning (else the date) to its end (else a year on).

    Raises:
        InvalidInput: the fact is no date, that of revenue no number, or the period is empty.
    """
    require(actor, Capability.READ)
    with counting(world) as connection:
        catalog = world.shelf.catalog(connection)
        spec = catalog.facts.get(fact or RENEWAL)
        if spec is None and fact is None:
            return ()
        if spec is None or spec.kind is not FieldKind.DAY:
            raise InvalidInput(f"{fact or RENEWAL!r} is no fact that is a date", path="fact")
        amount, layout = revenue_field(catalog, revenue), load_layout(connection)
        first, last = _days(scope.checked())
        day = fact_field(spec.key, spec.kind)
        counted = count_days(connection, scope, actor.portfolio, day, amount, layout, first, last)
    months: dict[date, Renewals] = {}
    for each in counted:
        month = (_FIRST_DAY + timedelta(days=int(each.day))).replace(day=1)
        begins, ends = days_of(f"{month:%Y-%m}")
        before = months.get(month, Renewals(month, 0, None, max(begins, first), min(ends, last)))
        known = [value for value in (before.revenue, each.revenue) if value is not None]
        accounts, amount_known = before.accounts + each.accounts, sum(known) if known else None
        months[month] = replace(before, accounts=accounts, revenue=amount_known)
    return tuple(months.values())


def _days(scope: ReportScope) -> tuple[int, int]:
    """The first and the last day of the period, in days since 1970; its end is not part of it."""
    first, end = scope.since or scope.as_of, scope.until or (scope.since or scope.as_of) + AHEAD
    return _day(first), _day(end - timedelta(milliseconds=1))


def _day(instant: datetime) -> int:
    return (instant.astimezone(UTC).date() - _FIRST_DAY).days
