"""The clock of each stage for an account: when it came and went, how long that took, and how long it was to take."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.facts import NOTHING_KNOWN, Facts
from lifecycle_fsm.domain.visits import StageTotal, Visit, totals_of
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.overdue import limit_after
from lifecycle_fsm.services.views import AccountView
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.facts import load_facts
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.past_visits import PastVisit, load_past_visits
from lifecycle_fsm.store.scope import visible_ids

__all__ = ["StageTotal", "Visit", "all_visits", "past_visits", "totals_of"]


def past_visits(world: World, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, tuple[Visit, ...]]:
    """The visits of accounts to stages that are over, oldest first; accounts without any are absent."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        found = load_past_visits(connection, sorted(visible_ids(connection, ids, actor.portfolio)))
        digests = {visit.machine for visits in found.values() for visit in visits}
        machines = world.shelf.machines(connection, digests)
        known = _facts(world, connection, list(found), machines.values())
    return {
        account_id: tuple(
            _judged(visit, machines[visit.machine], known.get(account_id, NOTHING_KNOWN)) for visit in visits
        )
        for account_id, visits in found.items()
    }


def _facts(world: World, connection: Connection, ids: Sequence[UUID], machines: Iterable[Machine]) -> dict[UUID, Facts]:
    """What says where the accounts are, read only where that matters."""
    if not any(machine.time_zone for machine in machines):
        return {}
    return load_facts(connection, ids, load_layout(connection), (), world.clock())


def all_visits(view: AccountView, past: Sequence[Visit]) -> tuple[Visit, ...]:
    """The account's visits with the running one, oldest first; what ended after the view was read is left out."""
    known = tuple(visit for visit in past if visit.seq is not None and visit.seq <= view.lifecycle.revision)
    return known if view.machine is None else (*known, _running(view, view.machine))


def _running(view: AccountView, machine: Machine) -> Visit:
    lifecycle, until = view.lifecycle, view.limits.behind_after
    paused = timedelta(milliseconds=lifecycle.stood_still_ms(view.as_of))
    return Visit(
        segment=lifecycle.segment,
        stage=lifecycle.stage,
        title=machine.stages[lifecycle.stage].title,
        entered_at=lifecycle.entered_at,
        exited_at=None,
        spent=view.time_in_stage,
        expected=None if until is None else until - lifecycle.entered_at - paused,
        paused=paused,
    )


def _judged(visit: PastVisit, machine: Machine, facts: Facts) -> Visit:
    stage = machine.stages[visit.stage]
    begun = visit.entered_at + visit.paused
    until = limit_after(machine, begun, stage.expected, machine.zone(facts.values))
    return Visit(
        segment=visit.segment,
        stage=visit.stage,
        title=stage.title,
        entered_at=visit.entered_at,
        exited_at=visit.left_at,
        spent=visit.left_at - begun,
        expected=None if until is None else until - begun,
        paused=visit.paused,
        to_stage=visit.to_stage,
        transition=visit.transition,
        health_score=visit.health_score,
        health_band=visit.health_band,
        seq=visit.seq,
    )
