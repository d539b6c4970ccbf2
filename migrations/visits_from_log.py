"""Visits to stages, told by the log alone: what fills `stage_visit` once, and what tests hold it to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import orjson

MOVING = ("assigned", "moved", "migrated", "reassigned", "run_undone", "erased")
"""The kinds of rows that may end a visit."""


class LogRow(NamedTuple):
    """A row of the log, the segment of its machine (None for none), and what it was judged on, as JSON."""

    seq: int
    kind: str
    to_stage: str
    transition: str | None
    effective_at: int
    machine: str
    segment: str | None
    subject: str | None
    run_id: str | None
    inputs: str | None


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that is over; instants in milliseconds."""

    seq: int
    segment: str
    machine: str
    stage: str
    entered_at: int
    left_at: int
    to_stage: str
    kind: str
    transition: str | None
    health_score: float | None
    health_band: str | None


@dataclass(frozen=True, slots=True)
class _Stay:
    segment: str
    machine: str
    stage: str
    entered_at: int


def visits_of(rows: Sequence[LogRow], entered_at: int) -> list[Visit]:
    """
    The visits of one account that are over, oldest first; those that a run made and an undo took back are left out.

    `rows` is its whole history, oldest first, `entered_at` since when it stands where it does.
    """
    visits: list[Visit] = []
    stays: list[_Stay | None] = []
    """How the account stood before each row."""
    stay: _Stay | None = None
    for place, row in enumerate(rows):
        stays.append(stay)
        if row.kind == "run_undone":
            first = next(each for each, other in enumerate(rows) if other.run_id == row.subject)
            stay = stays[first]
            visits = [each for each in visits if each.seq < rows[first].seq]
        elif row.kind in MOVING:
            after = _after(rows, place, stay, entered_at)
            if stay is not None and (
                row.kind in ("moved", "erased") or stay.entered_at != (after and after.entered_at)
            ):
                visits.append(_visit(row, stay))
            stay = after
    return visits


def _after(rows: Sequence[LogRow], place: int, stay: _Stay | None, last: int) -> _Stay | None:
    row = rows[place]
    if row.segment is None:
        return None
    after = _Stay(row.segment, row.machine, row.to_stage, row.effective_at)
    return after if row.kind == "moved" else replace(after, entered_at=_since(rows[place + 1 :], stay, row, last))


def _since(later: Sequence[LogRow], stay: _Stay | None, row: LogRow, last: int) -> int:
    """Since when an account stands that was placed or went over: a later row says it, or the account itself."""
    for each in later:
        if each.kind == "run_undone":
            continue
        known = _entered_at(each)
        if known is not None:
            return known
        if each.kind in MOVING:
            return row.effective_at if stay is None else stay.entered_at
    return last


def _entered_at(row: LogRow) -> int | None:
    """Since when the account stood before a row, where its inputs tell."""
    inputs = _inputs(row)
    before = inputs.get("before")
    found = orjson.loads(before)["entered_at"] if isinstance(before, str) else inputs.get("stage.entered_at")
    return found if isinstance(found, int) else None


def _visit(row: LogRow, stay: _Stay) -> Visit:
    score, band = (_inputs(row).get(f"health.{name}") for name in ("score", "band"))
    return Visit(
        seq=row.seq,
        segment=stay.segment,
        machine=stay.machine,
        stage=stay.stage,
        entered_at=stay.entered_at,
        left_at=row.effective_at,
        to_stage=row.to_stage,
        kind=row.kind,
        transition=row.transition,
        health_score=score if isinstance(score, float) else None,
        health_band=band if isinstance(band, str) else None,
    )


def _inputs(row: LogRow) -> dict[str, object]:
    found: dict[str, object] = {} if row.inputs is None else orjson.loads(row.inputs)
    # Doubles are kept as texts, so that what is hashed has one form.
    return {key: float(value["double"]) if isinstance(value, dict) else value for key, value in found.items()}
