"""`lifecycle-fsm plan`, `approve`, `apply` and `publications`: see what a change would do, then do exactly that."""

import sys
from enum import StrEnum
from functools import partial
from typing import Annotated

import orjson
import typer

from lifecycle_fsm.cli.check import Folder
from lifecycle_fsm.cli.folder import read_folder
from lifecycle_fsm.cli.progress import Bar, progress_bar
from lifecycle_fsm.cli.store import By, DryRun, opened, operator
from lifecycle_fsm.definition.report import report
from lifecycle_fsm.domain.counted import counted
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.planning.apply import Terms
from lifecycle_fsm.services.planning.apply import apply as apply_plan
from lifecycle_fsm.services.planning.apply import approve as approve_plan
from lifecycle_fsm.services.planning.content import Existing, Options
from lifecycle_fsm.services.planning.kept import Publication, files_of, list_publications, read_plan
from lifecycle_fsm.services.planning.plan import Plan
from lifecycle_fsm.services.planning.plan import plan as plan_files
from lifecycle_fsm.services.planning.rollout import roll_out_of
from lifecycle_fsm.services.planning.text import SHORT, Names, plan_text, sample_names
from lifecycle_fsm.services.publish import NotPublished
from lifecycle_fsm.services.publishing_pages import RollOutProgress
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import read_settings

PlanName = Annotated[str, typer.Argument(metavar="PLAN", help="Digest of the plan, or its beginning.")]
Why = Annotated[str | None, typer.Option("--reason", help="Why; history shows it.")]


class Format(StrEnum):
    """How a plan is written."""

    TEXT = "text"
    JSON = "json"


Form = Annotated[Format, typer.Option("--format", help="For people, or for scripts.")]


def plan(
    folder: Folder,
    *,
    landings: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OLD=NEW", help="Where accounts of an old stage go on; NEW:restart restarts."),
    ] = None,
    existing: Annotated[Existing | None, typer.Option(help="Whether rules act on existing accounts at once.")] = None,
    effects: Annotated[
        bool, typer.Option("--effects", help="Carry out exit and enter effects of mapped stages.")
    ] = False,
    form: Form = Format.TEXT,
    by: By = None,
) -> None:
    """Show what a folder of definitions would do to every account; nothing is changed."""
    options = Options(existing, dict(_pair(each) for each in landings or ()), effects)
    _show(read_folder(folder), options, form, by)


def rollback(
    publication: Annotated[str, typer.Argument(metavar="PUBLICATION", help="Number that `publications` shows.")],
    *,
    existing: Annotated[Existing | None, typer.Option(help="Whether rules act on existing accounts at once.")] = None,
    form: Form = Format.TEXT,
    by: By = None,
) -> None:
    """Show what going back to the definitions of a publication would do; nothing is changed."""
    with opened(read_settings()) as world:
        found = [each for each in list_publications(world, operator(by), 100) if str(each.id).endswith(publication)]
        if len(found) != 1:
            raise InvalidInput(f"{publication!r} names no single publication; see `lifecycle-fsm publications`")
        files = dict(files_of(world, operator(by), found[0]))
    _show(files, Options(existing), form, by)


def approve(
    name: PlanName,
    *,
    comment: Annotated[str | None, typer.Option(help="What history shows.")] = None,
    dry_run: DryRun = False,
    by: By = None,
) -> None:
    """Agree to a plan that somebody else made."""
    with opened(read_settings(), dry_run=dry_run) as world:
        kept = approve_plan(world, operator(by), name, comment)
    typer.echo(f"Plan {kept.digest[:SHORT]} is approved by {', '.join(each.approved_by for each in kept.approvals)}.")


def apply(
    name: PlanName,
    *,
    roll_out: Annotated[str, typer.Option(metavar="SHARE", help="all, new_accounts, or ramp:PERCENT.")] = "all",
    same_accounts: Annotated[
        bool, typer.Option("--same-accounts", help="Refuse when any account changed since the plan.")
    ] = False,
    reason: Why = None,
    dry_run: DryRun = False,
    by: By = None,
) -> None:
    """Bring a plan into force, exactly as it was shown, and take its accounts over."""
    terms = Terms(roll_out_of(roll_out), reason, same_accounts)
    with opened(read_settings(), dry_run=dry_run) as world, progress_bar("Taking accounts over") as bar:
        done = apply_plan(world, operator(by), name, terms, partial(_told, bar), pages=None)
    for segment, digest in done.digests.items():
        typer.echo(f"{segment:<20} {digest[:SHORT]}  {'new' if segment in done.changed else 'unchanged'}")
    gone = done.roll_out
    if gone is None:
        typer.echo("No account had to go over.")
        return
    typer.echo(
        f"{counted(gone.migrated, 'account', 'accounts')} went over, {gone.reassigned:,} changed their segment; then "
        f"{counted(gone.moved, 'move', 'moves')} and {counted(gone.ctas_opened, 'CTA', 'CTAs')} opened."
    )
    if gone.failed or gone.changed_meanwhile or gone.without_landing:
        typer.echo(
            f"Not gone over: {gone.failed:,} that could not be evaluated, {gone.changed_meanwhile:,} that changed at "
            f"the same time, {gone.without_landing:,} whose stage leads nowhere. Apply again to try them again."
        )


def _told(bar: Bar, progress: RollOutProgress) -> None:
    bar.told(progress.looked_at, max(progress.total, progress.looked_at, 1))


def publications(*, limit: Annotated[int, typer.Option(min=1, max=100)] = 20, by: By = None) -> None:
    """Show who published what, when, why and after which plan, newest first."""
    with opened(read_settings()) as world:
        for made in list_publications(world, operator(by), limit):
            typer.echo(_line(made))


def show_plan(name: PlanName, *, form: Form = Format.TEXT, by: By = None) -> None:
    """Show a plan again, as it was made."""
    with opened(read_settings()) as world:
        kept = read_plan(world, operator(by), name)
        _write(Plan(kept.digest, kept.content), sample_names(world, operator(by), kept.content), form)


def _line(made: Publication) -> str:
    after = "without a plan" if made.plan is None else f"plan {made.plan[:SHORT]}"
    parts = (str(made.id)[-SHORT:], f"{made.published_at:%Y-%m-%d %H:%M} UTC", made.published_by, made.roll_out, after)
    return "  ".join(parts) + ("" if made.reason is None else f": {made.reason}")


def _show(files: dict[str, bytes], options: Options, form: Format, by: str | None) -> None:
    with opened(read_settings()) as world:
        made = _planned(world, files, options, by)
        _write(made, sample_names(world, operator(by), made.content), form)
    if made.content.missing:
        raise typer.Exit(1)


def _planned(world: World, files: dict[str, bytes], options: Options, by: str | None) -> Plan:
    made = plan_files(world, operator(by), files, options)
    if isinstance(made, NotPublished):
        sys.stderr.write(report(made.diagnostics, files))
        raise typer.Exit(1)
    return made


def _write(made: Plan, names: Names, form: Format) -> None:
    if form is Format.TEXT:
        sys.stdout.write(plan_text(made.digest, made.content, names))
        return
    document = {
        "plan": made.digest,
        "content": made.content,
        "names": {str(each): name for each, name in names.items()},
    }
    sys.stdout.write(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode())


def _pair(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not (old and equals and new):
        raise InvalidInput(f"{text!r} is no landing; expected OLD=NEW", path="--map")
    return old, new
