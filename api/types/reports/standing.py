"""Reports of where accounts stand."""

import strawberry

from api.resolvers import resolved
from api.types.reports.scope import ReportAccounts
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.reports.address import Address, ReportName
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.domain.reports.shares import Quartiles as DomainQuartiles
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.services.reports.standing import (
    MeasureGap,
    StageCount,
    StageHealth,
    StageMeasure,
    StagePace,
    UnknownZones,
)

SEGMENT = "The segment's key; at most 100 characters."
STAGE = "The stage's key; at most 100 characters."


@strawberry.type(description="The values below which a quarter, a half and three quarters lie.")
class Quartiles:
    """Quartiles with their sample size."""

    n: int = strawberry.field(description="Of how many values.")
    lower: float | None = strawberry.field(description="The first quartile; null without values.")
    median: float | None = strawberry.field(description="The median; null without values.")
    upper: float | None = strawberry.field(description="The third quartile; null without values.")

    @classmethod
    def of(cls, found: DomainQuartiles) -> "Quartiles":
        """Show quartiles."""
        return cls(n=found.n, lower=found.lower, median=found.median, upper=found.upper)


@strawberry.type(description="How many accounts stood in a stage at a date.")
class StageDistribution:
    """A stage's accounts."""

    scope: strawberry.Private[ReportScope]
    segment: str = strawberry.field(description=SEGMENT)
    stage: str = strawberry.field(description=STAGE)
    count: int = strawberry.field(description="How many accounts stood there.")
    revenue: float | None = strawberry.field(
        description="Their recurring revenue as it is known today, in the unit of the fact; null where none is known."
    )
    with_revenue: int = strawberry.field(description="Of how many accounts revenue is known.")

    @resolved("Those that stand there now.")
    def accounts(self) -> ReportAccounts:
        """Which accounts."""
        return ReportAccounts.of(self.scope, self.segment, self.stage)

    @resolved("The address of `count`, as `AccountFilter.behind` takes it.")
    def address(self) -> str:
        """Where the number comes from."""
        return Address(ReportName.STAGES, self.scope).of(segment=self.segment, stage=self.stage)

    @classmethod
    def of(cls, found: StageCount, scope: ReportScope) -> "StageDistribution":
        """Show a stage."""
        return cls(
            scope=scope,
            segment=found.segment,
            stage=found.stage,
            count=found.accounts,
            revenue=found.revenue,
            with_revenue=found.with_revenue,
        )


@strawberry.type(description="Accounts of one band in a stage.")
class BandShare:
    """A band's accounts."""

    band: Band | None = strawberry.field(description="The band; null for accounts without a health score.")
    count: int = strawberry.field(description="How many accounts have it.")
    accounts: ReportAccounts | None = strawberry.field(description="Which; null for those without a score.")
    address: str = strawberry.field(description="The address of `count`, as `AccountFilter.behind` takes it.")


@strawberry.type(name="StageHealthReport", description="How healthy the accounts of a stage are, or were at `asOf`.")
class StageHealthReport:
    """A stage's health."""

    segment: str = strawberry.field(description=SEGMENT)
    stage: str = strawberry.field(description=STAGE)
    bands: list[BandShare] = strawberry.field(description="Its accounts by band; at most 4.")
    scores: Quartiles = strawberry.field(description="The quartiles of their health scores, 0 to 100.")

    @classmethod
    def of(cls, found: StageHealth, scope: ReportScope) -> "StageHealthReport":
        """Show a stage."""
        address = Address(
            ReportName.HEALTH, scope, _when(found.is_past), {"segment": found.segment, "stage": found.stage}
        )
        bands = [
            BandShare(
                band=band,
                count=number,
                accounts=None if band is None else ReportAccounts.of(scope, found.segment, found.stage, band),
                address=address.of(band=band),
            )
            for band, number in sorted(found.bands.items(), key=lambda pair: (pair[0] is None, pair[0] or ""))
        ]
        return cls(segment=found.segment, stage=found.stage, bands=bands, scores=Quartiles.of(found.scores))


@strawberry.type(name="StagePaceReport", description="How many accounts of a stage keep pace now.")
class StagePaceReport:
    """A stage's paces."""

    segment: str = strawberry.field(description=SEGMENT)
    stage: str = strawberry.field(description=STAGE)
    on_track: int = strawberry.field(description="Accounts within the expected time, or without a limit.")
    behind: int = strawberry.field(description="Accounts beyond the expected time, and not stuck.")
    stuck: int = strawberry.field(description="Accounts beyond the stuck limit.")
    on_track_address: str = strawberry.field(description="The address of `onTrack`.")
    behind_address: str = strawberry.field(description="The address of `behind`.")
    stuck_address: str = strawberry.field(description="The address of `stuck`.")

    @classmethod
    def of(cls, found: StagePace, scope: ReportScope) -> "StagePaceReport":
        """Show a stage."""
        address = Address(ReportName.PACE, scope, {}, {"segment": found.segment, "stage": found.stage})
        on_track, behind, stuck = (found.paces.get(pace, 0) for pace in (Pace.ON_TRACK, Pace.BEHIND, Pace.STUCK))
        return cls(
            segment=found.segment,
            stage=found.stage,
            on_track=on_track,
            behind=behind,
            stuck=stuck,
            on_track_address=address.of(pace=Pace.ON_TRACK),
            behind_address=address.of(pace=Pace.BEHIND),
            stuck_address=address.of(pace=Pace.STUCK),
        )


@strawberry.type(name="StageMeasureReport", description="What is known of a measure in a stage, or was at `asOf`.")
class StageMeasureReport:
    """A measure in a stage."""

    segment: str = strawberry.field(description=SEGMENT)
    stage: str = strawberry.field(description=STAGE)
    count: int = strawberry.field(description="How many accounts stand there, with a value or without.")
    values: Quartiles = strawberry.field(
        description="The quartiles of the values, to hundredths of the measure's unit."
    )
    address: str = strawberry.field(description="The address of `count`.")
    known_address: str = strawberry.field(description="The address of those that have a value.")

    @classmethod
    def of(cls, found: StageMeasure, scope: ReportScope) -> "StageMeasureReport":
        """Show a stage."""
        place = {"segment": found.segment, "stage": found.stage}
        address = Address(ReportName.MEASURE, scope, {"field": found.field, **_when(found.is_past)}, place)
        return cls(
            segment=found.segment,
            stage=found.stage,
            count=found.accounts,
            values=Quartiles.of(found.values),
            address=address.of(),
            known_address=address.of(has_value=1),
        )


@strawberry.type(name="DataGap", description="Accounts of a segment that lack a measure, or lacked it at `asOf`.")
class DataGap:
    """A gap."""

    segment: str = strawberry.field(description=SEGMENT)
    measure: str = strawberry.field(description="The measure's key; at most 100 characters.")
    title: str = strawberry.field(description="The measure's name for people; at most 200 characters.")
    count: int = strawberry.field(description="How many accounts the segment has.")
    missing: int = strawberry.field(description="How many have no value.")
    stale: int = strawberry.field(description="How many have a value that is too old to count.")
    missing_address: str = strawberry.field(description="The address of `missing`.")
    stale_address: str = strawberry.field(description="The address of `stale`.")

    @classmethod
    def of(cls, found: MeasureGap, scope: ReportScope) -> "DataGap":
        """Show a gap."""
        asked = {"field": found.field, "oldest": str(found.oldest), **_when(found.is_past)}
        address = Address(ReportName.GAPS, scope, asked, {"segment": found.segment})
        return cls(
            segment=found.segment,
            measure=found.measure,
            title=found.title,
            count=found.accounts,
            missing=found.missing,
            stale=found.stale,
            missing_address=address.of(is_missing=1),
            stale_address=address.of(is_stale=1),
        )


@strawberry.type(
    name="UnknownTimeZones", description="Accounts whose days are counted in UTC, for their own time zone is not known."
)
class UnknownTimeZones:
    """Time zones that are not known."""

    segment: str = strawberry.field(description=SEGMENT)
    fact: str = strawberry.field(description="The fact that names the time zone; at most 100 characters.")
    count: int = strawberry.field(description="How many accounts have rules that read it.")
    missing: int = strawberry.field(description="How many have no value, where the rules name no zone for them.")
    unknown: int = strawberry.field(description="How many have a value that is the name of no IANA time zone.")
    missing_address: str = strawberry.field(description="The address of `missing`.")
    unknown_address: str = strawberry.field(description="The address of `unknown`.")

    @classmethod
    def of(cls, found: UnknownZones, scope: ReportScope) -> "UnknownTimeZones":
        """Show the accounts of a segment."""
        address = Address(ReportName.ZONES, scope, {}, {"segment": found.segment, "fact": found.fact})
        return cls(
            segment=found.segment,
            fact=found.fact,
            count=found.accounts,
            missing=found.missing,
            unknown=found.unknown,
            missing_address=address.of(is_missing=1),
            unknown_address=address.of(is_unknown=1),
        )


def _when(is_past: bool) -> dict[str, str]:  # noqa: FBT001 # of one thing
    """What an address says of a report of the present that was asked for a date."""
    return {"then": "1"} if is_past else {}
