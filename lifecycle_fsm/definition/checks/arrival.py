"""What conditions say about an account that has just entered a stage."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lifecycle_fsm.domain.cta_selector import CtaSelector, selector_in
from lifecycle_fsm.domain.effects import CloseCtas
from lifecycle_fsm.domain.fields import CAME_FROM, HEALTH_BAND, HEALTH_SCORE, STAGE_ENTERED_AT, Field, FieldKind, Value
from lifecycle_fsm.domain.scorecard import HEALTHY_FROM, NEUTRAL_FROM, Band
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.guards.model import (
    ALWAYS,
    All,
    AnyOf,
    AtLeastOf,
    Guard,
    Held,
    Leaf,
    Not,
    OneOf,
    Reading,
    Subject,
    SubjectKind,
    Within,
)
from lifecycle_fsm.guards.reference import judge

NEVER = AnyOf(())

UNKNOWN_FIELD = Field("never.known", FieldKind.NUMBER)
"""A field that no account has a value for."""

_SINCE_ENTRY = ".since_entry"


@dataclass(frozen=True, slots=True)
class Arrival:
    """
    An account that comes into a stage from another one by data alone.

    Its time in the stage is `waited_ms`, no milestone is reached and no CTA is opened or closed
    since it came, and none is open that the machine's own effects close. A score that
    the stage weighs in its own way is a quantity of its own: it is not the score of other stages.
    `closing` is what `closing_moves` found.
    """

    machine: Machine
    stage: str
    came_from: str | None
    closing: tuple[CtaSelector, ...]
    waited_ms: int = 0

    def seen(self, guard: Guard) -> Guard:
        """The guard with everything settled that the arrival settles."""
        match guard:
            case Leaf():
                return self._leaf(guard)
            case Held():
                seen = self._leaf(guard.leaf)
                return guard if seen is guard.leaf else seen
            case Not():
                return Not(self.seen(guard.part))
            case All():
                return All(self._each(guard.parts))
            case AnyOf():
                return AnyOf(self._each(guard.parts))
            case AtLeastOf():
                return AtLeastOf(guard.count, self._each(guard.parts))

    def _each(self, parts: tuple[Guard, ...]) -> tuple[Guard, ...]:
        return tuple(self.seen(part) for part in parts)

    def _leaf(self, leaf: Leaf) -> Guard:
        field = leaf.subject.field
        if field in (HEALTH_SCORE, HEALTH_BAND) and self.stage in self.machine.scorecard.by_stage:
            return _scored_in(self.stage, leaf)
        settled = self._settled(field)
        if settled is None:
            return leaf
        truth = judge(leaf, settled, self.waited_ms)
        return _UNKNOWN if truth is None else ALWAYS if truth else NEVER

    def _settled(self, field: Field) -> Mapping[str, Value] | None:
        """The value of a field that the arrival settles, alone in a row."""
        if field == STAGE_ENTERED_AT:
            return {field.key: 0}
        if field == CAME_FROM and self.came_from is not None:
            return {field.key: self.came_from}
        if field.key.endswith(_SINCE_ENTRY):
            return {}
        selector = selector_in(field.key)
        if selector is not None and self._is_cleared(selector):
            return {field.key: 0}
        return None

    def _is_cleared(self, selector: CtaSelector) -> bool:
        return selector.since_entry or (
            selector.status == "open" and any(each.may_share(selector) for each in self.closing)
        )


def score_in(stage: str) -> Field:
    """The health score as a stage weighs it."""
    return Field(f"{HEALTH_SCORE.key} in {stage}", FieldKind.NUMBER)


def _scored_in(stage: str, leaf: Leaf) -> Guard:
    """The same condition on the stage's own score; bands become the scores that they span."""
    subject = replace(leaf.subject, field=score_in(stage), freshness=None)
    if not isinstance(leaf.test, OneOf):
        return replace(leaf, subject=subject)
    bands = AnyOf(tuple(Leaf(subject, _SPANS[Band(str(band))], leaf.absent_is_false) for band in leaf.test.values))
    return Not(bands) if leaf.test.negated else bands


_SPANS = {
    Band.HEALTHY: Within(HEALTHY_FROM),
    Band.NEUTRAL: Within(NEUTRAL_FROM, HEALTHY_FROM, high_open=True),
    Band.AT_RISK: Within(high=NEUTRAL_FROM, high_open=True),
}


def closing_moves(machine: Machine) -> tuple[CtaSelector, ...]:
    """What moves of the machine close."""
    stages = machine.stages.values()
    effects = [effect for stage in stages for effect in (*stage.on_enter, *stage.on_exit)]
    effects += [effect for transition in machine.transitions for effect in transition.effects]
    return tuple(effect.selector for effect in effects if isinstance(effect, CloseCtas))


_UNKNOWN = Leaf(Subject(SubjectKind.FACT, UNKNOWN_FIELD, Reading.VALUE, "", None, ()), Within(0))
