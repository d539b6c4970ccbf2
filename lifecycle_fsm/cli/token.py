"""`lifecycle-fsm token`, `tokens` and `revoke`: let a person or a machine in, see who is, and out again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated

import typer

from lifecycle_fsm.cli.store import By, DryRun, opened, operator
from lifecycle_fsm.domain.access import Actor, Portfolio, Role
from lifecycle_fsm.domain.paging import LARGEST_PAGE, PageRequest
from lifecycle_fsm.services.tokens import issue_token, page_tokens, revoke_tokens
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import read_settings
from lifecycle_fsm.store.keys import ApiKey


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


def tokens(
    *,
    ended: Annotated[bool, typer.Option("--all", help="Also those that expired or were revoked.")] = False,
    by: By = None,
) -> None:
    """List tokens, newest first: name, roles, portfolio, when they end and were last used; never their text."""
    with opened(read_settings()) as world:
        now = world.clock()
        for key in _keys(world, operator(by)):
            if ended or key.is_valid(now):
                typer.echo(_line(key))


def revoke(
    name: Annotated[str, typer.Argument(help="The name that the tokens were issued for.")],
    *,
    dry_run: DryRun = False,
    by: By = None,
) -> None:
    """End every token of a name, at once and for good."""
    with opened(read_settings(), dry_run=dry_run) as world:
        count = revoke_tokens(world, operator(by), name)
    typer.echo(f"{count:,} tokens of {name} ended.")


def _keys(world: World, actor: Actor) -> Iterator[ApiKey]:
    after: str | None = None
    while True:
        page = page_tokens(world, actor, PageRequest(LARGEST_PAGE, after=after))
        yield from page.items
        if not page.has_next:
            return
        after = page.cursors[-1]


def _line(key: ApiKey) -> str:
    limits = [f"only accounts of {key.portfolio.csm}"] if key.portfolio.csm else []
    limits += [f"only in {', '.join(sorted(key.portfolio.segments))}"] if key.portfolio.segments is not None else []
    parts = (
        key.name,
        ", ".join(sorted(key.roles)),
        *limits,
        f"revoked {_day(key.revoked_at)}" if key.revoked_at else f"ends {_day(key.expires_at)}",
        f"last used {_day(key.last_used_at)}",
    )
    return "  ".join(parts)


def _day(instant: datetime | None) -> str:
    return "never" if instant is None else f"{instant:%Y-%m-%d %H:%M}"
