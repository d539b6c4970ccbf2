"""`lifecycle-fsm verify` and what else auditors do from the command line."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from lifecycle_fsm.cli.progress import progress_bar
from lifecycle_fsm.cli.store import By, opened, operator
from lifecycle_fsm.domain.audit import Flaw
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.intake import take_instant
from lifecycle_fsm.services.audit.verify import Extent, Report
from lifecycle_fsm.services.audit.verify import verify as verify_history
from lifecycle_fsm.settings import read_settings

Since = Annotated[str | None, typer.Option("--since", metavar="INSTANT", help="Evidence of rows from here on.")]
Until = Annotated[str | None, typer.Option("--until", metavar="INSTANT", help="Evidence of rows before this.")]
Account = Annotated[UUID | None, typer.Option("--account", metavar="ID", help="One account; otherwise all.")]


def verify(
    account: Account = None,
    since: Since = None,
    until: Until = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="How many processes share the work.")] = 1,
    *,
    by: By = None,
    chains_only: Annotated[bool, typer.Option("--chains-only", help="Do not decide again.")] = False,
) -> None:
    """Check that history is as it was written and decided; the exit status is 1 when anything does not hold."""
    extent = Extent(account, _instant(since), _instant(until), decisions=not chains_only)
    with opened(read_settings()) as world, progress_bar("Verifying") as bar:
        report = verify_history(world, operator(by), extent, processes=processes, told=bar.told)
    typer.echo("\n".join([*_counted(report), *map(_line, report.flaws)]))
    if not report.holds:
        typer.echo(f"{report.failed:,} flaws; the first {len(report.flaws):,} are listed.")
        raise typer.Exit(1)
    typer.echo("Everything that was checked holds.")


def _counted(report: Report) -> list[str]:
    excepted = ", ".join(f"{count:,} {kind}" for kind, count in sorted(report.excepted.items())) or "none"
    return [
        f"Chains: {report.rows:,} rows of {report.accounts:,} accounts. Published texts: {report.documents:,}.",
        f"Evidence: {report.inputs:,} rows as they were committed to, {report.erased:,} erased by law.",
        f"Decisions: {report.decided:,} made again. Not decided by guards: {excepted}.",
    ]


def _line(flaw: Flaw) -> str:
    place = [f"account {flaw.account_id}"] if flaw.account_id else []
    place += [f"row {flaw.seq}"] if flaw.seq is not None else []
    place += [flaw.subject] if flaw.subject else []
    return f"{flaw.check}: {', '.join(place)}: {flaw.message}"


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    instant = take_instant(text)
    if instant is None:
        raise InvalidInput(f"{text!r} is no instant with a time zone, such as 2026-03-01T00:00:00Z", path="option")
    return instant


AUDIT = (verify,)
"""The commands of auditors."""
