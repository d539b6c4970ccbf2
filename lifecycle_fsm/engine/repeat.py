"""
One automatic move, made again for accounts that differ in nothing but what was observed about them.

The engine makes the move for one of them, the model. For the others only what depends on
their own numbers is worked out: the row, the guards, health and the next deadline. Whatever
would end otherwise than the model's evaluation is given back as None, for the engine.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import HEALTH_BAND, HEALTH_SCORE, STAGE_ENTERED_AT, Value
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.scorecard import Band, HealthScore
from lifecycle_fsm.engine.deadline import next_deadline
from lifecycle_fsm.engine.machine import AUTO, Alert, Machine
from lifecycle_fsm.engine.outcomes import Evaluation, Step
from lifecycle_fsm.engine.runner import Runner, Token, runner_of
from lifecycle_fsm.engine.scoring import Scorer, has_only, scorer_of
from lifecycle_fsm.engine.situation import situation_of
from lifecycle_fsm.guards.model import Guard, Reading, held_parts, leaves
from lifecycle_fsm.guards.python import CompiledGuard, compile_guard

Row = tuple[Value, ...]
_Gather = Callable[[int, float | None, Band | None, Row], Row]


class Again(NamedTuple):
    """What the move makes of one account; `inputs` are in the order of the machine's fields, `left_` is on leaving."""

    inputs: Row
    score: float | None
    band: Band | None
    next_check_ms: int | None
    left_score: float | None
    left_band: Band | None


@dataclass(frozen=True, slots=True)
class Repeat:
    """
    The move of a model, compiled for others of its kind; `keys` name their observed values in order.

    `score_after` is None where both stages have the same scorecard.
    """

    machine: Machine
    keys: tuple[str, ...]
    before: Lifecycle
    model: Evaluation
    as_of: datetime
    as_of_ms: int
    runner: Runner
    gather_before: _Gather
    gather_after: _Gather
    score_before: Scorer
    score_after: Scorer | None
    opens: tuple[CompiledGuard, ...]
    deadline_is_fixed: bool

    @property
    def step(self) -> Step:
        """The model's one step."""
        return self.model.steps[0]

    def judge(self, entered_ms: int, observed: Row) -> Again | None:
        """Make the move for an account that entered its stage then; None where the engine has to look at it."""
        at, step = self.as_of_ms, self.step
        left_score, left_band = self.score_before(observed, at)
        inputs = self.gather_before(entered_ms, left_score, left_band, observed)
        token = Token(self.before.stage, inputs, at)
        if not self.runner.trigger(AUTO, token) or token.taken is None or token.taken.key != step.transition:
            return None
        score, band = (left_score, left_band) if self.score_after is None else self.score_after(observed, at)
        row = self.gather_after(at, score, band, observed)
        if self.runner.trigger(AUTO, Token(step.lifecycle.stage, row, at)):
            return None
        for opens in self.opens:
            if opens(row, at) is True:
                return None
        return Again(inputs, score, band, self._deadline(observed), left_score, left_band)

    def _deadline(self, observed: Row) -> int | None:
        if self.deadline_is_fixed:
            at = self.model.next_check_at
            return None if at is None else to_ms(at)
        values = {key: value for key, value in zip(self.keys, observed, strict=True) if value is not None}
        return next_deadline(situation_of(self.machine, self.model.lifecycle, Facts(values), self.as_of))


def repeat_of(
    machine: Machine, before: Lifecycle, facts: Facts, model: Evaluation, as_of: datetime, keys: tuple[str, ...]
) -> Repeat | None:
    """Compile a model's evaluation, None where it is not of the one kind that can be repeated."""
    if not _is_plain(machine, before, facts, model, keys):
        return None
    (step,) = model.steps
    positions = {key: place for place, key in enumerate(keys)}
    cards = machine.cards[before.stage], machine.cards[step.lifecycle.stage]
    score_before, score_after = (scorer_of(card, positions) for card in cards)
    if score_before is None or score_after is None:
        return None
    names = tuple(field.key for field in machine.fields)
    watched = [alert for alert in machine.alerts if _is_watched(machine, alert, step.lifecycle.stage)]
    return Repeat(
        machine=machine,
        keys=keys,
        before=before,
        model=model,
        as_of=as_of,
        as_of_ms=to_ms(as_of),
        runner=runner_of(machine),
        gather_before=_gather(names, tuple(step.inputs.values()), positions),
        gather_after=_gather(names, tuple(model.row.values()), positions),
        score_before=score_before,
        score_after=None if cards[0] == cards[1] else score_after,
        opens=tuple(compile_guard(alert.when, names) for alert in watched),
        deadline_is_fixed=not any(_timed(machine, step.lifecycle.stage, watched, positions)),
    )


def agrees(repeat: Repeat, entered_ms: int, observed: Row, found: Evaluation) -> Repeat | None:
    """The repeat where it gives what the engine gave for a second account; with its deadlines reckoned if need be."""
    for candidate in (repeat, replace(repeat, deadline_is_fixed=False)):
        again = candidate.judge(entered_ms, observed)
        if again is not None and _same(again, found):
            return candidate
    return None


def _same(again: Again, found: Evaluation) -> bool:
    if len(found.steps) != 1:
        return False
    deadline = None if again.next_check_ms is None else from_ms(again.next_check_ms)
    left = HealthScore(again.left_score, again.left_band)
    return (again.inputs, again.score, again.band, deadline, left) == (
        tuple(found.steps[0].inputs.values()),
        found.health.score,
        found.health.band,
        found.next_check_at,
        found.steps[0].health,
    )


_ALERT = frozenset(
    {"key", "title", "stages", "when", "clear_when", "cool_down_ms", "effects", "closes", "severity", "levels"}
)


def _is_plain(machine: Machine, before: Lifecycle, facts: Facts, model: Evaluation, keys: tuple[str, ...]) -> bool:
    """Whether nothing was done but one move, and nothing was read that other accounts may have otherwise."""
    if len(model.steps) != 1 or model.steps[0].kind is not RecordKind.MOVED:
        return False
    after = model.lifecycle
    remembers = (before.ctas, before.plans, before.alerts, before.held, after.alerts, after.held, machine.baselines)
    if (
        machine.derivations
        or machine.time_zone is not None
        or before.overrides
        or before.pause is not None
        or before.paused_ms
        or (before.archive is not None and before.archive.tallies)
    ):
        return False
    if any(remembers) or any(part for guard in machine.guards() for part in held_parts(guard)):
        return False
    fresh = any(key.endswith(".since_entry") for key in model.row) and bool(before.milestones)
    return (
        set(needed_keys(machine)) <= set(keys)
        and all(_is_observed(key) for key in facts.values)
        and not fresh
        and all(has_only(alert, _ALERT) for alert in machine.alerts)
        and not machine.cta_rules
        and not machine.achievements
        and not any(expected.of for expected in machine.stages[after.stage].milestones)
        and not any(machine.catalog.templates[cta.template].asked_facts for cta in model.lifecycle.ctas)
    )


def needed_keys(machine: Machine) -> tuple[str, ...]:
    """The observed fields that guards and scorecards of the machine read, sorted."""
    scored = {measure.key for stage in machine.stages for measure in machine.scorecard.for_stage(stage)}
    keys = {f"measure.{key}{suffix}" for key in scored for suffix in ("", "@")}
    return tuple(sorted(keys | {field.key for field in machine.fields if _is_observed(field.key)}))


def _is_observed(key: str) -> bool:
    return key.startswith(("measure.", "fact.")) and ".before." not in key


def _is_watched(machine: Machine, alert: Alert, stage: str) -> bool:
    return stage in alert.stages if alert.stages else not machine.stages[stage].final


def _timed(machine: Machine, stage: str, alerts: Sequence[Alert], positions: dict[str, int]) -> Iterator[bool]:
    """Whether time acts on anything that differs between the accounts, part by part."""
    yield from (measure.stale_after_ms is not None for measure in machine.scorecard.for_stage(stage))
    guards = [each.guard(AUTO) for each in machine.exits[stage] if AUTO in each.triggers]
    for guard in (*guards, *(alert.when for alert in alerts)):
        yield from _timed_leaves(guard, positions)


def _timed_leaves(guard: Guard, positions: dict[str, int]) -> Iterator[bool]:
    for leaf in leaves(guard):
        reads_time = leaf.subject.reading is not Reading.VALUE and leaf.subject.field.key in positions
        yield reads_time or leaf.subject.freshness is not None


def _gather(names: Sequence[str], model: Row, positions: dict[str, int]) -> _Gather:
    """A function that puts an account's own values into a copy of the model's row."""
    own = {STAGE_ENTERED_AT.key: 0, HEALTH_SCORE.key: 1, HEALTH_BAND.key: 2}
    own |= {key: 3 + place for key, place in positions.items()}
    constants = tuple(value for name, value in zip(names, model, strict=True) if name not in own)
    rest = iter(range(3 + len(positions), 3 + len(positions) + len(constants)))
    places = [own[name] if name in own else next(rest) for name in names]
    if len(places) < 2:  # noqa: PLR2004 - a getter of one place gives no tuple
        return lambda entered, score, band, observed: tuple(
            (entered, score, band, *observed, *constants)[place] for place in places
        )
    get = itemgetter(*places)
    return lambda entered, score, band, observed: get((entered, score, band, *observed, *constants))
