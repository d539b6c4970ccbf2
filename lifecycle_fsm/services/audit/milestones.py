"""Milestones decided again: one that data dated, and one that was missed."""

from collections.abc import Mapping

import orjson

from lifecycle_fsm.domain.fields import Value, milestone_field
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.achievement import may_date
from lifecycle_fsm.engine.expectation import Noted, due_at
from lifecycle_fsm.engine.machine import Achievement, Machine
from lifecycle_fsm.guards.reference import judge
from lifecycle_fsm.services.audit.automatic import is_told
from lifecycle_fsm.store.audit_rows import LogRow


def milestone_again(machine: Machine, row: LogRow, inputs: Mapping[str, Value]) -> str | None:
    """What the evidence gives today if it is not what was recorded, None if it is."""
    if row.kind == RecordKind.MILESTONE_REACHED:
        return _reached_again(machine, row, inputs)
    return _missed_again(machine, row, inputs)


def _reached_again(machine: Machine, row: LogRow, inputs: Mapping[str, Value]) -> str | None:
    achievement = next((each for each in machine.achievements if each.milestone == row.subject), None)
    if achievement is None:
        return f"its rules let no data date the milestone {row.subject!r}"
    if judge(achievement.when, inputs, row.effective_at) is not True:
        return "the milestone was dated by data, but its inputs do not allow it"
    return _date_again(achievement, row, inputs) if is_told(row) else None


def _date_again(achievement: Achievement, row: LogRow, inputs: Mapping[str, Value]) -> str | None:
    dates = [note.get("reached_at") for note in orjson.loads(row.effects) if note.get("milestone") == row.subject]
    if len(dates) == 1 and may_date(achievement.when, inputs, dates[0], row.effective_at):
        return None
    return "the milestone was dated by data, but its inputs give another date"


def _missed_again(machine: Machine, row: LogRow, inputs: Mapping[str, Value]) -> str | None:
    stage = machine.stages.get(row.to_stage)
    expected = [each for each in stage.milestones if each.milestone == row.subject] if stage is not None else []
    due = [due_at(machine, each, inputs, Noted(inputs)) for each in expected]
    has_passed = any(at is not None and to_ms(at) < row.effective_at for at in due)
    if not has_passed or inputs.get(milestone_field(str(row.subject)).key) is not None:
        return "the milestone was missed, but its inputs do not say so"
    return None
