"""
Accounts of one kind moved together.

The engine evaluates two accounts of a kind. If what it wrote for the second follows from
what it wrote for the first and the second's own numbers, the others of the kind are written
in the same way; if not, or if one of them would end otherwise, the engine evaluates them all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from lifecycle_fsm.domain.run import RunSummary, counts_of
from lifecycle_fsm.engine.outcomes import Evaluation
from lifecycle_fsm.engine.repeat import Repeat, agrees, needed_keys, repeat_of
from lifecycle_fsm.engine.taking import waits_for_time
from lifecycle_fsm.services.apart import evaluate_apart, prepare
from lifecycle_fsm.services.changes import Stamp, change_of
from lifecycle_fsm.services.evaluate import summary_of
from lifecycle_fsm.services.metering import count_steps
from lifecycle_fsm.services.reading import Reading
from lifecycle_fsm.services.snapshot import BEFORE, snapshots_like
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.candidates import TAKEN, Candidate
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.distributed import is_distributed
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.ledger import canonical_inputs
from lifecycle_fsm.store.plain import Kind, Plain, machine_of, read_plain, revision_of
from lifecycle_fsm.store.raw import Dialect, dialect_of
from lifecycle_fsm.store.stencil import Moved, Sheets, Stencil, stencil_of

FEWEST = 3
"""Of so many accounts of a kind on, two are asked for all."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What the others of a kind follow: the first of them as it was read, with its evaluation, compiled."""

    reading: Reading
    repeat: Repeat
    beside: tuple[str, ...]
    summary: RunSummary


@dataclass(slots=True)
class Alike:
    """The kinds that a run has met, with the transition that each was found to take."""

    world: World
    layout: Layout
    patterns: dict[tuple[Kind, str], _Pattern | None] = field(default_factory=dict)

    def move(
        self, connection: Connection, page: Sequence[Candidate], stamp: Stamp
    ) -> tuple[RunSummary, frozenset[UUID]]:
        """Move those candidates of a page that can be moved together; give what came of them, and which they were."""
        found = {each.account_id: each for each in page if each.settled and _moves(each)}
        if len(found) < FEWEST or is_distributed(connection):
            return RunSummary(), frozenset()
        sheets, summary, done = Sheets(dialect_of(connection), self.layout), RunSummary(), set[UUID]()
        for kind, plains in read_plain(connection, list(found), self.layout).items():
            for first, group in _by_transition(kind, plains, found).items():
                pattern = self._pattern(connection, kind, first, group, stamp)
                if pattern is None:
                    continue
                moved = _judged(pattern, first, group)
                stencil = _stencil(pattern.reading, pattern.repeat.model, stamp, self.layout, sheets.dialect)
                assert stencil is not None
                sheets.add(stencil, moved)
                count_steps(pattern.repeat.model.steps, len(moved))
                summary += _times(pattern.summary, len(moved))
                done.update(each.plain.account_id for each in moved)
        sheets.write(connection)
        return summary, frozenset(done)

    def _pattern(
        self, connection: Connection, kind: Kind, first: str, group: Sequence[Plain], stamp: Stamp
    ) -> _Pattern | None:
        if (kind, first) not in self.patterns:
            if len(group) < FEWEST:
                return None
            self.patterns[kind, first] = self._learn(connection, kind, group[:2], stamp)
        return self.patterns[kind, first]

    def _learn(self, connection: Connection, kind: Kind, two: Sequence[Plain], stamp: Stamp) -> _Pattern | None:
        """Let the engine evaluate two accounts of a kind, and see whether the second follows from the first."""
        asked = self._ask(connection, two, stamp)
        if asked is None or machine_of(kind) != asked[0][0].lifecycle.machine:
            return None
        (reading, model), (_, check) = asked
        assert reading.machine is not None
        if waits_for_time(reading.rules.of(reading.lifecycle)):
            return None  # Each has a deadline of its own at which another segment may take it.
        slots = tuple(key for key, _ in self.layout.observed)
        beside = tuple(key for key in needed_keys(reading.machine) if key not in slots)
        as_of = stamp.as_of or stamp.recorded_at
        repeat = repeat_of(reading.machine, reading.lifecycle, reading.facts, model, as_of, (*slots, *beside))
        repeat = repeat and agrees(repeat, two[1].entered_ms, two[1].observed(beside), check)
        dialect = dialect_of(connection)
        one, another = (_stencil(each, found, stamp, self.layout, dialect) for each, found in asked)
        if repeat is None or one is None or another is None or one.differs(another):
            return None
        summary = replace(summary_of({two[0].account_id: model}), held_by_unknown=0)
        return _Pattern(reading, repeat, beside, summary)

    def _ask(
        self, connection: Connection, two: Sequence[Plain], stamp: Stamp
    ) -> list[tuple[Reading, Evaluation]] | None:
        """Read and evaluate accounts as any evaluation does; None where one has no machine or cannot be evaluated."""
        as_of = stamp.as_of or stamp.recorded_at
        prepared = prepare(self.world, connection, [each.account_id for each in two], self.layout, as_of)
        evaluations = evaluate_apart(prepared, as_of)
        asked = [(prepared.readings.get(each.account_id), evaluations.get(each.account_id)) for each in two]
        good = [(reading, found) for reading, found in asked if reading is not None and isinstance(found, Evaluation)]
        usable = len(good) == len(two) and all(reading.machine is not None for reading, _ in good)
        return good if usable and not prepared.asked else None


def _moves(candidate: Candidate) -> bool:
    return candidate.first is not None and not candidate.first.startswith(TAKEN)


def _stencil(
    reading: Reading, evaluation: Evaluation, stamp: Stamp, layout: Layout, dialect: Dialect
) -> Stencil | None:
    change = change_of(reading.stored, (), evaluation, stamp)
    return stencil_of(change, stamp.as_of or stamp.recorded_at, layout, dialect)


def _by_transition(kind: Kind, plains: Sequence[Plain], found: Mapping[UUID, Candidate]) -> dict[str, list[Plain]]:
    """The accounts that are as they were found, by the transition that was found for them."""
    groups: dict[str, list[Plain]] = {}
    for plain in plains:
        candidate = found[plain.account_id]
        if (candidate.state_version, candidate.facts_version) == (revision_of(kind), plain.facts_version):
            assert candidate.first is not None
            groups.setdefault(candidate.first, []).append(plain)
    return groups


def _judged(pattern: _Pattern, first: str, group: Sequence[Plain]) -> list[Moved]:
    """The accounts for which the move ends like the model's."""
    repeat, names = pattern.repeat, tuple(field.key for field in pattern.repeat.machine.fields)
    if repeat.step.transition != first:
        return []
    before, moved = snapshots_like(pattern.reading.lifecycle), list[Moved]()
    for plain in group:
        again = repeat.judge(plain.entered_ms, plain.observed(pattern.beside))
        if again is not None:
            judged = dict(zip(names, again.inputs, strict=True))
            inputs = canonical_inputs({**judged, BEFORE: before(plain.entered_ms)})
            left = (again.left_score, again.left_band)
            moved.append(Moved(plain, inputs, again.score, again.band, again.next_check_ms, *left))
    return moved


def _times(one: RunSummary, count: int) -> RunSummary:
    return RunSummary(*(each * count for each in counts_of(one)))
