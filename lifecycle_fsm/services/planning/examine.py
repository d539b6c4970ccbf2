"""One account under two versions of the rules: what the engine does under the later one and not under the earlier."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.begin import Start, begin
from lifecycle_fsm.engine.evaluate import evaluate
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.migrate import Route, migrate, stand
from lifecycle_fsm.engine.outcomes import CtaClosed, CtaEscalated, CtaOpened, Done, Evaluation, Step
from lifecycle_fsm.engine.rows import Row
from lifecycle_fsm.guards.model import Guard
from lifecycle_fsm.guards.python import CompiledGuard, compile_guard
from lifecycle_fsm.services.planning.comparing import changed_exits
from lifecycle_fsm.services.planning.content import Deed
from lifecycle_fsm.services.planning.tally import Effect, Exit

_KINDS = {
    RecordKind.ALERT_OPENED: Deed.ALERT_OPENS,
    RecordKind.ALERT_RAISED: Deed.ALERT_RISES,
    RecordKind.ALERT_CLEARED: Deed.ALERT_CLEARS,
    RecordKind.PACE_CHANGED: Deed.PACE_WORSENS,
}


@dataclass(frozen=True, slots=True)
class _Judged:
    """A way out whose condition differs, ready to be judged under both versions."""

    exit: Exit
    before: CompiledGuard | None
    after: CompiledGuard | None


class Examiner:
    """Examine accounts along one route; conditions are compiled once."""

    def __init__(self, route: Route) -> None:
        self.route = route
        self._judged: dict[str, list[_Judged]] = defaultdict(list)
        keys = [tuple(field.key for field in machine.fields) for machine in (route.before, route.after)]
        for each in changed_exits(route):
            exit_ = (each.stage, each.transition, each.trigger)
            judges = (_compiled(each.before, keys[0]), _compiled(each.after, keys[1]))
            self._judged[each.stage].append(_Judged(exit_, *judges))

    def examine(self, lifecycle: Lifecycle, facts: Facts, as_of: datetime, *, waits: bool = True) -> Effect:
        """
        What differs for one account, whose stage must have a landing; without shifts, see `shifts`.

        Of an account that does not wait for an evaluation the earlier version has nothing to say.
        """
        migrated = migrate(self.route, lifecycle, as_of, facts=facts)
        after = evaluate(self.route.after, migrated.lifecycle, facts, as_of)
        path, deeds = _path(after), _deeds(after, migrated)
        if waits:
            before = evaluate(self.route.before, lifecycle, facts, as_of)
            path, deeds = () if path == _path(before) else path, deeds - _deeds(before)
        return Effect(
            account_id=lifecycle.account_id,
            machine=lifecycle.machine,
            stage=lifecycle.stage,
            landed=migrated.lifecycle.stage,
            path=path,
            to_stage=after.lifecycle.stage,
            deeds=tuple(deeds.elements()),
        )

    def shifts(self, lifecycle: Lifecycle, facts: Facts, as_of: datetime) -> Mapping[Exit, int]:
        """The ways out of the account's stage that close or open."""
        judged = self._judged.get(lifecycle.stage, ())
        if not judged:
            return {}
        landed = migrate(self.route, lifecycle, as_of, facts=facts).lifecycle
        rows = (
            stand(self.route.before, lifecycle, facts, as_of).row,
            stand(self.route.after, landed, facts, as_of).row,
        )
        return dict(_shifts(judged, *rows, to_ms(as_of)))


def examine_newcomer(machine: Machine, lifecycle: Lifecycle, facts: Facts, as_of: datetime) -> Effect:
    """What happens to an account without a segment that this machine's rule takes."""
    stage = lifecycle.stage if lifecycle.stage in machine.stages else None
    start = Start(lifecycle.account_id, lifecycle.csm, lifecycle.entered_at, stage)
    begun = begin(machine, start, as_of, lifecycle, facts)
    after = evaluate(machine, begun.lifecycle, facts, as_of)
    return Effect(
        account_id=lifecycle.account_id,
        machine=lifecycle.machine,
        stage=lifecycle.stage,
        landed=begun.lifecycle.stage,
        path=_path(after),
        to_stage=after.lifecycle.stage,
        deeds=tuple(_deeds(after, begun).elements()),
    )


def _compiled(guard: Guard | None, keys: tuple[str, ...]) -> CompiledGuard | None:
    return None if guard is None else compile_guard(guard, keys)


def _shifts(judged: list[_Judged], before: Row, after: Row, as_of_ms: int) -> Iterator[tuple[Exit, int]]:
    rows = tuple(before.values()), tuple(after.values())
    for each in judged:
        was = each.before is not None and each.before(rows[0], as_of_ms) is True
        becomes = each.after is not None and each.after(rows[1], as_of_ms) is True
        if was != becomes:
            yield each.exit, becomes - was


def _path(evaluation: Evaluation) -> tuple[str, ...]:
    return tuple(step.transition for step in evaluation.steps if step.transition is not None)


def _deeds(evaluation: Evaluation, *first: Step) -> Counter[tuple[Deed, str]]:
    templates = {cta.cause_key: cta.template for cta in evaluation.lifecycle.ctas}
    found: Counter[tuple[Deed, str]] = Counter()
    for step in (*first, *evaluation.steps):
        if step.kind in _KINDS and step.subject is not None:
            found[_KINDS[step.kind], step.subject] += 1
        found.update(deed for done in step.done for deed in _of_cta(done, templates))
    return found


def _of_cta(done: Done, templates: Mapping[str, str]) -> Iterator[tuple[Deed, str]]:
    match done:
        case CtaOpened(cta):
            yield Deed.CTA_OPENS, cta.template
        case CtaEscalated():
            yield Deed.CTA_ESCALATES, templates[done.cause_key]
        case CtaClosed():
            yield Deed.CTA_CLOSES, templates[done.cause_key]
        case _:
            return
