"""The accounts of a segment by stage, as a table of text."""

from collections.abc import Iterator, Sequence

from lifecycle_fsm.domain.landing import StageClock
from lifecycle_fsm.services.planning.content import StageEffect

_HEAD = ("stage", "version", "goes on in", "accounts", "move", "stay", "blocked", "unblocked")
_LEFT = 3
"""How many columns hold words; the others hold numbers."""


def stages_table(stages: Sequence[StageEffect]) -> Iterator[str]:
    """One line for each stage and version; nothing without accounts."""
    rows = [_HEAD, *(_row(stage) for stage in stages if stage.accounts)]
    if len(rows) == 1:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for row in rows:
        cells = (
            cell.ljust(width) if column < _LEFT else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells)


def _row(stage: StageEffect) -> tuple[str, ...]:
    numbers = (
        stage.accounts,
        stage.moving.number,
        stage.staying.number,
        stage.blocked.number,
        stage.unblocked.number,
    )
    return (stage.stage, stage.machine[:8], _landing(stage), *(f"{number:,}" if number else "·" for number in numbers))


def _landing(stage: StageEffect) -> str:
    if stage.lands_in is None:
        return "nowhere!"
    if stage.lands_in == stage.stage and stage.clock is StageClock.KEEP:
        return "the same"
    return f"{stage.lands_in}, clock restarts" if stage.clock is StageClock.RESTART else stage.lands_in
