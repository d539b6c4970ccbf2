"""Search boxes for an account that fits, one box at a time."""

from collections import Counter
from collections.abc import Collection, Iterable
from itertools import islice, product

from lifecycle_fsm.domain.fields import change_parts
from lifecycle_fsm.guards.boxes.answers import Answer, NotDecided, Placed, Satisfiable, Unsatisfiable
from lifecycle_fsm.guards.boxes.cells import TIMED, Cell, by_field, cells_of
from lifecycle_fsm.guards.boxes.examples import example_of
from lifecycle_fsm.guards.boxes.formula import Enough, Formula, Literal, literals_of
from lifecycle_fsm.guards.boxes.limits import Limits
from lifecycle_fsm.guards.boxes.literals import Slot
from lifecycle_fsm.guards.boxes.settle import Settled, is_tied, settle
from lifecycle_fsm.guards.boxes.spans import Values, meet

CAP = 2_000
"""Boxes after which a question is given up."""

PATIENCE = 20
"""Boxes after which what is tied is also brought together before all choices are made."""

_Box = dict[Slot, Values]


def answer(wanted: tuple[Formula, ...], known: Iterable[Slot], limits: Limits, cap: int = CAP) -> Answer:
    """
    Find an account for which all formulas hold.

    `known` are readings of fields that every account has, so that the example has them too.
    """
    start = {slot: limits.values(slot.key, slot.kind) for slot in known}
    try:
        settled = _Search(limits, cap).settled(wanted, start)
    except _GaveUp:
        return NotDecided(cap)
    if settled is not None:
        return Satisfiable(example_of(settled, limits))
    return Unsatisfiable(_core(wanted, start, limits, cap))


def can_hold(wanted: tuple[Formula, ...], limits: Limits, cap: int = CAP) -> bool | None:
    """Whether there is such an account, without saying which or why not; None when that is not decided."""
    try:
        return _Search(limits, cap).settled(wanted, {}) is not None
    except _GaveUp:
        return None


def _core(wanted: tuple[Formula, ...], start: _Box, limits: Limits, cap: int) -> tuple[Placed, ...]:
    """Leave out every leaf without which there is still no account, the last ones first."""
    literals = [literal for formula in wanted for literal in literals_of(formula)]
    kept, ignored = list(literals), set[Literal]()
    for literal in reversed(literals):
        without = {*ignored, literal}
        if not _may_hold(wanted, start, _Search(limits, cap, without)):
            ignored = without
            kept.remove(literal)
    return tuple(dict.fromkeys(Placed(literal.path, literal.leaf) for literal in kept))


def _may_hold(wanted: tuple[Formula, ...], start: _Box, search: "_Search") -> bool:
    try:
        return search.settled(wanted, start) is not None
    except _GaveUp:
        return True


class _GaveUp(Exception):
    """More boxes than the search may look at."""


class _Search:
    """One search; it counts its boxes and leaves out the literals that it is told to ignore."""

    def __init__(self, limits: Limits, cap: int, ignored: Collection[Literal] = ()) -> None:
        self._limits = limits
        self._cap = cap
        self._left = cap
        self._ignored = ignored

    def settled(self, wanted: tuple[Formula, ...], start: _Box) -> Settled | None:
        """The first box that holds an account."""
        return self._solve(list(wanted), [], dict(start))

    def _solve(self, agenda: list[Formula], choices: list[Enough], box: _Box) -> Settled | None:
        """Put everything that must hold into the box, then try the choices one after the other."""
        while agenda:
            formula = agenda.pop()
            if isinstance(formula, Literal):
                if not self._narrow(box, formula):
                    return None
            elif formula.count == len(formula.parts):
                agenda.extend(formula.parts)
            elif formula.count > len(formula.parts):
                return None
            elif formula.count > 0:
                choices.append(formula)
        return self._choose(choices, box) if choices else self._settle(box)

    def _choose(self, choices: list[Enough], box: _Box) -> Settled | None:
        """Try each part of the shortest choice as the first that holds; a long search looks for a dead end first."""
        if self._cap - self._left > PATIENCE and self._settle(box) is None:
            return None
        choice = min(choices, key=lambda each: len(each.parts) - each.count)
        others = [each for each in choices if each is not choice]
        for index in range(len(choice.parts) - choice.count + 1):
            self._count()
            rest = Enough(choice.count - 1, choice.parts[index + 1 :])
            found = self._solve([choice.parts[index], rest], list(others), dict(box))
            if found is not None:
                return found
        return None

    def _narrow(self, box: _Box, literal: Literal) -> bool:
        if literal in self._ignored:
            return True
        slot = literal.slot
        before = box.get(slot)
        values = literal.values if before is None else meet(before, literal.values)
        box[slot] = values
        return not values.is_empty

    def _settle(self, box: _Box) -> Settled | None:
        """Try the cells of fields that depend on each other; of the others any will do."""
        self._count()
        tied = _tied(box)
        ways: list[list[Cell]] = []
        for slots in by_field(box):
            cells = cells_of(slots, self._limits)
            ways.append(list(cells if slots[0][0].key in tied else islice(cells, 1)))
            if not ways[-1]:
                return None
        for chosen in product(*ways):
            found = settle(chosen, self._limits)
            if found is not None:
                return found
            self._count()
        return None

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise _GaveUp


def _tied(box: _Box) -> set[str]:
    """The fields whose choice may exclude choices for other fields."""
    keys = {slot.key for slot in box}
    observed = Counter(observed for _, observed in {(slot.key, slot.observed) for slot in box})
    shared = {slot.key for slot in box if slot.observed is not None and observed[slot.observed] > 1}
    timed = {slot.key for slot in box if slot.kind in TIMED}
    bases = {parts[0] for parts in map(change_parts, keys) if parts is not None}
    return shared | timed | bases | {key for key in keys if is_tied(key)}
