"""Runs over many accounts, as people look at them."""

from collections.abc import Sequence
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store import run_pages
from lifecycle_fsm.store.runs import Run, SetAside, accounts_set_aside
from lifecycle_fsm.store.scope import visible_ids

__all__ = ["MOST_SET_ASIDE", "Run", "SetAside", "find_runs", "page_run_accounts", "page_runs", "set_aside_by"]

MOST_SET_ASIDE = 100


def page_runs(world: World, actor: Actor, page: PageRequest) -> Page[Run]:
    """
    One page of the runs, newest first.

    Raises:
        Forbidden: the actor may not read history.
        InvalidInput: the cursor does not belong to this list.
    """
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        return run_pages.page_runs(connection, page)


def find_runs(world: World, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Run]:
    """Runs by id; unknown ones are absent."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        return run_pages.runs_by_id(connection, ids)


def page_run_accounts(world: World, actor: Actor, run: Run, page: PageRequest) -> Page[UUID]:
    """One page of the accounts about which a run wrote history, by id."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        return run_pages.page_accounts(connection, run, page, actor.portfolio)


def set_aside_by(world: World, actor: Actor, run_id: UUID) -> tuple[SetAside, ...]:
    """The accounts that a run left as they were, at most 100, the newest first."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        aside = accounts_set_aside(connection, MOST_SET_ASIDE, run_id=run_id)
        seen = visible_ids(connection, {each.account_id for each in aside}, actor.portfolio)
        return tuple(each for each in aside if each.account_id in seen)
