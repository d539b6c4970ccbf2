"""Our extension of `transitions` moves tokens exactly as the stock library moves models."""

from dataclasses import dataclass
from random import Random

import pytest
import transitions

from lifecycle_fsm.domain.effects import Effect, Notify
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.runner import Runner, Token, build
from tests.properties.machines import TRIGGERS, random_machine

TRIGGERS_EACH = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """What one trigger did."""

    moved: bool
    stage: str
    taken: str | None
    noted: tuple[Effect, ...]


@pytest.mark.parametrize("machines", [60, pytest.param(300, marks=pytest.mark.long)])
def test_two_hundred_random_triggers_of_each_machine_do_the_same(machines: int) -> None:
    differences = []
    for seed in range(machines):
        random = Random(seed)
        machine = random_machine(random)
        stock, direct = _stock(machine), Runner(machine)
        stage = machine.initial
        for _ in range(TRIGGERS_EACH):
            trigger, row = random.choice(TRIGGERS), _row(machine, random)
            by_stock, by_us = _by_stock(stock, stage, trigger, row), _by_us(direct, stage, trigger, row)
            if _in_stock_order(by_us) != by_stock:
                differences.append((seed, stage, trigger, by_stock, by_us))
            stage = by_us.stage

    assert differences == []


def test_effects_are_noted_on_leaving_then_acting_then_entering() -> None:
    random = Random(7)
    orders = set()
    for _ in range(200):
        machine = random_machine(random)
        token = Token(machine.initial, _row(machine, random), 10**12)
        Runner(machine).trigger("auto", token)
        orders.add(tuple(effect.channel for effect in token.noted if isinstance(effect, Notify)))

    assert orders <= {
        (),
        ("exit",),
        ("act",),
        ("enter",),
        ("exit", "act"),
        ("exit", "enter"),
        ("act", "enter"),
        ("exit", "act", "enter"),
    }
    assert ("exit", "act", "enter") in orders


def _stock(machine: Machine) -> transitions.Machine:
    stock = build(machine, transitions.Machine)
    stock.ignore_invalid_triggers = True
    return stock


def _by_stock(stock: transitions.Machine, stage: str, trigger: str, row: tuple[Value, ...]) -> Seen:
    token = Token(stage, row, 10**12)
    event = stock.events.get(trigger)
    return _seen(event is not None and event.trigger(token), token)


def _by_us(direct: Runner, stage: str, trigger: str, row: tuple[Value, ...]) -> Seen:
    token = Token(stage, row, 10**12)
    return _seen(direct.trigger(trigger, token), token)


def _seen(moved: bool, token: Token) -> Seen:
    return Seen(moved, token.state, token.taken.key if token.taken else None, token.noted)


def _in_stock_order(seen: Seen) -> Seen:
    """The stock library acts before it leaves; ours leaves first. Nothing else may differ."""
    order = {"act": 0, "exit": 1, "enter": 2}
    noted = sorted(seen.noted, key=lambda effect: order[effect.channel] if isinstance(effect, Notify) else 3)
    return Seen(seen.moved, seen.stage, seen.taken, tuple(noted))


def _row(machine: Machine, random: Random) -> tuple[Value, ...]:
    values: dict[str, Value] = {
        "measure.usage": random.choice([None, 0.0, 20.0, 50.0, 100.0]),
        "stage.entered_at": 10**12 - random.choice([0, 43_200_000, 86_400_000]),
    }
    return tuple(values.get(field.key) for field in machine.fields)
