"""Cycles of automatic moves that one account would go round for ever."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lifecycle_fsm.definition.checks.arrival import UNKNOWN_FIELD, Arrival
from lifecycle_fsm.definition.checks.conditions import NOTHING, asked_of, limits_in, path_of, shown
from lifecycle_fsm.definition.checks.truth import is_always_true
from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic, Related, Severity
from lifecycle_fsm.domain.fields import FieldKind, visits_field
from lifecycle_fsm.engine.machine import AUTO, Machine, Transition
from lifecycle_fsm.guards.boxes.answers import Answer, NotDecided, Satisfiable
from lifecycle_fsm.guards.boxes.limits import NO_LIMITS, Limits
from lifecycle_fsm.guards.boxes.literals import Want
from lifecycle_fsm.guards.boxes.questions import Asked, together
from lifecycle_fsm.guards.model import leaves

ROUNDS = 1_000
"""Visits after which a round counts as going on for ever."""

QUESTIONS = 300
"""Paths after which the search for cycles is given up."""

Path = tuple[Transition, ...]


def flapping_cycles(draft: Draft) -> Iterator[Diagnostic]:
    """Cycles whose conditions are all true for one account, whatever their length; each move is named once."""
    search = _Search.of(draft.machine)
    named: set[Transition] = set()
    for cycle, answer in search.cycles():
        if named.isdisjoint(cycle):
            named |= set(cycle)
            yield _flapping(draft, cycle, answer)


def _flapping(draft: Draft, cycle: Path, answer: Satisfiable) -> Diagnostic:
    round_trip = " → ".join([*(each.source for each in cycle), cycle[0].source])
    message = f"an account can go round {round_trip} again and again: all these conditions can be true at once"
    *others, last = cycle
    named = tuple(Related("goes on with this", draft.positions.span(f"{path_of(each)}.key")) for each in others)
    span = draft.positions.span(f"{path_of(last)}.key")
    return Diagnostic(
        Code.FLAPPING, Severity.WARNING, message, span, named, example=shown(answer.example, draft.machine)
    )


@dataclass
class _Search:
    """Look for cycles along paths whose conditions can be true together."""

    machine: Machine
    limits: Limits
    moves: dict[str, Path]
    asked: int = 0

    @classmethod
    def of(cls, machine: Machine) -> "_Search":
        often = replace(NO_LIMITS.of(visits_field("").key, FieldKind.INTEGER), low=ROUNDS)
        visits = {visits_field(stage).key: often for stage in machine.stages}
        limits = Limits({**limits_in(machine).by_key, **visits, UNKNOWN_FIELD.key: NOTHING})
        moves = {stage: tuple(_quick_moves(machine, stage)) for stage in machine.stages}
        return cls(machine, limits, moves)

    def cycles(self) -> Iterator[tuple[Path, Satisfiable]]:
        """Every cycle with an account that goes round it, shorter ones of a stage not always first."""
        order = list(self.machine.stages)
        for index, start in enumerate(order):
            later = frozenset(order[index:])
            for move in self.moves[start]:
                if move.target in later - {start}:
                    yield from self._from((move,), later)

    def _from(self, path: Path, stages: frozenset[str]) -> Iterator[tuple[Path, Satisfiable]]:
        """The cycles that go on from a path; a stage that leads back is only entered at the end."""
        if not self._may_return(path, stages) or not self._is_possible(path):
            return
        rest = stages - {each.target for each in path}
        for move in self.moves[path[-1].target]:
            if move.target == path[0].source:
                answer = self._answer((*path, move), closed=True)
                if isinstance(answer, Satisfiable):
                    yield (*path, move), answer
            elif move.target in rest:
                yield from self._from((*path, move), stages)

    def _may_return(self, path: Path, stages: frozenset[str]) -> bool:
        """Whether moves lead from the end of the path back to its beginning."""
        reached, waiting = {path[-1].target}, [path[-1].target]
        while waiting:
            targets = {move.target for move in self.moves[waiting.pop()]} & stages - reached
            reached |= targets
            waiting.extend(targets - {path[0].source})
        return path[0].source in reached

    def _is_possible(self, path: Path) -> bool:
        return isinstance(self._answer(path, closed=False), Satisfiable)

    def _answer(self, path: Path, *, closed: bool) -> Answer:
        self.asked += 1
        if self.asked > QUESTIONS:
            return NotDecided(QUESTIONS)
        before = path[-1].source if closed else None
        asked: list[Asked] = []
        for move in path:
            asked.extend(self._taken(move, Arrival(self.machine, move.source, before)))
            before = move.source
        return together(asked, self.limits)

    def _taken(self, move: Transition, arrival: Arrival) -> Iterator[Asked]:
        """The move is true, and no automatic exit that is tried before it."""
        for each in asked_of(replace(move, min_dwell_ms=0), AUTO):
            yield Asked(arrival.seen(each.guard))
        exits = self.machine.exits[move.source]
        for rival in exits[: exits.index(move)]:
            if AUTO in rival.triggers:
                yield Asked(arrival.seen(replace(rival, min_dwell_ms=0).guard(AUTO)), Want.NOT_TRUE)


def _quick_moves(machine: Machine, stage: str) -> Iterator[Transition]:
    """The exits that data takes without a time to wait; a move that every account makes is reported as that."""
    limits = limits_in(machine, stage)
    for move in machine.exits[stage]:
        has_conditions = bool(move.requires) or any(True for _ in leaves(move.when))
        if AUTO in move.triggers and not move.after_ms and has_conditions and not is_always_true(move, limits):
            yield move
