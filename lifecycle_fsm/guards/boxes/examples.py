"""One account out of a settled box, with values that people like to read."""

from collections.abc import Iterator

from lifecycle_fsm.domain.fields import (
    CTAS,
    HEALTH_BAND,
    HEALTH_SCORE,
    STAGE_ENTERED_AT,
    FieldKind,
    Value,
    change_parts,
)
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.domain.scorecard import band_of
from lifecycle_fsm.guards.boxes.answers import Example
from lifecycle_fsm.guards.boxes.cells import Age, Cell
from lifecycle_fsm.guards.boxes.clock import Window
from lifecycle_fsm.guards.boxes.limits import Limits
from lifecycle_fsm.guards.boxes.numbers import readable
from lifecycle_fsm.guards.boxes.settle import SINCE_ENTRY, Settled, entry_window
from lifecycle_fsm.guards.boxes.spans import Bound, Span, Texts

_ENTRY = STAGE_ENTERED_AT.key


def example_of(settled: Settled, limits: Limits) -> Example:
    """Pick a value for every field, and what follows from it; sorted by key."""
    row: dict[str, Value] = {key: None for key, cell in settled.cells.items() if not cell.known}
    row |= _texts(settled)
    row |= _numbers(settled, limits)
    row |= _instants(settled)
    row |= {age.observed: _observed(age, settled.moment_ms) for age in settled.ages.values()}
    if HEALTH_SCORE.key in settled.cells or HEALTH_SCORE.key in row:
        score = row.get(HEALTH_SCORE.key)
        row[HEALTH_BAND.key] = band_of(score).value if isinstance(score, float) else None
    return Example(dict(sorted(row.items())), settled.moment_ms)


def _texts(settled: Settled) -> Iterator[tuple[str, Value]]:
    for cell in settled.cells.values():
        if cell.known and cell.texts is not None:
            yield cell.key, _text(cell.texts)


def _text(texts: Texts) -> str:
    if not texts.others:
        return min(texts.listed)
    names = ("other", *(f"other {number}" for number in range(len(texts.listed))))
    return next(name for name in names if name not in texts.listed)


def _numbers(settled: Settled, limits: Limits) -> dict[str, Value]:
    """Present values before changes, which have to lead back to a possible earlier value."""
    row: dict[str, Value] = {}
    for key in sorted(settled.numbers, key=lambda key: change_parts(key) is not None):
        kind = settled.cells[key].kind if key in settled.cells else FieldKind.NUMBER
        limit = limits.of(key, kind)
        span = _change_span(key, settled.numbers[key], row, limits)
        whole = kind is not FieldKind.NUMBER
        number = span.low if key.startswith(CTAS) else readable(span, Span(limit.low, limit.high), whole=whole)
        row[key] = int(number) if whole else float(number)
    return row


def _change_span(key: str, span: Span, row: dict[str, Value], limits: Limits) -> Span:
    parts = change_parts(key)
    if parts is None:
        return span
    now, limit = row[parts[0]], limits.of(parts[0], FieldKind.NUMBER)
    assert isinstance(now, float)
    kept = Span(max(span.low, now - limit.high), min(span.high, now - limit.low))
    return kept if kept.low <= kept.high else span


def _instants(settled: Settled) -> dict[str, Value]:
    row: dict[str, Value] = {}
    moment = settled.moment_ms
    if _ENTRY in settled.windows:
        entry = entry_window(settled.windows, settled.since_entry, settled.before_entry)
        row[_ENTRY] = _nearest(*entry.at(moment), moment)
    for key, window in settled.windows.items():
        if key != _ENTRY:
            row[key] = _instant(key, window, settled, row.get(_ENTRY))
    row |= {f"{key}{SINCE_ENTRY}": row[key] for key in settled.since_entry}
    return row


def _instant(key: str, window: Window, settled: Settled, entered: Value) -> int:
    low, high = window.at(settled.moment_ms)
    if isinstance(entered, int):
        low = max(low, entered) if key in settled.since_entry else low
        high = min(high, entered - 1) if key in settled.before_entry else high
    instant = _nearest(low, high, settled.moment_ms)
    return instant // DAY_MS if _is_day(settled.cells.get(key)) else instant


def _is_day(cell: Cell | None) -> bool:
    return cell is not None and cell.kind is FieldKind.DAY


def _nearest(low: Bound, high: Bound, moment: int) -> int:
    return int(max(low, min(high, moment)))


def _observed(age: Age, moment: int) -> int | None:
    """Just now, unless it has to be older; never, where even that would be too old."""
    if age.below <= 0:
        return None
    return moment - int(max(age.at_least, 0))
