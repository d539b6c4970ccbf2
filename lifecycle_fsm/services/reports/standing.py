"""Where accounts stand: stages, pace, health, measures."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lifecycle_fsm.domain.access import Actor, Capability, Portfolio, require
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.fields import HEALTH_SCORE, Field, FieldKind, fact_field
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.domain.reports.shares import Quartiles, quartiles
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.services.reports.behind import asked_of, counted_of, followed
from lifecycle_fsm.services.reports.counting import counting
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.reports.asked import Asked
from lifecycle_fsm.store.reports.distribution import StageCount, count_stages
from lifecycle_fsm.store.reports.gaps import MeasureGap, count_gaps, count_gaps_then
from lifecycle_fsm.store.reports.health import count_bands, count_paces, count_values
from lifecycle_fsm.store.reports.scores import count_scores
from lifecycle_fsm.store.reports.zones import UnknownZones, count_unknown_zones
from lifecycle_fsm.store.tally import StageAccounts, count_stages_now

__all__ = ["MeasureGap", "StageCount", "UnknownZones"]

REVENUE = "account.arr"
"""The fact that reports take for recurring revenue unless another is named."""


@dataclass(frozen=True, slots=True)
class StageHealth:
    """The accounts of a stage by band, those without a score under None, and the quartiles of their scores."""

    segment: str
    stage: str
    bands: Mapping[Band | None, int]
    scores: Quartiles
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class StagePace:
    """The accounts of a stage by the worst pace of their visit."""

    segment: str
    stage: str
    paces: Mapping[Pace, int]


@dataclass(frozen=True, slots=True)
class StageMeasure:
    """What is known of a measure in a stage: so many accounts, the quartiles of those that have it, and its field."""

    segment: str
    stage: str
    accounts: int
    values: Quartiles
    field: str
    is_past: bool = False


def revenue_field(catalog: Catalog, key: str | None) -> Field | None:
    """
    Where recurring revenue lies; None where nobody named a fact and the catalog has no `account.arr`.

    Raises:
        InvalidInput: the named fact is none, or no number.
    """
    spec = catalog.facts.get(key or REVENUE)
    if key is None and spec is None:
        return None
    if spec is None or spec.kind is not FieldKind.NUMBER:
        known = ", ".join(sorted(name for name, each in catalog.facts.items() if each.kind is FieldKind.NUMBER))
        raise InvalidInput(
            f"{key or REVENUE!r} is no fact that is a number; there are: {known or 'none'}", path="revenue"
        )
    return fact_field(spec.key, spec.kind)


def is_counted(scope: ReportScope, portfolio: Portfolio) -> bool:
    """Whether the counts that are kept beside accounts answer for a scope."""
    is_by_segment = portfolio.csms is None and portfolio.accounts is None
    return scope.is_present and scope.known_at is None and scope.csm is None and is_by_segment


def counted_segments(scope: ReportScope, portfolio: Portfolio) -> list[str] | None:
    """The segments whose counts are asked for; None is all."""
    if scope.segment is None:
        return None if portfolio.segments is None else sorted(portfolio.segments)
    seen = portfolio.segments is None or scope.segment in portfolio.segments
    return [scope.segment] if seen else []


def counted(found: StageAccounts) -> StageCount:
    """A count without revenue."""
    return StageCount(found.segment, found.stage, found.accounts, None, 0)


def stage_distribution(
    world: World, actor: Actor, scope: ReportScope, revenue: str | None = None, *, with_revenue: bool = True
) -> tuple[StageCount, ...]:
    """
    How many accounts stood in each stage at the scope's date, and their revenue as it is known today.

    With the scope's `known_at` stages are those that history had told by then.

    Without revenue the present comes from the counts that are kept beside accounts.

    Raises:
        InvalidInput: the fact named for revenue is none, the period is empty, or `known_at` lies ahead.
    """
    require(actor, Capability.READ)
    scope.known_by(world.clock(), "asKnownAt")
    with counting(world) as connection:
        if not with_revenue and revenue is None and is_counted(scope, actor.portfolio):
            return tuple(map(counted, count_stages_now(connection, counted_segments(scope, actor.portfolio))))
        wanted = with_revenue or revenue is not None
        field = revenue_field(world.shelf.catalog(connection), revenue) if wanted else None
        return count_stages(connection, scope.checked(), actor.portfolio, field, load_layout(connection))


def stage_health(world: World, actor: Actor, scope: ReportScope) -> tuple[StageHealth, ...]:
    """The health of accounts as it stands now, or stood at a date that is over, stage by stage."""
    require(actor, Capability.READ)
    if scope.is_past(world.clock()):
        return _health_then(world, actor, scope)
    with counting(world) as connection:
        layout = load_layout(connection)
        bands: dict[tuple[str, str], dict[Band | None, int]] = {}
        for each in count_bands(connection, scope, actor.portfolio):
            bands.setdefault(each.stage, {})[each.band] = each.accounts
        scores = count_values(connection, scope, actor.portfolio, HEALTH_SCORE, layout)
    return tuple(
        StageHealth(*stage, bands=found, scores=quartiles(_known(scores[stage]))) for stage, found in bands.items()
    )


def stage_paces(world: World, actor: Actor, scope: ReportScope) -> tuple[StagePace, ...]:
    """
    How many accounts keep pace now, stage by stage.

    Raises:
        InvalidInput: the scope's date is over.
    """
    require(actor, Capability.READ)
    scope.of_now(world.clock(), "pace")
    paces: dict[tuple[str, str], dict[Pace, int]] = {}
    with counting(world) as connection:
        for each in count_paces(connection, scope, actor.portfolio):
            paces.setdefault(each.stage, {})[each.pace] = each.accounts
    return tuple(StagePace(*stage, paces=found) for stage, found in paces.items())


def stage_measure(world: World, actor: Actor, scope: ReportScope, measure: str) -> tuple[StageMeasure, ...]:
    """
    A measure as it stands now, or stood at a date, stage by stage: setup completion, depth of use.

    Raises:
        InvalidInput: there is no such measure.
    """
    require(actor, Capability.READ)
    with counting(world) as connection:
        spec = world.shelf.catalog(connection).measures.get(measure)
        if spec is None:
            raise InvalidInput(f"there is no measure {measure!r} in the published catalog", path="measure")
        if scope.is_past(world.clock()):
            return _measure_then(connection, counted_of(connection, actor, scope, {"field": spec.field.key}))
        found = count_values(connection, scope, actor.portfolio, spec.field, load_layout(connection))
    return tuple(
        StageMeasure(*stage, sum(values.values()), quartiles(_known(values)), spec.field.key)
        for stage, values in found.items()
    )


def _health_then(world: World, actor: Actor, scope: ReportScope) -> tuple[StageHealth, ...]:
    with counting(world) as connection:
        scores, bands = count_scores(connection, counted_of(connection, actor, scope, {}))
    return tuple(
        StageHealth(*stage, bands=bands[stage], scores=quartiles(_known(found)), is_past=True)
        for stage, found in scores.items()
    )


def _measure_then(connection: Connection, asked: Asked) -> tuple[StageMeasure, ...]:
    return tuple(
        StageMeasure(*stage, sum(values.values()), quartiles(_known(values)), asked.text("field"), is_past=True)
        for stage, values in count_scores(connection, asked).scores.items()
    )


def _known(values: Mapping[float | None, int]) -> dict[float, int]:
    return {value: number for value, number in values.items() if value is not None}


def data_gaps(world: World, actor: Actor, scope: ReportScope) -> tuple[MeasureGap, ...]:
    """Which recorded measures accounts lack, or lacked at a date, or have only stale values of, segment by segment."""
    require(actor, Capability.READ)
    with counting(world) as connection:
        measures = [each for each in world.shelf.catalog(connection).measures.values() if not each.is_derived]
        if scope.is_past(world.clock()):
            return count_gaps_then(connection, counted_of(connection, actor, scope, {}), measures)
        return count_gaps(connection, scope, actor.portfolio, measures, load_layout(connection))


def unknown_time_zones(world: World, actor: Actor, scope: ReportScope) -> tuple[UnknownZones, ...]:
    """
    Of how many accounts the rules count local days, and the time zone is not known now, segment by segment.

    Raises:
        InvalidInput: the scope's date is over.
    """
    require(actor, Capability.READ)
    scope.of_now(world.clock(), "unknownTimeZones")
    with counting(world) as connection:
        asked = asked_of(connection, actor, scope, {})
        return count_unknown_zones(connection, replace(asked, machines=followed(world, connection, scope)))
