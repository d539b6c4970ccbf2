"""`lifecycle-fsm simulate`: the past replayed under a folder of definitions."""

import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

import orjson
import typer

from lifecycle_fsm.cli.check import Folder
from lifecycle_fsm.cli.folder import read_folder
from lifecycle_fsm.cli.planning import Form, Format
from lifecycle_fsm.cli.store import By, opened, operator
from lifecycle_fsm.definition.report import report
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.moments import parse_duration
from lifecycle_fsm.services.planning.simulation_text import simulation_text
from lifecycle_fsm.services.publish import NotPublished
from lifecycle_fsm.services.simulate import Period, Simulation
from lifecycle_fsm.services.simulate import simulate as simulate_files
from lifecycle_fsm.settings import read_settings


def simulate(
    folder: Folder,
    *,
    start: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, in UTC.")],
    end: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, in UTC.")],
    step: Annotated[str, typer.Option(metavar="SPAN", help="Time between two dates, such as 1d or 12h.")] = "1d",
    form: Form = Format.TEXT,
    by: By = None,
) -> None:
    """Replay the past under a folder of definitions, beside what happened; nothing is changed."""
    files = read_folder(folder)
    period = Period(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC), _span(step))
    with opened(read_settings()) as world:
        found = simulate_files(world, operator(by), files, period)
    if isinstance(found, NotPublished):
        sys.stderr.write(report(found.diagnostics, files))
        raise typer.Exit(1)
    sys.stdout.write(simulation_text(found) if form is Format.TEXT else _json(found))


def _span(text: str) -> timedelta:
    milliseconds = parse_duration(text)
    if milliseconds is None:
        raise InvalidInput(f"{text!r} is no span; expected such as 1d, 12h or 30m", path="--step")
    return timedelta(milliseconds=milliseconds)


def _json(found: Simulation) -> str:
    document = {
        "from": found.period.start,
        "to": found.period.end,
        "machines": found.machines,
        "accounts": found.accounts,
        "leftOut": found.left_out,
        "distribution": [
            {"date": date, "segment": segment, "stage": stage, "then": row.then, "draft": row.draft}
            for date, rows in found.distribution.items()
            for (segment, stage), row in rows.items()
        ],
        "segmentChanges": [
            {"from": left, "to": taken_by, "then": row.then, "draft": row.draft}
            for (left, taken_by), row in found.reassigned.items()
        ],
        "transitions": [
            {"segment": segment, "transition": key, "then": row.then, "draft": row.draft}
            for (segment, key), row in found.transitions.items()
        ],
        "ctas": [{"template": key, "then": row.then, "draft": row.draft} for key, row in found.ctas.items()],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
