"""All reports of one scope."""

from functools import partial
from typing import Annotated

import strawberry

from api.context import Info
from api.resolvers import resolved
from api.selection import asks_for
from api.types.reports.standing import (
    DataGap,
    StageDistribution,
    StageHealthReport,
    StageMeasureReport,
    StagePaceReport,
)
from api.types.reports.visits import MovesMade, RuleFired, StageCompliance, TimeInStage
from api.types.reports.work import CtaAges, RenewalsAhead
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.reports import standing, visits, work
from lifecycle_fsm.services.reports.visits import Grouping

Revenue = Annotated[
    str | None,
    strawberry.argument(
        description="The fact that is recurring revenue; `account.arr` where it is left out. At most 100 characters."
    ),
]


@strawberry.type(description="Reports of one scope; definitions of every number are in `docs/reports.md`.")
class Reports:
    """The reports."""

    scope: strawberry.Private[ReportScope]

    @resolved("Accounts and recurring revenue by stage at the date; at most 1,000, sorted by segment and stage.")
    async def stage_distribution(self, info: Info, revenue: Revenue = None) -> list[StageDistribution]:
        """Where accounts stood."""
        with_revenue = revenue is not None or asks_for(info, "revenue") or asks_for(info, "withRevenue")
        reader = None if with_revenue else info.context.reader
        found = await reader.stage_counts(self.scope) if reader else None
        if found is None:
            service = partial(standing.stage_distribution, with_revenue=with_revenue)
            found = await info.context.call(service, self.scope, revenue)
        return [StageDistribution.of(each, self.scope) for each in found]

    @resolved("How long visits that began in the period last, by stage of the current machines; at most 1,000.")
    async def time_in_stage(self, info: Info) -> list[TimeInStage]:
        """How long visits last."""
        found = await info.context.call(visits.time_in_stage, self.scope)
        return [TimeInStage.of(each, self.scope) for each in found]

    @resolved("The stages that were left in the period, where to, by what, and how healthy; at most 10,000.")
    async def moves(self, info: Info) -> list[MovesMade]:
        """The transition matrix."""
        return [MovesMade.of(each) for each in await info.context.call(visits.moves_made, self.scope)]

    @resolved("Which visits to a stage that began in the period ended by a move within so many days; at most 10,000.")
    async def stage_compliance(
        self,
        info: Info,
        stage: Annotated[str, strawberry.argument(description="The stage's key; at most 100 characters.")],
        within_days: Annotated[int, strawberry.argument(description="The limit in days; 1 to 3,650.")],
        by: Annotated[Grouping, strawberry.argument(description="By what it is broken down.")] = Grouping.SEGMENT,
    ) -> list[StageCompliance]:
        """Who kept the time."""
        found = await info.context.call(visits.stage_compliance, self.scope, stage, within_days, by)
        return [StageCompliance.of(each) for each in found]

    @resolved("The health of accounts as it stands now, by stage; at most 1,000.")
    async def health(self, info: Info) -> list[StageHealthReport]:
        """How healthy they are."""
        found = await info.context.call(standing.stage_health, self.scope)
        return [StageHealthReport.of(each, self.scope) for each in found]

    @resolved("How many accounts keep pace now, by stage; at most 1,000.")
    async def pace(self, info: Info) -> list[StagePaceReport]:
        """Who is on track."""
        return [StagePaceReport.of(each) for each in await info.context.call(standing.stage_paces, self.scope)]

    @resolved("A measure as it stands now, by stage; at most 1,000.")
    async def measure(
        self,
        info: Info,
        key: Annotated[str, strawberry.argument(description="The measure's key; at most 100 characters.")],
    ) -> list[StageMeasureReport]:
        """What a measure says."""
        found = await info.context.call(standing.stage_measure, self.scope, key)
        return [StageMeasureReport.of(each) for each in found]

    @resolved("CTAs open at the date and closed in the period, by reason and owner; at most 10,000.")
    async def ctas(self, info: Info) -> list[CtaAges]:
        """How old CTAs are."""
        return [CtaAges.of(each) for each in await info.context.call(work.cta_ages, self.scope)]

    @resolved("Accounts by the month of their renewal, over the period or a year from the date; at most 1,200.")
    async def renewals(
        self,
        info: Info,
        fact: Annotated[
            str | None,
            strawberry.argument(
                description="The fact that is the date; `account.renewal_on` where it is left out. "
                "At most 100 characters."
            ),
        ] = None,
        revenue: Revenue = None,
    ) -> list[RenewalsAhead]:
        """What comes up."""
        found = await info.context.call(work.renewals_ahead, self.scope, fact, revenue)
        return [RenewalsAhead.of(each) for each in found]

    @resolved("Which recorded measures accounts lack, or have only stale values of; at most 10,000.")
    async def data_gaps(self, info: Info) -> list[DataGap]:
        """What is not known."""
        return [DataGap.of(each) for each in await info.context.call(standing.data_gaps, self.scope)]

    @resolved("How often each rule of the current machines fired in the period; at most 10,000.")
    async def coverage(self, info: Info) -> list[RuleFired]:
        """What never fired."""
        return [RuleFired.of(each) for each in await info.context.call(visits.rule_coverage, self.scope)]
