"""What a history record was decided on: its recorded inputs, and its guards explained anew on them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.alerting import over
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.severity import condition_of
from lifecycle_fsm.guards.explain import explain
from lifecycle_fsm.guards.model import Guard
from lifecycle_fsm.guards.verdict import Verdict
from lifecycle_fsm.services.notes import severity_noted
from lifecycle_fsm.services.segment_rules import UNASSIGNED
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.history import Place, load_evidence_of, load_links
from lifecycle_fsm.store.ledger import Entry, Link
from lifecycle_fsm.store.scope import visible_ids

_BY_RULE = frozenset({Cause.AUTOMATIC, Cause.DEADLINE})


@dataclass(frozen=True, slots=True)
class Finding:
    """What one guard found: of the transition, alert, milestone, CTA template or segment that `about` names."""

    about: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class RecordEvidence:
    """
    Tell what a record was decided on.

    `inputs` are by field; None where they were erased. Findings are explained under the
    version of the rules that decided; empty where no guard did.
    """

    inputs: Mapping[str, Value] | None
    findings: tuple[Finding, ...] = ()


Witnessed = tuple[Link, RecordEvidence]


def evidence_of(world: World, actor: Actor, places: Sequence[Place]) -> dict[Place, RecordEvidence]:
    """What records were decided on, by account and number; those that the actor does not see are absent."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        seen = visible_ids(connection, {account for account, _ in places}, actor.portfolio)
        links = load_links(connection, [place for place in places if place[0] in seen])
        return {(link.account_id, link.seq): found for link, found in witnessed(world, connection, links)}


def witnessed(world: World, connection: Connection, links: Sequence[Link]) -> Iterator[Witnessed]:
    """Each row with what it was decided on, in two statements for all."""
    kept = load_evidence_of(connection, [(link.account_id, link.seq) for link in links])
    machines = world.shelf.machines(connection, {link.entry.machine for link in links} - {UNASSIGNED})
    for link in links:
        inputs = {} if link.inputs_hash is None else kept.get((link.account_id, link.seq))
        machine = machines.get(link.entry.machine)
        findings = () if machine is None or not inputs else tuple(_findings(machine, link.entry, inputs))
        yield link, RecordEvidence(inputs, findings)


def _findings(machine: Machine, entry: Entry, inputs: Mapping[str, Value]) -> Iterator[Finding]:
    at = to_ms(entry.effective_at)
    for about, guard in _guards(machine, entry):
        yield Finding(about, explain(guard, inputs, at))


def _guards(machine: Machine, entry: Entry) -> Iterator[tuple[str, Guard]]:
    match entry.kind:
        case RecordKind.MOVED | RecordKind.REFUSED:
            yield from _exits(machine, entry)
        case RecordKind.ALERT_OPENED:
            yield from ((each.key, each.when) for each in machine.alerts if each.key == entry.subject)
        case RecordKind.ALERT_RAISED:
            level = condition_of(machine, entry.subject, severity_noted(entry.effects))
            yield from () if level is None else ((str(entry.subject), level),)
        case RecordKind.ALERT_CLEARED:
            yield from ((each.key, over(each)) for each in machine.alerts if each.key == entry.subject)
        case RecordKind.MILESTONE_REACHED if entry.cause in _BY_RULE:
            dated = (each for each in machine.achievements if each.milestone == entry.subject)
            yield from ((each.milestone, each.when) for each in dated)
        case RecordKind.CTA_CLOSED if entry.cause in _BY_RULE:
            closing = ((rule.template, rule.closes_when) for rule in machine.cta_rules)
            yield from ((key, guard) for key, guard in closing if key == entry.subject and guard is not None)
        case RecordKind.REASSIGNED if entry.cause is Cause.AUTOMATIC and machine.assignment.when is not None:
            yield machine.segment, machine.assignment.when


def _exits(machine: Machine, entry: Entry) -> Iterator[tuple[str, Guard]]:
    """The way that was taken, or every way that was refused."""
    for each in machine.exits.get(str(entry.from_stage), ()):
        if entry.trigger in each.triggers and entry.transition in (None, each.key):
            yield each.key, each.guard(str(entry.trigger))
