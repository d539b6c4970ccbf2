"""`lifecycle-fsm outbox`: notifications that did not arrive, listed, tried anew, deleted."""

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated
from uuid import UUID

import typer

from lifecycle_fsm.cli.store import By, DryRun, Yes, confirm, opened, operator
from lifecycle_fsm.domain.access import Actor
from lifecycle_fsm.domain.counted import counted
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.paging import LARGEST_PAGE, PageRequest
from lifecycle_fsm.services.outbox import (
    DeadLetter,
    DeliveryKey,
    page_dead_letters,
    purge_deliveries,
    replay_deliveries,
)
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import read_settings

Channel = Annotated[str | None, typer.Option("--channel", metavar="NAME", help="Only those of this channel.")]
Ids = Annotated[list[UUID] | None, typer.Argument(metavar="MESSAGE...", help="The messages, as `list` shows them.")]
All = Annotated[bool, typer.Option("--all", help="All of them, or all of the channel.")]
Handle = Callable[[World, Actor, Sequence[DeliveryKey]], Sequence[DeliveryKey]]


def list_dead(channel: Channel = None, *, by: By = None) -> None:
    """List notifications that were given up, newest first."""
    with opened(read_settings()) as world:
        for letter in _dead(world, operator(by), channel):
            key = letter.key
            died = letter.died_at.isoformat(timespec="seconds")
            attempts = counted(letter.attempts, "attempt", "attempts")
            typer.echo(f"{key.message_id}  {key.channel}  {letter.kind}  {attempts}, {died}: {letter.error}")


def replay(
    messages: Ids = None, channel: Channel = None, *, everything: All = False, dry_run: DryRun = False, by: By = None
) -> None:
    """Let notifications that were given up be tried anew."""
    with opened(read_settings(), dry_run=dry_run) as world:
        chosen = _chosen(world, operator(by), messages, channel, everything=everything)
        replayed = _handle(replay_deliveries, world, operator(by), chosen)
        typer.echo(f"{counted(replayed, 'notification is', 'notifications are')} due again.")


def purge(
    messages: Ids = None,
    channel: Channel = None,
    *,
    everything: All = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    by: By = None,
) -> None:
    """Delete notifications that were given up."""
    with opened(read_settings(), dry_run=dry_run) as world:
        chosen = _chosen(world, operator(by), messages, channel, everything=everything)
        confirm(f"{counted(len(chosen), 'notification', 'notifications')} will never arrive.", unasked=yes or dry_run)
        purged = _handle(purge_deliveries, world, operator(by), chosen)
        typer.echo(f"{counted(purged, 'notification is', 'notifications are')} deleted.")


def _handle(handle: Handle, world: World, actor: Actor, chosen: Sequence[DeliveryKey]) -> int:
    pages = (chosen[start : start + LARGEST_PAGE] for start in range(0, len(chosen), LARGEST_PAGE))
    return sum(len(handle(world, actor, page)) for page in pages)


def _chosen(
    world: World, actor: Actor, messages: list[UUID] | None, channel: str | None, *, everything: bool
) -> list[DeliveryKey]:
    if bool(messages) == everything:
        raise InvalidInput("name the messages, or give --all to mean every one", path="MESSAGE")
    dead = [each.key for each in _dead(world, actor, channel)]
    return dead if everything else [each for each in dead if each.message_id in set(messages or ())]


def _dead(world: World, actor: Actor, channel: str | None) -> Iterator[DeadLetter]:
    after: str | None = None
    while True:
        page = page_dead_letters(world, actor, PageRequest(LARGEST_PAGE, after=after), channel)
        yield from page.items
        if not page.has_next:
            return
        after = page.cursors[-1]
