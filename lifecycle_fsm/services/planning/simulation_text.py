"""A replay as text: then beside what the draft would have done."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from lifecycle_fsm.services.simulate import Compared, Simulation


def simulation_text(found: Simulation) -> str:
    """The distribution at the start and at the end, then changes of segment, moves and CTAs of the period."""
    period = found.period
    lines = [
        f"{period.start:%Y-%m-%d} to {period.end:%Y-%m-%d}, {len(period.dates()):,} dates, {found.accounts:,} accounts",
        *(
            [f"{found.left_out:,} stood in a stage that leads nowhere in the draft and are left out"]
            if found.left_out
            else []
        ),
    ]
    for date in (period.start, period.end):
        lines += _table(f"Accounts by stage on {_day(date)}", _joined(found.distribution[date]))
    changes = {f"{left} to {taken_by}": row for (left, taken_by), row in found.reassigned.items()}
    lines += _table("Changes of segment", changes)
    lines += _table("Moves", _joined(found.transitions))
    lines += _table("CTAs opened", found.ctas)
    return "\n".join(lines) + "\n"


def _day(date: datetime) -> str:
    return f"{date:%Y-%m-%d}"


def _joined(rows: Mapping[tuple[str, str], Compared]) -> Mapping[str, Compared]:
    return {".".join(key): row for key, row in rows.items()}


def _table(title: str, rows: Mapping[str, Compared]) -> Iterator[str]:
    if not rows:
        return
    width = max(len(title), *(len(key) for key in rows))
    yield ""
    yield f"{title:<{width}}  {'then':>9}  {'draft':>9}  {'change':>9}"
    for key, row in rows.items():
        change = row.draft - row.then
        yield f"{key:<{width}}  {row.then:>9,}  {row.draft:>9,}  {f'{change:+,}' if change else '·':>9}"
