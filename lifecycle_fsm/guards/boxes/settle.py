"""
One cell for each field, brought together: what belongs to several fields at once.

All instants share the evaluation date; a milestone since stage entry is the milestone
itself; a change is the present value less an earlier one; a choice of CTAs never counts
more than a wider choice.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from lifecycle_fsm.domain.cta_selector import selector_in
from lifecycle_fsm.domain.fields import CTAS, STAGE_ENTERED_AT, FieldKind, change_parts
from lifecycle_fsm.guards.boxes.cells import TIMED, Age, Cell
from lifecycle_fsm.guards.boxes.clock import Clock, Window
from lifecycle_fsm.guards.boxes.limits import Limits
from lifecycle_fsm.guards.boxes.spans import Span

SINCE_ENTRY = ".since_entry"

_ENTRY = STAGE_ENTERED_AT.key


@dataclass(frozen=True, slots=True)
class Settled:
    """
    A box that holds an account, all values still to be picked.

    `windows` are instants and days, `numbers` all other numbers. `before_entry` and
    `since_entry` are the milestones that lie on that side of the entry into the stage.
    """

    cells: Mapping[str, Cell]
    moment_ms: int
    windows: Mapping[str, Window]
    numbers: Mapping[str, Span]
    ages: Mapping[str, Age] = field(default_factory=dict)
    before_entry: frozenset[str] = frozenset()
    since_entry: frozenset[str] = frozenset()


def is_tied(key: str) -> bool:
    """Whether the field belongs to another one."""
    return key.endswith(SINCE_ENTRY) or key.startswith(CTAS) or change_parts(key) is not None


def settle(chosen: Iterable[Cell], limits: Limits) -> Settled | None:
    """Bring the cells together; None when they exclude each other."""
    cells = {cell.key: cell for cell in chosen}
    ages = _ages(cells.values())
    numbers = _numbers(cells, limits)
    if ages is None or numbers is None:
        return None
    timed = _timed(cells, limits)
    return None if timed is None else replace(timed, numbers=numbers, ages=ages)


def _ages(cells: Iterable[Cell]) -> dict[str, Age] | None:
    ages: dict[str, Age] = {}
    for cell in cells:
        if cell.age is None:
            continue
        other = ages.get(cell.age.observed, cell.age)
        both = Age(other.observed, max(other.at_least, cell.age.at_least), min(other.below, cell.age.below))
        if both.at_least >= both.below:
            return None
        ages[both.observed] = both
    return ages


def _timed(cells: Mapping[str, Cell], limits: Limits) -> Settled | None:
    """The instants and days, once they are known to fit one evaluation date."""
    windows = {
        cell.key: cell.window(limits.of(cell.key, cell.kind))
        for cell in cells.values()
        if cell.known and cell.kind in TIMED
    }
    sides = _sides(cells, windows, limits)
    if sides is None:
        return None
    since, before = sides
    moment = _moment(_with_entry(windows, since, before), limits)
    return None if moment is None else Settled(cells, moment, windows, {}, {}, before, since)


def _sides(
    cells: Mapping[str, Cell], windows: dict[str, Window], limits: Limits
) -> tuple[frozenset[str], frozenset[str]] | None:
    """The milestones reached since the stage was entered and those before, their windows joined with their own."""
    since, before = set(), set()
    for cell in cells.values():
        if not cell.key.endswith(SINCE_ENTRY):
            continue
        key = cell.key.removesuffix(SINCE_ENTRY)
        own = cells.get(key)
        if not cell.known:
            before |= {key} if own is not None and own.known else set()
            continue
        if own is not None and not own.known:
            return None
        since.add(key)
        joined = replace(cell, spans=(*cell.spans, *(own.spans if own is not None else ())))
        windows[key] = joined.window(limits.of(key, cell.kind))
        del windows[cell.key]
    if (since or before) and not _has_entry(cells, windows, limits):
        return None
    return frozenset(since), frozenset(before)


def _has_entry(cells: Mapping[str, Cell], windows: dict[str, Window], limits: Limits) -> bool:
    """Whether the stage was entered, which is assumed where nothing is said about it."""
    if _ENTRY not in cells:
        free = Cell(_ENTRY, FieldKind.INSTANT, known=True)
        windows[_ENTRY] = free.window(limits.of(_ENTRY, FieldKind.INSTANT))
    return _ENTRY in windows


def _with_entry(windows: Mapping[str, Window], since: frozenset[str], before: frozenset[str]) -> Iterator[Window]:
    yield from windows.values()
    if since or before:
        yield entry_window(windows, since, before)


def entry_window(windows: Mapping[str, Window], since: frozenset[str], before: frozenset[str]) -> Window:
    """When the stage may have been entered so that each milestone can lie on its side."""
    entry = windows[_ENTRY]
    for key in since:
        entry = entry.before(windows[key])
    for key in before:
        entry = entry.after(windows[key])
    return entry


def _moment(windows: Iterable[Window], limits: Limits) -> int | None:
    clock: Clock | None = Clock(limits.first_ms, limits.last_ms)
    for window in windows:
        clock = None if clock is None else clock.narrowed(window)
    return None if clock is None else clock.moment()


def _numbers(cells: Mapping[str, Cell], limits: Limits) -> dict[str, Span] | None:
    numbers = {
        cell.key: cell.span
        for cell in cells.values()
        if cell.known and cell.kind not in TIMED and cell.kind is not FieldKind.TEXT
    }
    tied = all(_tie_change(key, cells, numbers, limits) for key in tuple(numbers))
    return numbers if tied and _tie_ctas(numbers) else None


def _tie_change(key: str, cells: Mapping[str, Cell], numbers: dict[str, Span], limits: Limits) -> bool:
    """Keep the present values from which the change leads back into the field's limit."""
    parts = change_parts(key)
    if parts is None:
        return True
    base = parts[0]
    if base in cells and not cells[base].known:
        return False
    limit = limits.of(base, FieldKind.NUMBER)
    now, change = numbers.get(base, Span(limit.low, limit.high)), numbers[key]
    kept = Span(max(now.low, limit.low + change.low), min(now.high, limit.high + change.high))
    numbers[base] = kept
    return kept.low <= kept.high


def _tie_ctas(numbers: dict[str, Span]) -> bool:
    """Let wider choices count at least as many as narrower ones."""
    choices = {key: found for key in numbers if (found := selector_in(key)) is not None}
    for wide, many in choices.items():
        for narrow, few in choices.items():
            if wide != narrow and many.includes(few):
                numbers[wide] = Span(max(numbers[wide].low, numbers[narrow].low), numbers[wide].high)
    return all(numbers[key].low <= numbers[key].high for key in choices)
