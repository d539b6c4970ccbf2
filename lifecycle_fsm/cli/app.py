"""The commands put together under `lifecycle-fsm`."""

import sys

import typer

from lifecycle_fsm.cli.audit import AUDIT
from lifecycle_fsm.cli.backup import BACKUP
from lifecycle_fsm.cli.check import check
from lifecycle_fsm.cli.demo import demo
from lifecycle_fsm.cli.documents import documents
from lifecycle_fsm.cli.importing import accounts
from lifecycle_fsm.cli.importing_rows import rows
from lifecycle_fsm.cli.migrate import migrate
from lifecycle_fsm.cli.outbox import list_dead, purge, replay
from lifecycle_fsm.cli.planning import apply, approve, plan, publications, rollback, show_plan
from lifecycle_fsm.cli.pseudonym import pseudonym
from lifecycle_fsm.cli.publish import publish
from lifecycle_fsm.cli.read_only import switch_off, switch_on
from lifecycle_fsm.cli.recount import recount
from lifecycle_fsm.cli.render import render, schema
from lifecycle_fsm.cli.retain import retain
from lifecycle_fsm.cli.serve import serve
from lifecycle_fsm.cli.settings import settings
from lifecycle_fsm.cli.simulate import simulate
from lifecycle_fsm.cli.sweep import back_fill, sweep
from lifecycle_fsm.cli.token import revoke, token, tokens
from lifecycle_fsm.cli.undo import undo
from lifecycle_fsm.cli.worker import status, worker
from lifecycle_fsm.domain.errors import InvalidInput, LifecycleError

app = typer.Typer(
    help="The customer lifecycle: stages, health, milestones and CTAs that can say why. "
    "Settings are environment variables, such as LIFECYCLE_DATABASE_URL.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
imports = typer.Typer(help="Bring in real data.", no_args_is_help=True)
imports.command()(accounts)
imports.command()(rows)
app.add_typer(imports, name="import")
outbox = typer.Typer(help="Look after notifications that did not arrive.", no_args_is_help=True)
outbox.command("list")(list_dead)
for handle in (replay, purge):
    outbox.command()(handle)
app.add_typer(outbox, name="outbox")
read_only = typer.Typer(help="Close the store to every change for a while.", no_args_is_help=True)
read_only.command("on")(switch_on)
read_only.command("off")(switch_off)
app.add_typer(read_only, name="read-only")
for each in (
    demo,
    serve,
    settings,
    worker,
    status,
    migrate,
    check,
    render,
    schema,
    documents,
    publish,
    token,
    tokens,
    revoke,
    sweep,
    back_fill,
    undo,
    recount,
    retain,
    pseudonym,
):
    app.command()(each)
for command in (plan, show_plan, approve, apply, publications, rollback, simulate, *AUDIT, *BACKUP):
    app.command()(command)


def main() -> None:
    """Run a command; the exit status is 0, 1 for an error that is said in one line, or 2 for a wrong usage."""
    try:
        app()
    except LifecycleError as error:
        _stop(error.code, error.message, error.path if isinstance(error, InvalidInput) else "")
    except OSError as error:
        _stop("file_failed", error.strerror or type(error).__name__, str(error.filename or ""))


def _stop(code: str, message: str, path: str) -> None:
    place = f"{path}: " if path else ""
    sys.stderr.write(f"error[{code}]: {' '.join(f'{place}{message}'.split())}\n")
    sys.exit(1)
