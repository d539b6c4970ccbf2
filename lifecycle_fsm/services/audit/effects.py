"""Effects held to the rules: what a row says was done is what was asked for, no more and no less."""

from collections.abc import Iterator, Mapping, Sequence

import orjson

from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.cta_selector import CtaSelector
from lifecycle_fsm.domain.effects import CloseCtas, Effect, EscalateCta, Notify, OpenCta, OpenPlan, ReachMilestone
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.engine.alerting import urgent
from lifecycle_fsm.engine.machine import Alert, Machine
from lifecycle_fsm.engine.overdue import effects_of
from lifecycle_fsm.services.audit.automatic import EFFECTS_DIFFER
from lifecycle_fsm.services.notes import Note, severity_said
from lifecycle_fsm.store.audit_rows import LogRow

_NOTHING = "[]"


def effects_again(machine: Machine, row: LogRow, moved: Sequence[Effect]) -> str | None:
    """
    What is wrong with the effects of a decided row, None where they are those that its rules ask for.

    `moved` are those of a move. Which CTA was in the way is not asked: a place that was taken may
    have been escalated or suppressed.
    """
    notes: list[Note] = orjson.loads(row.effects) if row.effects != _NOTHING else []
    asked = moved if row.kind == RecordKind.MOVED else tuple(_asked(machine, row, notes))
    if not asked and not notes:
        return None
    left = [note for note in notes if note["did"] != "severity_reached"]
    for effect in asked:
        taken = _taken(machine, effect, left)
        if taken is None:
            return EFFECTS_DIFFER
        left = left[taken:]
    return EFFECTS_DIFFER if left else None


def _asked(machine: Machine, row: LogRow, notes: Sequence[Note]) -> Iterator[Effect]:
    match row.kind:
        case RecordKind.PACE_CHANGED:
            yield from effects_of(machine.stages[row.to_stage], Pace(str(row.subject)))
        case RecordKind.MILESTONE_MISSED:
            expected = machine.stages[row.to_stage].milestones
            yield from (effect for each in expected if each.milestone == row.subject for effect in each.on_missed)
        case RecordKind.MILESTONE_REACHED:
            yield ReachMilestone(str(row.subject))
        case RecordKind.CTA_OPENED:
            yield OpenCta(str(row.subject))
        case RecordKind.CTA_CLOSED:
            rules = (rule for rule in machine.cta_rules if rule.template == row.subject)
            yield from (CloseCtas(CtaSelector(templates=(rule.template,)), rule.outcome) for rule in rules)
        case _:
            alerts = (alert for alert in machine.alerts if alert.key == row.subject)
            yield from (effect for alert in alerts for effect in _of_alert(machine, alert, row, notes))


def _of_alert(machine: Machine, alert: Alert, row: LogRow, notes: Sequence[Note]) -> Iterator[Effect]:
    if row.kind == RecordKind.ALERT_CLEARED:
        closed = alert.effects if alert.closes else ()
        yield from (CloseCtas(CtaSelector(templates=(each.template,)), CtaOutcome.RECOVERED) for each in closed)
        return
    severity = severity_said(notes)
    level = next((each for each in alert.levels if each.severity is severity), None)
    yield from alert.effects if level is None else urgent(machine, alert, level)


def _taken(machine: Machine, effect: Effect, notes: Sequence[Note]) -> int | None:
    """How many of the next notes tell what became of an effect; None where they do not."""
    match effect:
        case CloseCtas():
            closed = {"did": "cta_closed", "outcome": effect.outcome.value}
            return next((at for at, note in enumerate(notes) if not _has(note, closed)), len(notes))
        case OpenPlan():
            return _plan_taken(machine, effect, notes)
        case _:
            return 1 if notes and any(_has(notes[0], told) for told in _tellings(machine, effect)) else None


def _plan_taken(machine: Machine, effect: OpenPlan, notes: Sequence[Note]) -> int | None:
    if notes and _has(notes[0], {"did": "plan_kept", "type": effect.plan}):
        return 1
    objectives = machine.catalog.plans[effect.plan].objectives
    told = [{"did": "plan_opened", "type": effect.plan}]
    told += [{"did": "cta_opened", "template": each.template} for each in objectives]
    fits = len(notes) >= len(told) and all(map(_has, notes, told))
    return len(told) if fits else None


def _tellings(machine: Machine, effect: OpenCta | EscalateCta | ReachMilestone | Notify) -> Iterator[Note]:
    """The ways in which one effect may be told."""
    match effect:
        case OpenCta() | EscalateCta():
            template = effect.template
            priority = (effect.priority or machine.catalog.templates[template].priority).value
            yield {"did": "cta_opened", "template": template, "priority": priority}
            yield {"did": "cta_suppressed", "template": template}
            yield {"did": "cta_escalated", "after": priority}
        case ReachMilestone():
            yield from ({"did": f"milestone_{did}", "milestone": effect.milestone} for did in ("reached", "kept"))
        case Notify():
            yield {"did": "notified", "channel": effect.channel, "message": effect.message}


def _has(note: Note, told: Mapping[str, object]) -> bool:
    return all(note.get(key) == value for key, value in told.items())
