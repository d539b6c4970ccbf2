"""
Triggers a second: our machine beside the stock `transitions` machine and a bare dictionary.

The same random machines, rows and triggers for all three; the contenders take turns.
Run: python -m benchmarks.engine
"""

import logging
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from random import Random
from time import process_time_ns

import transitions

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.runner import Runner, Token, build
from lifecycle_fsm.guards.python import CompiledGuard, compile_guard
from tests.properties.machines import TRIGGERS, random_machine

ROUNDS = 9
TOKENS = 20_000
AS_OF_MS = 10**12

Work = Sequence[tuple[str, str, tuple[Value, ...]]]
Contender = Callable[[Work], int]


def work_for(machine: Machine, random: Random) -> Work:
    """Triggers with the stage they find and the row they are judged on."""
    keys = list(machine.stages)
    values = [None, 0.0, 20.0, 50.0, 100.0]
    return [
        (
            random.choice(keys),
            random.choice(TRIGGERS),
            tuple(
                random.choice(values) if field.key == "measure.usage" else AS_OF_MS - random.choice([0, 86_400_000])
                for field in machine.fields
            ),
        )
        for _ in range(TOKENS)
    ]


def ours(machine: Machine) -> Contender:
    """The shared machine with our event and transition."""
    runner = Runner(machine)

    def run(work: Work) -> int:
        return sum(runner.trigger(trigger, Token(stage, row, AS_OF_MS)) for stage, trigger, row in work)

    return run


def stock(machine: Machine) -> Contender:
    """The library as it is, with the same callables, quiet."""
    shared = build(machine, transitions.Machine)
    shared.ignore_invalid_triggers = True
    events = dict(shared.events)

    def run(work: Work) -> int:
        moved = 0
        for stage, trigger, row in work:
            event = events.get(trigger)
            moved += event is not None and event.trigger(Token(stage, row, AS_OF_MS))
        return moved

    return run


def bare(machine: Machine) -> Contender:
    """The floor: a dictionary from stage and trigger to guards and targets, no effects, no objects."""
    keys = tuple(field.key for field in machine.fields)
    table: dict[tuple[str, str], list[tuple[CompiledGuard, str]]] = {}
    for stage, exits in machine.exits.items():
        for transition in exits:
            for trigger in transition.triggers:
                judged = (compile_guard(transition.guard(trigger), keys), transition.target)
                table.setdefault((stage, trigger), []).append(judged)

    def run(work: Work) -> int:
        moved = 0
        for stage, trigger, row in work:
            for guard, _ in table.get((stage, trigger), ()):
                if guard(row, AS_OF_MS) is True:
                    moved += 1
                    break
        return moved

    return run


def seconds(contender: Contender, work: Work) -> tuple[float, int]:
    """CPU seconds of one run, and how many moves it made."""
    start = process_time_ns()
    moved = contender(work)
    return (process_time_ns() - start) / 1e9, moved


def bytes_in_flight() -> float:
    """Memory of one token beside its row, in bytes."""
    row: tuple[Value, ...] = (1.0, 2)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    tokens = [Token("onboarding", row, AS_OF_MS) for _ in range(TOKENS)]
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / len(tokens)


def main() -> None:
    """Print the figures."""
    logging.getLogger("transitions").setLevel(logging.CRITICAL)
    machine = max((random_machine(Random(seed)) for seed in range(20)), key=lambda each: len(each.transitions))
    work = work_for(machine, Random(1))
    contenders = {"bare dictionary": bare(machine), "ours": ours(machine), "stock transitions": stock(machine)}
    best: dict[str, float] = dict.fromkeys(contenders, float("inf"))
    moves = set()
    for _ in range(ROUNDS):
        for name, contender in contenders.items():
            taken, moved = seconds(contender, work)
            best[name] = min(best[name], taken)
            moves.add(moved)
    if len(moves) != 1:
        sys.exit(f"the contenders disagree on how many tokens moved: {sorted(moves)}")
    print(f"{len(machine.transitions)} transitions, {TOKENS} triggers, {moves.pop()} moves, best of {ROUNDS}, CPU time")
    for name, taken in best.items():
        print(f"{name:>18}: {TOKENS / taken:>10,.0f} triggers/s   {taken / best['ours']:>6.2f} x the time of ours")
    print(f"{'in flight':>18}: {bytes_in_flight():.0f} bytes an account (limit 200)")


if __name__ == "__main__":
    main()
