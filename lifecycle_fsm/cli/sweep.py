"""`lifecycle-fsm sweep` and `back-fill`: decide on all accounts at once, now or over a period of the past."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer

from lifecycle_fsm.cli.progress import Bar, progress_bar
from lifecycle_fsm.cli.store import By, DryRun, opened, operator
from lifecycle_fsm.domain.counted import counted
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.intake import take_instant
from lifecycle_fsm.domain.moments import parse_duration
from lifecycle_fsm.domain.run import RunSummary
from lifecycle_fsm.services.adrift import accounts_adrift
from lifecycle_fsm.services.sweeping.back_fill import Period, resume_back_fill
from lifecycle_fsm.services.sweeping.back_fill import back_fill as fill_back
from lifecycle_fsm.services.sweeping.foreseen import Foreseen, SweepSummary
from lifecycle_fsm.services.sweeping.sweep import resume_sweep
from lifecycle_fsm.services.sweeping.sweep import sweep as sweep_accounts
from lifecycle_fsm.settings import read_settings

SHOWN = 20
"""How many accounts are listed on the terminal."""


def sweep(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing, and say what would happen.")] = False,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="INSTANT", help="The date to decide at; with --dry-run one to come."),
    ] = None,
    segment: Annotated[list[str] | None, typer.Option("--segment", help="Only this segment; may be repeated.")] = None,
    resume: Annotated[
        UUID | None, typer.Option("--resume", metavar="RUN", help="Go on with a sweep that was interrupted.")
    ] = None,
    by: By = None,
) -> None:
    """Evaluate every account that would change, whether it was marked or not."""
    actor = operator(by)
    with opened(read_settings()) as world, progress_bar("Sweeping") as bar:
        if resume is not None:
            summary = resume_sweep(world, actor, resume, _told(bar))
        else:
            at = None if as_of is None else _instant(as_of, "--as-of")
            summary = sweep_accounts(world, actor, at, dry_run=dry_run, segments=segment or (), progress=_told(bar))
        bar.told(1, 1)
        adrift = accounts_adrift(world, actor)
    _tell(summary, "Dry run, nothing was written: " if dry_run else "")
    for key, accounts in adrift.items():
        typer.echo(
            f"{counted(accounts.number, 'account', 'accounts')} of {key!r} stayed, "
            "although no rule gives them to it any more."
        )
    _tell_accounts(summary)


def back_fill(
    dates: Annotated[
        list[str] | None,
        typer.Argument(metavar="SINCE UNTIL", help="The first date, such as 2026-01-01, and the last."),
    ] = None,
    *,
    step: Annotated[
        str, typer.Option("--step", metavar="SPAN", help="The time between two dates: 1d, 12h, 1w.")
    ] = "1d",
    segment: Annotated[list[str] | None, typer.Option("--segment", help="Only this segment; may be repeated.")] = None,
    dry_run: DryRun = False,
    resume: Annotated[
        UUID | None, typer.Option("--resume", metavar="SERIES", help="Go on with one that was interrupted.")
    ] = None,
    by: By = None,
) -> None:
    """Evaluate all accounts at each date of a period, on what was observed by then."""
    actor = operator(by)
    period = None if resume is not None else _period(dates or (), step)
    with opened(read_settings(), dry_run=dry_run) as world, progress_bar("Going over the past") as bar:
        if resume is not None:
            summary = resume_back_fill(world, actor, resume, _told(bar))
        else:
            assert period is not None
            summary = fill_back(world, actor, period, segment or (), _told(bar))
        bar.told(1, 1)
    _tell(summary)


def _period(dates: Sequence[str], step: str) -> Period:
    if len(dates) != 2:  # noqa: PLR2004 - the first and the last
        raise InvalidInput("expected SINCE and UNTIL, or --resume with the id of a back-fill", path="SINCE")
    span = parse_duration(step)
    if span is None:
        raise InvalidInput(f"the step is {step[:20]!r}; expected a span such as 1d, 12h or 1w", path="--step")
    return Period(_instant(dates[0], "SINCE"), _instant(dates[1], "UNTIL"), timedelta(milliseconds=span))


def _told(bar: Bar) -> Callable[[RunSummary], None]:
    return lambda run: bar.told(run.candidates, max(run.candidates, 1))


def _tell(run: RunSummary, before: str = "") -> None:
    typer.echo(
        f"{before}{counted(run.looked_at, 'account', 'accounts')}, {run.candidates:,} of them evaluated: "
        f"{counted(run.moved, 'move', 'moves')}, {counted(run.alerts, 'alert', 'alerts')}, "
        f"{counted(run.ctas_opened, 'CTA', 'CTAs')} opened, {run.ctas_escalated:,} escalated, "
        f"{run.ctas_suppressed:,} suppressed; {run.held_by_unknown:,} held by unknown, "
        f"{run.changed_meanwhile:,} changed meanwhile, "
        f"{counted(run.disagreements, 'disagreement', 'disagreements')}, {run.failed:,} failed."
    )


def _tell_accounts(summary: SweepSummary) -> None:
    """List the first accounts that would change, and the first that were set aside."""
    for foreseen in summary.effects[:SHOWN]:
        typer.echo(f"  {foreseen.account_id}  {_steps(foreseen)}")
    if len(summary.effects) > SHOWN:
        typer.echo(f"  and {len(summary.effects) - SHOWN:,} more")
    for aside in summary.set_aside[:SHOWN]:
        typer.echo(f"  {aside.account_id}  {aside.cause}: {aside.detail}", err=True)


def _steps(foreseen: Foreseen) -> str:
    return ", ".join(
        f"{step.from_stage} -> {step.to_stage}" if step.from_stage != step.to_stage else f"{step.kind} {step.subject}"
        for step in foreseen.steps
    )


def _instant(given: str, path: str) -> datetime:
    instant = take_instant(given)
    if instant is None:
        raise InvalidInput(
            f"the instant is {given[:40]!r}; expected one with a time zone such as 2026-03-31T09:00:00Z, or a date",
            path=path,
        )
    return instant
