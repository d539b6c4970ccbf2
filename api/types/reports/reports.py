"""All reports of one scope."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated

import strawberry

from api.context import Info
from api.resolvers import resolved
from api.selection import asks_for
from api.types.reports.journeys import FunnelCohort, HealthyMovesMade, MilestoneCompliance, StagePassage
from api.types.reports.standing import (
    DataGap,
    StageDistribution,
    StageHealthReport,
    StageMeasureReport,
    StagePaceReport,
    UnknownTimeZones,
)
from api.types.reports.trends import HealthMover, HealthPoint, HeldByUnknown
from api.types.reports.visits import MovesMade, RuleFired, StageCompliance, TimeInStage
from api.types.reports.work import CtaAges, RecipePartUsed, RenewalsAhead
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.reports.address import Address, ReportName
from lifecycle_fsm.domain.reports.cohorts import Cohorts
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.reports import journeys, standing, trends, visits, vocabulary, work
from lifecycle_fsm.services.reports.journeys import Beginners
from lifecycle_fsm.services.reports.visits import Grouping

Revenue = Annotated[
    str | None,
    strawberry.argument(
        description="The fact that is recurring revenue; `account.arr` where it is left out. At most 100 characters."
    ),
]

WithinDays = Annotated[int, strawberry.argument(description="How many days they have; 1 to 3,650.")]
ByStage = Annotated[
    str | None,
    strawberry.argument(
        description="Accounts begin when they first enter this stage; by their first stage where it is left out. "
        "At most 100 characters."
    ),
]
ByFact = Annotated[
    str | None,
    strawberry.argument(
        description="Accounts begin on the date that this fact says, such as that of signing; not with a stage. "
        "At most 100 characters."
    ),
]
Since = Annotated[datetime, strawberry.argument(description="The first date; the second is `asOf`, and later.")]
By = Annotated[Grouping, strawberry.argument(description="By what it is broken down.")]


@strawberry.type(description="Reports of one scope; definitions of every number are in `docs/reports.md`.")
class Reports:
    """The reports."""

    scope: strawberry.Private[ReportScope]

    @resolved("Accounts and recurring revenue by stage at the date; at most 1,000, sorted by segment and stage.")
    async def stage_distribution(
        self,
        info: Info,
        revenue: Revenue = None,
        as_known_at: Annotated[
            datetime | None,
            strawberry.argument(
                description="Only what history had recorded by then counts, up to now; null for all that is known now."
            ),
        ] = None,
    ) -> list[StageDistribution]:
        """Where accounts stood."""
        scope = replace(self.scope, known_at=as_known_at)
        with_revenue = revenue is not None or asks_for(info, "revenue") or asks_for(info, "withRevenue")
        reader = None if with_revenue else info.context.reader
        found = await reader.stage_counts(scope) if reader else None
        if found is None:
            service = partial(standing.stage_distribution, with_revenue=with_revenue)
            found = await info.context.call(service, scope, revenue)
        return [StageDistribution.of(each, scope) for each in found]

    @resolved("How long visits that began in the period last, by stage of the current machines; at most 1,000.")
    async def time_in_stage(self, info: Info) -> list[TimeInStage]:
        """How long visits last."""
        found = await info.context.call(visits.time_in_stage, self.scope)
        return [TimeInStage.of(each, self.scope) for each in found]

    @resolved("The stages that were left in the period, where to, by what, and how healthy; at most 10,000.")
    async def moves(self, info: Info) -> list[MovesMade]:
        """The transition matrix."""
        return [MovesMade.of(each, self.scope) for each in await info.context.call(visits.moves_made, self.scope)]

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
        address = Address(ReportName.COMPLIANCE, self.scope, {"stage": stage, "days": str(within_days)})
        return [StageCompliance.of(each, address, by) for each in found]

    @resolved("The health of accounts as it stands now, or stood at `asOf`, by stage; at most 1,000.")
    async def health(self, info: Info) -> list[StageHealthReport]:
        """How healthy they are."""
        found = await info.context.call(standing.stage_health, self.scope)
        return [StageHealthReport.of(each, self.scope) for each in found]

    @resolved("How many accounts keep pace now, by stage; a past `asOf` is refused. At most 1,000.")
    async def pace(self, info: Info) -> list[StagePaceReport]:
        """Who is on track."""
        found = await info.context.call(standing.stage_paces, self.scope)
        return [StagePaceReport.of(each, self.scope) for each in found]

    @resolved("A measure as it stands now, or stood at `asOf`, by stage; at most 1,000.")
    async def measure(
        self,
        info: Info,
        key: Annotated[str, strawberry.argument(description="The measure's key; at most 100 characters.")],
    ) -> list[StageMeasureReport]:
        """What a measure says."""
        found = await info.context.call(standing.stage_measure, self.scope, key)
        return [StageMeasureReport.of(each, self.scope) for each in found]

    @resolved("CTAs open at the date and closed in the period, by reason and owner; at most 10,000.")
    async def ctas(self, info: Info) -> list[CtaAges]:
        """How old CTAs are."""
        catalog = await info.context.loaders.catalog()
        return [CtaAges.of(each, self.scope, catalog) for each in await info.context.call(work.cta_ages, self.scope)]

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
        return [RenewalsAhead.of(each, self.scope, fact or work.RENEWAL) for each in found]

    @resolved("Which recorded measures accounts lack, or have only stale values of, now or at `asOf`; at most 10,000.")
    async def data_gaps(self, info: Info) -> list[DataGap]:
        """What is not known."""
        return [DataGap.of(each, self.scope) for each in await info.context.call(standing.data_gaps, self.scope)]

    @resolved(
        "Which accounts have days of UTC now, for their time zone is not known; a past `asOf` is refused. "
        "At most 10,000."
    )
    async def unknown_time_zones(self, info: Info) -> list[UnknownTimeZones]:
        """Whose days begin nobody knows when."""
        found = await info.context.call(standing.unknown_time_zones, self.scope)
        return [UnknownTimeZones.of(each, self.scope) for each in found]

    @resolved("How often each rule of the current machines fired in the period; at most 10,000.")
    async def coverage(self, info: Info) -> list[RuleFired]:
        """What never fired."""
        return [RuleFired.of(each, self.scope) for each in await info.context.call(visits.rule_coverage, self.scope)]

    @resolved(
        "How often CTAs of each template and playbook of the current machines were opened in the period, and each of "
        "their milestones reached; at most 10,000."
    )
    async def recipe_coverage(self, info: Info) -> list[RecipePartUsed]:
        """What nobody used."""
        found = await info.context.call(vocabulary.recipe_coverage, self.scope)
        return [RecipePartUsed.of(each, self.scope) for each in found]

    @resolved("Which stages the accounts that began in the period reached, cohort by cohort; at most 10,000.")
    async def funnel(
        self,
        info: Info,
        within_days: WithinDays,
        cohorts: Annotated[Cohorts, strawberry.argument(description="How long a cohort is.")] = Cohorts.MONTH,
        starting_stage: ByStage = None,
        start_fact: ByFact = None,
    ) -> list[FunnelCohort]:
        """How far they came."""
        who = Beginners(cohorts, within_days, starting_stage, start_fact)
        found = await info.context.call(journeys.funnel, self.scope, who)
        address = Address(ReportName.COHORT, self.scope, who.parameters())
        return [FunnelCohort.of(each, address) for each in found]

    @resolved("Where accounts stood at a first date and at `asOf`, and their revenue; at most 10,000.")
    async def stage_matrix(self, info: Info, since: Since, revenue: Revenue = None) -> list[StagePassage]:
        """From stage to stage."""
        found = await info.context.call(journeys.stage_matrix, self.scope, since, revenue)
        address = Address(ReportName.MATRIX, self.scope, {"since": str(to_ms(since))})
        return [StagePassage.of(each, address) for each in found]

    @resolved(
        "Which accounts that began in the period reached a milestone within so many days: onboarding completed, "
        "first login; at most 10,000."
    )
    async def milestone(  # what, in time, since when, by what
        self,
        info: Info,
        key: Annotated[str, strawberry.argument(description="The milestone's key; at most 100 characters.")],
        within_days: WithinDays,
        by: By = Grouping.SEGMENT,
        starting_stage: ByStage = None,
        start_fact: ByFact = None,
    ) -> list[MilestoneCompliance]:
        """Who reached it in time."""
        who = Beginners(Cohorts.MONTH, within_days, starting_stage, start_fact)
        found = await info.context.call(journeys.milestone_in_time, self.scope, key, who, by)
        address = Address(ReportName.MILESTONE, self.scope, {**who.parameters(), "milestone": key})
        return [MilestoneCompliance.of(each, address, by) for each in found]

    @resolved("What share of the moves of the period was made while healthy; at most 10,000.")
    async def healthy_moves(self, info: Info, by: By = Grouping.SEGMENT) -> list[HealthyMovesMade]:
        """How healthy they moved."""
        found = await info.context.call(journeys.healthy_moves, self.scope, by)
        return [HealthyMovesMade.of(each, self.scope, by) for each in found]

    @resolved("The health of accounts by stage at each of these dates; at most 10,000.")
    async def health_trend(
        self,
        info: Info,
        dates: Annotated[list[datetime], strawberry.argument(description="The dates, none after `asOf`; 1 to 24.")],
    ) -> list[HealthPoint]:
        """Where health is going."""
        found = await info.context.call(trends.health_trend, self.scope, dates)
        return [HealthPoint.of(each, self.scope) for each in found]

    @resolved("The accounts whose score changed most from a first date to `asOf`, largest change first; at most 100.")
    async def movers(
        self,
        info: Info,
        since: Since,
        *,
        rising: Annotated[
            bool, strawberry.argument(description="Those whose score rose; false for those whose score fell.")
        ] = False,
        first: Annotated[int, strawberry.argument(description="How many; 1 to 100.")] = 10,
    ) -> list[HealthMover]:
        """Who rose and who fell."""
        service = partial(trends.score_movers, up=rising, limit=first)
        return [HealthMover.of(each) for each in await info.context.call(service, self.scope, since)]

    @resolved(
        "Accounts by the automatic transitions that wait now since a value is not known; a past `asOf` is refused. "
        "At most 10,000."
    )
    async def held_by_unknown(self, info: Info) -> list[HeldByUnknown]:
        """What waits for data."""
        found = await info.context.call(trends.held_by_unknown, self.scope)
        return [HeldByUnknown.of(each, self.scope) for each in found]
