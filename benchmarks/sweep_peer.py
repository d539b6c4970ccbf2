"""
The sweep as it is usually written: ORM rows, one trigger of the stock library each, what follows as ORM rows.

The library's documentation binds a model to its machine (`add_model`) and fires the trigger that the machine puts on
the model: this is the usual way. Who knows the library's inside can pass every row to the event of one machine that
knows no model, which saves the binding: this is printed as the shortest way.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import transitions
from sqlalchemy import Table as Table_
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, registry

from lifecycle_fsm.domain.moments import DAY_MS, to_ms
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.ctas import cta
from lifecycle_fsm.store.tables.history import transition_inputs, transition_log
from lifecycle_fsm.store.tables.work import outbox

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MEASURES = tuple(f"m{number}" for number in range(10))

Table = dict[str, object]


Trigger = Callable[[transitions.Machine, Any], bool]
"""Fires `auto` on an ORM row, and says whether it moved."""


def bound(machine: transitions.Machine, row: Any) -> bool:  # noqa: ANN401 - an ORM row
    """As the library's documentation does: the machine is given the model, and the model has the trigger."""
    machine.add_model(row, initial=row.stage)
    moved = row.auto()
    machine.remove_model(row)
    return bool(moved)


def unbound(machine: transitions.Machine, row: Any) -> bool:  # noqa: ANN401 - an ORM row
    """Past the model, to the event itself."""
    return bool(machine.events["auto"].trigger(row))


def peer(world: World, machine: Machine, sample: int, share: float, trigger: Trigger) -> Callable[[], object]:
    """The usual way on a sample: entities read, the stock library's trigger fired on each, what follows flushed."""
    shared = stock_machine(machine)
    with world.database.reading() as connection:
        slots = load_layout(connection).slots
    measures = {key: account_state.c[slots[f"measure.{key}"]] for key in MEASURES}

    class Entity:
        """An account as an ORM row."""

    mapped = registry()
    mapped.map_imperatively(Entity, account_state, properties=measures)
    following = {table.name: entity_of(mapped, table) for table in (transition_log, transition_inputs, cta, outbox)}
    engine = create_engine(world.database.url)

    def work() -> object:
        # The sample has the same share of hits as the sweep that it is compared with.
        moved, slot = int(sample * share), measures["m0"]
        hits = select(Entity).where(slot >= 90, account_state.c.state_version == 0).limit(moved)
        others = select(Entity).where(slot < 90).limit(sample - moved)
        with Session(engine) as session:
            for wanted in (hits, others):
                for entity in session.scalars(wanted).yield_per(1_000):
                    before = entity.stage  # type: ignore[attr-defined] # mapped above
                    if trigger(shared, entity):
                        session.add_all(follow(entity, before, following))
            session.flush()
            session.rollback()
        return None

    return work


def entity_of(mapped: registry, table: Table_) -> type:
    """A class of ORM rows of a table."""
    made = type(table.name, (), {})
    mapped.map_imperatively(made, table)
    return made


def follow(entity: Any, before: str, following: dict[str, type]) -> list[object]:  # noqa: ANN401 - an ORM row
    """What a move leaves behind, as entities."""
    entity.state_version += 1
    entity.entered_at = WHEN
    return [
        made_of(following[name], account_id=entity.account_id, **values)
        for name, values in (
            ("transition_log", {**LOGGED, "from_stage": before, "to_stage": entity.stage}),
            ("transition_inputs", {"seq": 1, "salt": bytes(16), "inputs": f"[{entity.m0}, {entity.m1}]"}),
            ("cta", {**OPENED, "id": uuid4()}),
            ("outbox", {**SENT, "id": uuid4(), "kind": "moved", "payload": {"stage": entity.stage}}),
            ("outbox", {**SENT, "id": uuid4(), "kind": "cta_opened", "payload": {"stage": entity.stage}}),
        )
    ]


def made_of(kind: type, /, **values: object) -> object:
    row = kind()
    for key, value in values.items():
        setattr(row, key, value)
    return row


WHEN = to_ms(NOW)
LOGGED: Table = {
    "seq": 1,
    "kind": "moved",
    "cause": "automatic",
    "effective_at": WHEN,
    "recorded_at": WHEN,
    "machine": "m",
    "evaluator": "1",
    "effects": "[]",
    "prev_hash": bytes(32),
    "hash": bytes(32),
}
OPENED: Table = {
    "cause_key": "1.0",
    "identity": "next",
    "template": "next",
    "title": "next",
    "reason": "next",
    "type": "lifecycle",
    "priority": "low",
    "status": "new",
    "opened_at": WHEN,
    "opened_seq": 1,
    "due_at": WHEN,
    "owner": "lead",
}
SENT: Table = {"seq": 1, "created_at": WHEN, "next_attempt_at": WHEN, "attempts": 0}


def stock_machine(machine: Machine) -> transitions.Machine:
    """The same machine as anybody would write it with the library."""
    long_ago = to_ms(NOW) - 14 * DAY_MS

    def is_old(event: transitions.EventData) -> bool:
        return bool(event.model.entered_at <= long_ago)  # type: ignore[attr-defined] # the library knows no model

    def measures(test: Callable[[Any], bool]) -> list[Callable[[transitions.EventData], bool]]:
        return [lambda event: test(event.model), is_old]

    conditions = {
        "advance": measures(lambda row: row.m0 >= 90 and row.m1 >= 30),
        "skip": measures(lambda row: row.m2 >= 95 and row.m3 >= 60),
        "lose": measures(lambda row: row.m4 < 5 and row.m5 < 10),
    }
    return transitions.Machine(
        model=None,
        states=list(machine.stages),
        transitions=[
            {"trigger": "auto", "source": stage, "dest": each.target, "conditions": conditions[each.key]}
            for stage, ways in machine.exits.items()
            for each in ways
        ],
        initial="s0",
        auto_transitions=False,
        send_event=True,
        model_attribute="stage",
        ignore_invalid_triggers=True,
    )
