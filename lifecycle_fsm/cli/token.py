"""`lifecycle-fsm token`: let a person or a machine in."""

from datetime import timedelta
from typing import Annotated

import typer

from lifecycle_fsm.cli.store import DryRun, opened, operator
from lifecycle_fsm.domain.access import Portfolio, Role
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.settings import read_settings


def token(
    name: Annotated[str, typer.Argument(help="What history calls whoever uses the token.")],
    role: Annotated[list[Role], typer.Option("--role", help="What the token allows; may be given several times.")],
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How long the token is valid.")] = 90,
    csm: Annotated[str | None, typer.Option("--only-csm", help="Limit it to the accounts of this CSM.")] = None,
    segment: Annotated[list[str] | None, typer.Option("--only-segment", help="Limit it to this segment.")] = None,
    *,
    dry_run: DryRun = False,
) -> None:
    """Issue a token and print it, once: only its hash is kept."""
    portfolio = Portfolio(csm, frozenset(segment) if segment else None)
    with opened(read_settings(), dry_run=dry_run) as world:
        expires_at = world.clock() + timedelta(days=days)
        issued = issue_token(world, operator(), name, role, expires_at, portfolio)
    roles = ", ".join(sorted(issued.roles))
    typer.echo(f"Token of {name} ({roles}), valid until {expires_at:%Y-%m-%d %H:%M} UTC:", err=True)
    if not dry_run:
        typer.echo(issued.token)
