"""The published rules of one segment, as an immutable value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from lifecycle_fsm.domain.calendars import WEEKDAYS, Calendar, Span
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.cta import CtaOutcome, Priority
from lifecycle_fsm.domain.cta_selector import CtaSelector, selector_in
from lifecycle_fsm.domain.effects import Effect, OpenCta
from lifecycle_fsm.domain.fields import (
    STAGE_ENTERED_AT,
    Field,
    FieldKind,
    Value,
    change_parts,
    ctas_field,
    derived_field,
    fact_field,
    milestone_field,
)
from lifecycle_fsm.domain.landing import Landing
from lifecycle_fsm.domain.scorecard import Scorecard
from lifecycle_fsm.domain.scoring import Card, card_for
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.domain.zones import UTC_ZONE, TimeZone, Zone
from lifecycle_fsm.guards.model import All, Guard, Leaf, Reading, Subject, SubjectKind, Within, fields

AUTO = "auto"
"""The trigger that data fires; every other trigger is fired by people."""


class TransitionKind(StrEnum):
    """What a transition means for the account."""

    ADVANCE = "advance"
    REGRESS = "regress"
    RISK = "risk"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class ExpectedMilestone:
    """
    A milestone that is due so long after the stage was entered, or after a dated fact named by `of`.

    `on_missed` is done when the due date has passed without it.
    """

    milestone: str
    within: Span
    of: str | None = None
    on_missed: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """One place in a lifecycle, its time limits, and what happens at its edges."""

    key: str
    title: str
    final: bool = False
    expected: Span | None = None
    stuck: Span | None = None
    milestones: tuple[ExpectedMilestone, ...] = ()
    on_enter: tuple[Effect, ...] = ()
    on_exit: tuple[Effect, ...] = ()
    on_behind: tuple[Effect, ...] = ()
    on_stuck: tuple[Effect, ...] = ()


def stage_age_at_least(span_ms: int) -> Leaf:
    """The leaf that holds once the present stage is that old."""
    subject = Subject(
        SubjectKind.STAGE_AGE, STAGE_ENTERED_AT, Reading.ELAPSED, "time in stage", "d", (("stage_age", ""),)
    )
    return Leaf(subject, Within(low=span_ms))


@dataclass(frozen=True, slots=True)
class Transition:
    """
    One edge out of a stage.

    `key` is unique among the exits of `source` and is what history refers to. Exits
    with the same trigger are tried by falling `priority`, then in the order of the
    text. `after_ms` holds the move back until the stage is that old, whoever fires;
    `min_dwell_ms` does the same for data only.
    """

    key: str
    source: str
    target: str
    kind: TransitionKind
    triggers: tuple[str, ...]
    when: Guard
    requires: tuple[Leaf, ...] = ()
    priority: int = 0
    after_ms: int | None = None
    min_dwell_ms: int = 0
    effects: tuple[Effect, ...] = ()

    def guard(self, trigger: str) -> Guard:
        """Everything that must hold for this trigger, as one tree: time, milestones, condition."""
        wait = self.after_ms or 0
        if trigger == AUTO:
            wait = max(wait, self.min_dwell_ms)
        parts: tuple[Guard, ...] = (stage_age_at_least(wait),) if wait else ()
        parts += self.requires
        return self.when if not parts else All((*parts, *_conjuncts(self.when)))


def _conjuncts(guard: Guard) -> tuple[Guard, ...]:
    return guard.parts if isinstance(guard, All) else (guard,)


@dataclass(frozen=True, slots=True)
class Achievement:
    """A milestone that data dates when `when` becomes true in one of `stages`; empty means all."""

    milestone: str
    when: Guard
    stages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertLevel:
    """
    What makes an episode of an alert graver than it began: its own condition, its age, or both.

    CTAs of the alert get at least this `priority`.
    """

    severity: AlertSeverity
    priority: Priority
    when: Guard | None = None
    after_ms: int = 0


@dataclass(frozen=True, slots=True)
class Alert:
    """
    A condition that acts without moving the account.

    It opens an episode when `when` becomes true in one of `stages` (empty means all
    that are not final), clears it when `clear_when` is true (by default: when `when`
    is false), and stays silent for `cool_down_ms` after clearing. An episode is of
    `severity` until one of the `levels` holds, which rise in the order of the text; it
    never falls back.
    """

    key: str
    title: str
    stages: tuple[str, ...]
    when: Guard
    clear_when: Guard | None = None
    cool_down_ms: int = 0
    effects: tuple[OpenCta, ...] = ()
    closes: bool = True
    severity: AlertSeverity = AlertSeverity.MEDIUM
    levels: tuple[AlertLevel, ...] = ()


class RecurFrom(StrEnum):
    """What the waiting time of a recurring CTA is counted from."""

    CLOSING = "closing"
    """The closing of the last one."""
    OPENING = "opening"
    """The opening of the last one, which must be closed by then."""
    STAGE_ENTRY = "stage_entry"
    """The entry into the stage: a schedule, whose dates pass while one is open."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Open the CTA again so long after something."""

    every_ms: int
    since: RecurFrom = RecurFrom.CLOSING


@dataclass(frozen=True, slots=True)
class CtaRule:
    """
    What CTAs of a template do by themselves in this segment.

    `close_when` closes the open ones with `outcome`. `recur` opens the next one while the
    account is in one of `stages`, empty for all that are not final.
    """

    template: str
    close_when: Guard | None = None
    outcome: CtaOutcome = CtaOutcome.RECOVERED
    recur: Recurrence | None = None
    stages: tuple[str, ...] = ()

    @property
    def closes_when(self) -> Guard | None:
        """Everything that must hold for the rule to close something: a CTA is open, and the condition."""
        if self.close_when is None:
            return None
        return All((open_ctas_of(self.template), *_conjuncts(self.close_when)))


def open_ctas_of(template: str) -> Leaf:
    """The leaf that holds while a CTA of the template is open."""
    key = CtaSelector(templates=(template,), status="open").key
    subject = Subject(SubjectKind.CTAS, ctas_field(key), Reading.VALUE, f"open {template} CTAs", None, (("ctas", key),))
    return Leaf(subject, Within(low=1))


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which accounts the segment takes: those of a condition over facts, or only those put there by hand."""

    when: Guard | None
    rank: int = 100


@dataclass(frozen=True, slots=True)
class Case:
    """A condition, and the value that a measure has where it is the first to be true."""

    when: Guard
    value: float


@dataclass(frozen=True, slots=True)
class Derivation:
    """
    Say what a measure follows from.

    The first case that is true gives the value, none of them `otherwise`; a case that is
    unknown before any is true leaves the measure unknown.
    """

    cases: tuple[Case, ...]
    otherwise: float | None = None


@dataclass(frozen=True)
class Machine:
    """
    Hold one version of one segment's rules, complete in itself.

    `stages` and `transitions` are in the order of the text. `catalog` is the part of
    the vocabulary that these rules use, so that a decision can be made again later.
    `arrivals` say where accounts from other segments go on, by `segment.stage` or by stage.
    `calendar` names the one of the catalog in which business days are counted, `time_zone` says
    where days begin; None is UTC.
    `derivations` are those of its derived measures, by measure.
    `digest` is the SHA-256 of the canonical definition, in hexadecimal, and names the version.
    """

    segment: str
    title: str
    initial: str
    stages: Mapping[str, Stage]
    transitions: tuple[Transition, ...]
    scorecard: Scorecard
    catalog: Catalog
    assignment: Assignment
    alerts: tuple[Alert, ...] = ()
    cta_rules: tuple[CtaRule, ...] = ()
    calendar: str | None = None
    time_zone: TimeZone | None = None
    derivations: Mapping[str, Derivation] = field(default_factory=dict)
    arrivals: Mapping[str, Landing] = field(default_factory=dict)
    achievements: tuple[Achievement, ...] = ()
    digest: str = field(default="", compare=False)

    def __hash__(self) -> int:
        """Machines are found by their digest."""
        return hash(self.digest)

    @property
    def workdays(self) -> Calendar:
        """The calendar in which business days are counted: Monday to Friday where none is named."""
        return WEEKDAYS if self.calendar is None else self.catalog.calendars[self.calendar]

    def way(self, transition: Transition) -> str:
        """The titles of the stages that a transition leads from and to: `Adoption → Renewal`."""
        return f"{self.stages[transition.source].title} → {self.stages[transition.target].title}"

    def zone(self, values: Mapping[str, Value]) -> Zone:
        """Where the days of an account of which this is known begin."""
        return UTC_ZONE if self.time_zone is None else self.time_zone.of(values).zone

    @cached_property
    def exits(self) -> Mapping[str, tuple[Transition, ...]]:
        """The transitions out of each stage, in the order in which they are tried."""
        ordered = sorted(self.transitions, key=lambda transition: -transition.priority)
        return {
            stage: tuple(transition for transition in ordered if transition.source == stage) for stage in self.stages
        }

    @cached_property
    def triggers(self) -> tuple[str, ...]:
        """Every trigger of the machine, sorted."""
        return tuple(sorted({trigger for transition in self.transitions for trigger in transition.triggers}))

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Every field that a guard or a due date reads, or that names the zone, and every derived measure, by key."""
        read = {field for guard in self.guards() for field in fields(guard)}
        named = self.time_zone.fact if self.time_zone is not None else None
        zone = () if named is None else (fact_field(named, FieldKind.TEXT),)
        return tuple(sorted({*read, *zone, *self._milestone_fields(), *map(derived_field, self.derivations)}))

    @cached_property
    def cards(self) -> Mapping[str, Card]:
        """The scorecard as each stage uses it."""
        return {stage: card_for(self.scorecard, stage) for stage in self.stages}

    @cached_property
    def baselines(self) -> tuple[tuple[str, int], ...]:
        """The field keys and windows in milliseconds whose past values `change_over` compares with."""
        return tuple(parts for field in self.fields if (parts := change_parts(field.key)) is not None)

    @cached_property
    def timed_selectors(self) -> tuple[CtaSelector, ...]:
        """What its guards count CTAs by their age with."""
        return tuple(each for each in self.cta_selectors if each.is_timed)

    @cached_property
    def cta_selectors(self) -> tuple[CtaSelector, ...]:
        """What its guards, those of derived measures among them, count CTAs with."""
        keys = sorted({field.key for guard in self.guards() for field in fields(guard)})
        return tuple(found for key in keys if (found := selector_in(key)) is not None)

    @cached_property
    def asks_for_leads(self) -> bool:
        """Whether one of its CTAs may fall to the lead of an account's CSM."""
        return any(template.asks_for_lead for template in self.catalog.templates.values())

    def landing(self, segment: str, stage: str) -> Landing | None:
        """Where accounts of a stage of another segment go on; None where neither the text nor an equal key says it."""
        own = Landing(stage) if stage in self.stages else None
        return self.arrival(segment, stage) or own

    def arrival(self, segment: str, stage: str) -> Landing | None:
        """Where the text says that accounts of a stage of another segment go on."""
        return self.arrivals.get(f"{segment}.{stage}", self.arrivals.get(stage))

    def guards(self) -> Iterator[Guard]:
        """Every condition: of transitions for each trigger, alerts, closing CTAs, derivations, milestones."""
        for transition in self.transitions:
            yield from (transition.guard(trigger) for trigger in transition.triggers)
        for alert in self.alerts:
            yield alert.when
            if alert.clear_when is not None:
                yield alert.clear_when
            yield from (level.when for level in alert.levels if level.when is not None)
        for rule in self.cta_rules:
            if rule.closes_when is not None:
                yield rule.closes_when
        for derivation in self.derivations.values():
            yield from (case.when for case in derivation.cases)
        yield from (achievement.when for achievement in self.achievements)

    def _milestone_fields(self) -> Iterator[Field]:
        """What due dates are counted from, and the milestones that data may date."""
        yield from (milestone_field(each.milestone) for each in self.achievements)
        for expected in (each for stage in self.stages.values() for each in stage.milestones):
            yield milestone_field(expected.milestone)
            yield STAGE_ENTERED_AT if expected.of is None else self._start_field(expected.of)

    def _start_field(self, fact: str) -> Field:
        return fact_field(fact, self.catalog.facts[fact].kind)
