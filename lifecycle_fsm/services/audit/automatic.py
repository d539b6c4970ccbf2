"""What time alone and the work on CTAs brought about, decided again: wakings, ends, paces, completions, recurrences."""

from collections.abc import Callable, Mapping, Sequence

import orjson

from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.domain.override import OverrideEnd
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.plan import PlanStatus
from lifecycle_fsm.domain.plan_progress import COMPLETED_PLAN, OBJECTIVE, OPEN, REQUIRED, all_met
from lifecycle_fsm.engine.cta_rules import SNOOZED_UNTIL
from lifecycle_fsm.engine.expectation import Noted
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.outcomes import CtaClosed, CtaWoken, Done, OverrideOver, PauseOver, PlanMoved
from lifecycle_fsm.engine.overdue import BEGUN_AT, COUNTED_TO, Visit, has_passed
from lifecycle_fsm.engine.overriding import OVERRIDE_UNTIL, OVERRIDE_VALUE
from lifecycle_fsm.engine.pausing import PAUSED_SINCE, PAUSED_UNTIL
from lifecycle_fsm.engine.recurring import earlier_told, next_opening
from lifecycle_fsm.services.notes import note_of
from lifecycle_fsm.store.audit_rows import LogRow

BY_ITSELF = frozenset({Cause.AUTOMATIC, Cause.DEADLINE})
"""The causes of what no person did."""
Inputs = Mapping[str, Value]
_Again = Callable[[LogRow, Inputs], str | None]
_AgainUnder = Callable[[Machine, LogRow, Inputs], str | None]


def is_told(row: LogRow) -> bool:
    """Whether the row's release kept everything that decisions rest on."""
    return row.evaluator != "1"


def _woken_again(row: LogRow, inputs: Inputs) -> str | None:
    until = inputs.get(SNOOZED_UNTIL)
    if not isinstance(until, int) or until > row.effective_at:
        return "the CTA woke, but its inputs do not allow it"
    return _told(row, [CtaWoken(str(row.subject))])


def _expired_again(row: LogRow, inputs: Inputs) -> str | None:
    until, value = inputs.get(OVERRIDE_UNTIL), inputs.get(OVERRIDE_VALUE)
    if not isinstance(until, int) or until > row.effective_at or not isinstance(value, int | float):
        return "the override ended, but its inputs do not allow it"
    return _told(row, [OverrideOver(str(row.subject), value, OverrideEnd.EXPIRED)])


def _resumed_again(row: LogRow, inputs: Inputs) -> str | None:
    since, until = inputs.get(PAUSED_SINCE), inputs.get(PAUSED_UNTIL)
    if not isinstance(since, int) or not isinstance(until, int) or until > row.effective_at:
        return "the pause ended, but its inputs do not allow it"
    return _told(row, [PauseOver(from_ms(since), from_ms(until))])


def _completed_again(row: LogRow, inputs: Inputs) -> str | None:
    plan, standings = inputs.get(COMPLETED_PLAN), _standings(inputs)
    success = CtaOutcome.SUCCESS.value
    if not isinstance(plan, str) or not all_met((need == REQUIRED, end == success) for need, end in standings.values()):
        return "the plan was completed, but its inputs do not allow it"
    left = [CtaClosed(key, CtaOutcome.SUPERSEDED) for key, (_, end) in standings.items() if end == OPEN]
    return _told(row, [PlanMoved(plan, str(row.subject), PlanStatus.ACTIVE, PlanStatus.COMPLETED), *left])


def _standings(inputs: Inputs) -> dict[str, tuple[str, str]]:
    """Of each objective by its cause key: whether it is required, and how it ended."""
    found = {key.removeprefix(OBJECTIVE): str(value) for key, value in inputs.items() if key.startswith(OBJECTIVE)}
    return {key: (standing.partition(":")[0], standing.partition(":")[2]) for key, standing in found.items()}


def _worse_again(machine: Machine, row: LogRow, inputs: Inputs) -> str | None:
    begun_at, counted_to = inputs.get(BEGUN_AT), inputs.get(COUNTED_TO)
    known = row.subject in (Pace.BEHIND, Pace.STUCK) and row.to_stage in machine.stages
    if not known or not isinstance(begun_at, int) or not isinstance(counted_to, int) or counted_to > row.effective_at:
        return "the pace changed, but its inputs do not say so"
    visit = Visit(from_ms(begun_at), from_ms(counted_to))
    if not has_passed(machine, row.to_stage, Pace(str(row.subject)), visit, Noted(inputs)):
        return "the pace changed, but its inputs do not allow it"
    return None


def _recurred_again(machine: Machine, row: LogRow, inputs: Inputs) -> str | None:
    rule = next((each for each in machine.cta_rules if each.recur and each.template == row.subject), None)
    earlier = earlier_told(inputs, row.to_stage)
    if rule is None or earlier is None:
        return f"its rules do not open the CTA {row.subject!r} again" if rule is None else "its inputs say no dates"
    as_of = from_ms(row.effective_at)
    at = next_opening(machine, rule, earlier, as_of)
    return None if at is not None and at <= as_of else "the CTA opened again, but its inputs do not allow it"


WITHOUT_RULES: Mapping[str, _Again] = {
    RecordKind.CTA_WOKEN: _woken_again,
    RecordKind.OVERRIDE_ENDED: _expired_again,
    RecordKind.RESUMED: _resumed_again,
    RecordKind.PLAN_CHANGED: _completed_again,
}
"""What is decided again without the published rules, by kind."""

UNDER_RULES: Mapping[str, _AgainUnder] = {
    RecordKind.PACE_CHANGED: _worse_again,
    RecordKind.CTA_OPENED: _recurred_again,
}
"""What is decided again under the rules of the row, by kind."""


def _told(row: LogRow, done: Sequence[Done]) -> str | None:
    """What is wrong with the effects of a row that must tell these, in any order."""
    wanted = sorted(orjson.dumps(note_of(each), option=orjson.OPT_SORT_KEYS) for each in done)
    found = sorted(orjson.dumps(note, option=orjson.OPT_SORT_KEYS) for note in orjson.loads(row.effects))
    return None if found == wanted else EFFECTS_DIFFER


EFFECTS_DIFFER = "its effects are not those that its rules ask for"
