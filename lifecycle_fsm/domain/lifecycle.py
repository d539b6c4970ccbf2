"""One account's run through its segment's machine, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from lifecycle_fsm.domain.cta import Cta
from lifecycle_fsm.domain.cta_archive import CtaArchive
from lifecycle_fsm.domain.override import Override
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.pause import Pause, Standstill
from lifecycle_fsm.domain.plan import SuccessPlan
from lifecycle_fsm.domain.severity import AlertSeverity


@dataclass(frozen=True, slots=True)
class AlertState:
    """
    Where an alert stands for an account: its episode number, and since when and until when it was on.

    `severity` is the gravest that the episode has had, since `raised_at`; None: since it was opened.
    """

    episode: int
    opened_at: datetime
    cleared_at: datetime | None = None
    severity: AlertSeverity = AlertSeverity.MEDIUM
    raised_at: datetime | None = None

    @property
    def is_on(self) -> bool:
        """Whether the episode has not been cleared yet."""
        return self.cleared_at is None


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """
    Hold everything about an account that only the machine changes.

    `revision` is the sequence number of the account's last history row, 0 before the first.
    `visits` counts entries by stage. `milestones` maps reached milestones to their instants. `ctas`
    are all of the account's, oldest first; an `archive` has counted the closed ones that are not
    listed. `noted_pace` is the worst pace whose effects have been carried out in this visit. `held`
    maps digests of conditions to the instant since which they have been true. `by_hand` says that a
    person chose the segment, so that no rule takes the account away. `overrides` has what people
    said in the place of measures and of the health score, by key. `rules` names the publication
    whose rules of assignment the account follows, where not all accounts do. `missed` maps the
    milestones that were noted as missed in this visit to their due dates, `revoked` those that
    people took back to the instants of it: older observations do not date them again.
    `pause` is the pause that it is in or that is planned, `paused_ms` how long others lasted in this visit,
    and `stops` when that was, oldest first, as far as it was kept.
    """

    account_id: UUID
    segment: str
    machine: str
    stage: str
    entered_at: datetime
    revision: int = 0
    came_from: str | None = None
    visits: Mapping[str, int] = field(default_factory=dict)
    milestones: Mapping[str, datetime] = field(default_factory=dict)
    ctas: tuple[Cta, ...] = ()
    plans: tuple[SuccessPlan, ...] = ()
    csm: str | None = None
    noted_pace: Pace = Pace.ON_TRACK
    alerts: Mapping[str, AlertState] = field(default_factory=dict)
    held: Mapping[str, datetime] = field(default_factory=dict)
    by_hand: bool = False
    overrides: Mapping[str, Override] = field(default_factory=dict)
    rules: str | None = None
    missed: Mapping[str, datetime] = field(default_factory=dict)
    revoked: Mapping[str, datetime] = field(default_factory=dict)
    pause: Pause | None = None
    paused_ms: int = 0
    stops: tuple[Standstill, ...] = ()
    archive: CtaArchive | None = None

    @property
    def still_since(self) -> datetime | None:
        """Since when the clock of this visit stands still, or will; None while nobody stops it."""
        return None if self.pause is None else max(self.pause.since, self.entered_at)

    def stood_still_ms(self, as_of: datetime) -> int:
        """How long, in milliseconds, the clock of this visit has stood still up to a date."""
        if self.pause is None:
            return self.paused_ms
        return self.paused_ms + self.pause.until_now(as_of).after(self.entered_at).length_ms

    def stands_still(self, as_of: datetime) -> bool:
        """Whether a pause goes on."""
        return self.pause is not None and self.pause.goes_on(as_of)

    def all_stops(self, as_of: datetime) -> tuple[Standstill, ...]:
        """When the clock of this visit stood still up to a date, oldest first; what was not kept comes first."""
        unplaced = self.paused_ms - sum(stop.length_ms for stop in self.stops)
        first = Standstill(self.entered_at, self.entered_at + timedelta(milliseconds=unplaced))
        now = () if self.pause is None else (self.pause.until_now(as_of).after(self.entered_at),)
        stops = (stop for stop in (first, *self.stops, *now) if stop.length_ms)
        return tuple(sorted(stops, key=lambda stop: stop.since))

    def held_since(self, since: datetime, as_of: datetime) -> datetime:
        """When a condition would have become true, had its clock not stood still in the pause that goes on."""
        stood = 0 if self.pause is None else self.pause.until_now(as_of).after(since).length_ms
        return since + timedelta(milliseconds=stood)

    def clock_since(self, as_of: datetime) -> datetime:
        """When the visit would have begun, had its clock never stood still up to a date."""
        return self.entered_at + timedelta(milliseconds=self.stood_still_ms(as_of))

    def time_in_stage(self, as_of: datetime) -> timedelta:
        """How long the clock of this visit has gone; never negative."""
        return max(as_of - self.clock_since(as_of), timedelta(0))

    def plan_in_work(self, plan_type: str) -> SuccessPlan | None:
        """The plan of this type that is a draft or active, None for none; there is one at most."""
        return next((plan for plan in self.plans if plan.type == plan_type and plan.status.is_open), None)

    def with_plan(self, changed: SuccessPlan) -> "Lifecycle":
        """The lifecycle with another value of the plan of that key."""
        plans = tuple(changed if plan.key == changed.key else plan for plan in self.plans)
        return replace(self, plans=plans)

    def objectives_of(self, plan: SuccessPlan) -> tuple[Cta, ...]:
        """The CTAs of a plan, oldest first."""
        return tuple(cta for cta in self.ctas if cta.plan == plan.key)

    def in_place(self, identity: str) -> Cta | None:
        """The open CTA that takes this place, None while it is free."""
        return next((cta for cta in self.ctas if cta.is_open and cta.identity == identity), None)

    def with_cta(self, changed: Cta) -> "Lifecycle":
        """The lifecycle with another value of the CTA of that cause key."""
        ctas = tuple(changed if cta.cause_key == changed.cause_key else cta for cta in self.ctas)
        return replace(self, ctas=ctas)
