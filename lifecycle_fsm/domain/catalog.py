"""The shared vocabulary of all segments: measures, facts, milestones, calendars, CTA templates and playbooks."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from lifecycle_fsm.domain.calendars import Calendar
from lifecycle_fsm.domain.cta import CtaTemplate, Task
from lifecycle_fsm.domain.fields import Field, FieldKind, derived_field, measure_field
from lifecycle_fsm.domain.plan import PlanType

YES_OR_NO = "yes/no"
"""The unit of a measure that is 1 for yes and 0 for no."""


class MeasureType(StrEnum):
    """What the values of a measure are; all of them are kept as numbers."""

    NUMBER = "number"
    PERCENTAGE = "percentage"
    RATIO = "ratio"
    COUNT = "count"
    FLAG = "flag"
    """Yes or no, kept as 1 or 0."""
    CHOICE = "choice"
    """One of a few words, kept as the score of 0-100 that the word stands for."""


@dataclass(frozen=True, slots=True)
class MeasureSpec:
    """
    Describe one health input.

    `minimum` and `maximum` bound what ingest accepts, inclusive, None for no bound.
    `stale_after_ms` is the age from which on the value counts as unknown. `choices` are
    the words of a choice with their scores, no two the same. A derived measure is not
    recorded but follows from what else is known.
    """

    key: str
    title: str
    unit: str
    minimum: float | None = None
    maximum: float | None = None
    group: str | None = None
    stale_after_ms: int | None = None
    type: MeasureType = MeasureType.NUMBER
    choices: tuple[tuple[str, float], ...] = ()
    is_derived: bool = False

    @property
    def field(self) -> Field:
        """Where its value stands in an account's row."""
        return derived_field(self.key) if self.is_derived else measure_field(self.key)

    @property
    def as_recorded(self) -> "MeasureSpec":
        """The measure as if its values came from outside, also where they are derived."""
        return replace(self, is_derived=False)

    def label(self, value: float) -> str | None:
        """The word for a value of a flag or choice; None where the number speaks for itself."""
        if self.type is MeasureType.FLAG:
            return "yes" if value else "no"
        return next((word for word, score in self.choices if score == value), None)


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

    def reason_title(self, key: str) -> str:
        """The name of a reason; its key where it is not known any more."""
        return self.reasons.get(key, key)
