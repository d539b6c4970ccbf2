"""The shared vocabulary of all segments: measures, facts, milestones, calendars, CTA templates and playbooks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lifecycle_fsm.domain.calendars import Calendar
from lifecycle_fsm.domain.cta import CtaTemplate, Task
from lifecycle_fsm.domain.fields import FieldKind
from lifecycle_fsm.domain.plan import PlanType


@dataclass(frozen=True, slots=True)
class MeasureSpec:
    """
    Describe one health input.

    `minimum` and `maximum` bound what ingest accepts, inclusive, None for no bound.
    `stale_after_ms` is the age from which on the value counts as unknown.
    """

    key: str
    title: str
    unit: str
    minimum: float | None = None
    maximum: float | None = None
    group: str | None = None
    stale_after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class FactSpec:
    """Describe one typed fact; `one_of` lists the texts that ingest accepts, empty for any."""

    key: str
    title: str
    kind: FieldKind
    unit: str | None = None
    one_of: tuple[str, ...] = ()
    stale_after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class MilestoneSpec:
    """Describe one dated achievement."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Playbook:
    """A prescribed list of tasks."""

    key: str
    title: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Catalog:
    """Hold the vocabulary by key; every mapping keeps the order of the file."""

    measures: Mapping[str, MeasureSpec] = field(default_factory=dict)
    facts: Mapping[str, FactSpec] = field(default_factory=dict)
    milestones: Mapping[str, MilestoneSpec] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    playbooks: Mapping[str, Playbook] = field(default_factory=dict)
    templates: Mapping[str, CtaTemplate] = field(default_factory=dict)
    plans: Mapping[str, PlanType] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
