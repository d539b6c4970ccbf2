"""Why something happened: the condition that a history row acted on, explained from the row's own inputs."""

from collections.abc import Mapping

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.alerting import over
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.severity import condition_of
from lifecycle_fsm.guards.explain import explain
from lifecycle_fsm.guards.model import Guard
from lifecycle_fsm.guards.verdict import Verdict
from lifecycle_fsm.services.notes import severity_said
from lifecycle_fsm.services.reading import unknown_account
from lifecycle_fsm.services.views import HistoryRecord
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.history import load_inputs
from lifecycle_fsm.store.scope import visible_ids


def because(world: World, actor: Actor, record: HistoryRecord) -> Verdict | None:
    """
    What the condition of a row found when the row was written.

    None where no condition decided (people closed a CTA, an account was placed), and
    where the inputs were erased.

    Raises:
        Forbidden, UnknownAccount: see there.
    """
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        if not visible_ids(connection, [record.account_id], actor.portfolio):
            raise unknown_account(record.account_id)
        inputs = load_inputs(connection, record.account_id, [record.seq]).get(record.seq)
        machine = world.shelf.machines(connection, [record.machine]).get(record.machine)
    return None if inputs is None or machine is None else _explained(machine, record, inputs)


def _explained(machine: Machine, record: HistoryRecord, inputs: Mapping[str, Value]) -> Verdict | None:
    guard = _guard_of(machine, record)
    return None if guard is None else explain(guard, inputs, to_ms(record.effective_at))


def _guard_of(machine: Machine, record: HistoryRecord) -> Guard | None:
    """The condition that stands behind a row of this kind."""
    match record.kind:
        case RecordKind.MOVED | RecordKind.REFUSED:
            ways = (each for each in machine.exits[str(record.from_stage)] if each.key == record.transition)
            return next((each.guard(str(record.trigger)) for each in ways), None)
        case RecordKind.ALERT_OPENED | RecordKind.ALERT_CLEARED:
            alerts = (each for each in machine.alerts if each.key == record.subject)
            opened = record.kind is RecordKind.ALERT_OPENED
            return next((each.when if opened else over(each) for each in alerts), None)
        case RecordKind.ALERT_RAISED:
            return condition_of(machine, record.subject, severity_said(record.effects))
        case RecordKind.MILESTONE_REACHED:
            return next((each.when for each in machine.achievements if each.milestone == record.subject), None)
        case RecordKind.CTA_CLOSED:
            return next((rule.closes_when for rule in machine.cta_rules if rule.template == record.subject), None)
    return None
