"""`lifecycle-fsm token`, `tokens` and `revoke`: let a person or a machine in, see who is, and out again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated

import typer

from lifecycle_fsm.cli.store import By, DryRun, opened, operator
from lifecycle_fsm.domain.access import Actor, Portfolio, Role
from lifecycle_fsm.domain.paging import LARGEST_PAGE, PageRequest
from lifecycle_fsm.services.browse import view_accounts
from lifecycle_fsm.services.tokens import accounts_by_key, issue_token, page_tokens, revoke_tokens
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import read_settings
from lifecycle_fsm.store.keys import ApiKey


def token(  # noqa: PLR0913 - each is an option of the command
    name: Annotated[str, typer.Argument(help="What history calls whoever uses the token.")],
    role: Annotated[list[Role], typer.Option("--role", help="What the token allows; may be given several times.")],
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How long the token is valid.")] = 90,
    csm: Annotated[
        list[str] | None,
        typer.Option("--only-csm", help="Limit it to the accounts of this CSM; may be given several times."),
    ] = None,
    segment: Annotated[
        list[str] | None,
        typer.Option("--only-segment", help="Limit it to this segment, and of it to --only-csm; may be repeated."),
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option("--only-account", help="The key of an account to open besides, whosever it is; may be repeated."),
    ] = None,
    *,
    dry_run: DryRun = False,
) -> None:
    """Issue a token and print it, once: only its hash is kept."""
    with opened(read_settings(), dry_run=dry_run) as world:
        accounts = accounts_by_key(world, operator(), account or ())
        portfolio = Portfolio(frozenset(csm or ()) or None, frozenset(segment or ()) or None, accounts or None)
        expires_at = world.clock() + timedelta(days=days)
        issued = issue_token(world, operator(), name, role, expires_at, portfolio)
    for warning in issued.warnings:
        typer.echo(f"Warning: {warning}", err=True)
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
        actor = operator(by)
        for key in _keys(world, actor):
            if ended or key.is_valid(now):
                typer.echo(_line(key, _limits(world, actor, key.portfolio)))


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


def _limits(world: World, actor: Actor, portfolio: Portfolio) -> list[str]:
    """What a portfolio holds, in words."""
    csms, segments = sorted(portfolio.csms or ()), sorted(portfolio.segments or ())
    limits = [f"only accounts of {' or '.join(csms) or 'nobody'}"] if portfolio.csms is not None else []
    limits += [f"only in {' or '.join(segments) or 'no segment'}"] if portfolio.segments is not None else []
    if portfolio.accounts is not None:
        found = view_accounts(world, actor, sorted(portfolio.accounts))
        keys = sorted(view.profile.key for view in found.values())
        limits.append(f"{'and' if limits else 'only'} {', '.join(keys) or 'accounts that are gone'}")
    return limits


def _line(key: ApiKey, limits: list[str]) -> str:
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
