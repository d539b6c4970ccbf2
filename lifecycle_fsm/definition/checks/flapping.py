"""Cycles of automatic moves that one account would go round for ever."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lifecycle_fsm.definition.checks.arrival import UNKNOWN_FIELD, Arrival, closing_moves, score_in
from lifecycle_fsm.definition.checks.conditions import NOTHING, limits_by_stage, limits_in, path_of, shown
from lifecycle_fsm.definition.checks.truth import is_always_true
from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic, Related, Severity
from lifecycle_fsm.domain.cta_selector import CtaSelector
from lifecycle_fsm.domain.fields import HEALTH_SCORE, STAGE_ENTERED_AT, FieldKind, visits_field
from lifecycle_fsm.domain.moments import DAY_MS, format_duration
from lifecycle_fsm.engine.machine import AUTO, Machine, Transition
from lifecycle_fsm.guards.boxes.answers import Satisfiable
from lifecycle_fsm.guards.boxes.limits import NO_LIMITS, Limits
from lifecycle_fsm.guards.boxes.literals import Want
from lifecycle_fsm.guards.boxes.questions import Asked, is_possible, together
from lifecycle_fsm.guards.model import Reading, SubjectKind, leaves

SLOW_MS = 30 * DAY_MS
"""A cycle that waits on its way and takes so long is perhaps meant: it is noted, not warned of."""

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
    if search.has_given_up:
        message = (
            f"more than {QUESTIONS} paths of automatic moves were tried; whether others lead round was not decided"
        )
        yield Diagnostic(Code.NOT_DECIDED, Severity.NOTE, message, draft.positions.span("stages"))


def _flapping(draft: Draft, cycle: Path, answer: Satisfiable) -> Diagnostic:
    round_trip = " → ".join([*(each.source for each in cycle), cycle[0].source])
    period_ms = sum(map(wait_of, cycle))
    how_often = f", each time in {format_duration(period_ms)}" if period_ms else ""
    if period_ms and any(map(_depends_on_the_day, cycle)):
        return _not_decided(draft, cycle, f"whether an account goes round {round_trip} again and again{how_often}")
    message = (
        f"an account can go round {round_trip} again and again{how_often}: all these conditions can be true at once"
    )
    *others, last = cycle
    named = tuple(Related("goes on with this", draft.positions.span(f"{path_of(each)}.key")) for each in others)
    span = draft.positions.span(f"{path_of(last)}.key")
    is_meant = period_ms >= SLOW_MS and any(each.after_ms for each in cycle)
    severity = Severity.NOTE if is_meant else Severity.WARNING
    return Diagnostic(Code.FLAPPING, severity, message, span, named, example=shown(answer.example, draft.machine))


def _not_decided(draft: Draft, cycle: Path, what: str) -> Diagnostic:
    message = f"{what} was not decided: while it waits, dates that these conditions read come nearer or values age"
    return Diagnostic(Code.NOT_DECIDED, Severity.NOTE, message, draft.positions.span(f"{path_of(cycle[-1])}.key"))


def wait_of(move: Transition) -> int:
    """The time in stage before which data does not take a move, in milliseconds."""
    return max(move.after_ms or 0, move.min_dwell_ms)


def _depends_on_the_day(move: Transition) -> bool:
    subjects = [leaf.subject for guard in (*move.requires, move.when) for leaf in leaves(guard)]
    return any(
        subject.freshness is not None
        or (subject.reading is not Reading.VALUE and subject.field != STAGE_ENTERED_AT)
        or (subject.kind is SubjectKind.CTAS and CtaSelector.from_key(subject.written[0][1]).is_timed)
        for subject in subjects
    )


@dataclass
class _Search:
    """Look for cycles along paths whose conditions can be true together."""

    machine: Machine
    limits: Limits
    moves: dict[str, Path]
    closing: tuple[CtaSelector, ...]
    taken: dict[tuple[str, str, str | None], tuple[Asked, ...]] = field(default_factory=dict)
    asked: int = 0

    @classmethod
    def of(cls, machine: Machine) -> "_Search":
        often = replace(NO_LIMITS.of(visits_field("").key, FieldKind.INTEGER), low=ROUNDS)
        visits = {visits_field(stage).key: often for stage in machine.stages}
        scores = {score_in(stage).key: NO_LIMITS.of(HEALTH_SCORE.key, FieldKind.NUMBER) for stage in machine.stages}
        limits = Limits({**limits_in(machine).by_key, **visits, UNKNOWN_FIELD.key: NOTHING, **scores})
        by_stage = limits_by_stage(machine)
        moves = {stage: tuple(_moves(machine.exits[stage], by_stage[stage])) for stage in machine.stages}
        return cls(machine, limits, moves, closing_moves(machine))

    @property
    def has_given_up(self) -> bool:
        """Whether there were more paths than were tried."""
        return self.asked > QUESTIONS

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
                yield from self._closed((*path, move))
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
        return self._may_ask() and is_possible(self._all_taken(path, None), self.limits) is True

    def _closed(self, cycle: Path) -> Iterator[tuple[Path, Satisfiable]]:
        asked = tuple(self._all_taken(cycle, cycle[-1].source))
        if self._may_ask() and is_possible(asked, self.limits):
            answer = together(asked, self.limits)
            if isinstance(answer, Satisfiable):
                yield cycle, answer

    def _may_ask(self) -> bool:
        self.asked += 1
        return self.asked <= QUESTIONS

    def _all_taken(self, path: Path, before: str | None) -> Iterator[Asked]:
        for move in path:
            name = (move.source, move.key, before)
            if name not in self.taken:
                self.taken[name] = tuple(self._taken(move, before))
            yield from self.taken[name]
            before = move.source

    def _taken(self, move: Transition, came_from: str | None) -> Iterator[Asked]:
        """The move is true once it has waited, and no automatic exit that is tried before it or waits less."""
        waited_ms = move.after_ms or 0
        arrival = Arrival(self.machine, move.source, came_from, self.closing, waited_ms)
        for guard in (*move.requires, move.when):
            yield Asked(arrival.seen(guard))
        exits = self.machine.exits[move.source]
        place = exits.index(move)
        for number, rival in enumerate(exits):
            is_sooner = number < place or (rival != move and (rival.after_ms or 0) < waited_ms)
            if AUTO in rival.triggers and is_sooner:
                yield Asked(arrival.seen(replace(rival, min_dwell_ms=0).guard(AUTO)), Want.NOT_TRUE)


def _moves(exits: Path, limits: Limits) -> Iterator[Transition]:
    """The exits that data takes; a move that every account makes at once is reported as that."""
    for move in exits:
        has_conditions = bool(move.requires) or any(True for _ in leaves(move.when))
        if AUTO in move.triggers and (move.after_ms or (has_conditions and not is_always_true(move, limits))):
            yield move
