"""Runs over many accounts, as people look at them."""

from collections.abc import Sequence
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store import run_pages
from lifecycle_fsm.store.runs import Run, SetAside, set_aside_by_runs
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


def page_run_accounts(world: World, actor: Actor, ids: Sequence[UUID], page: PageRequest) -> dict[UUID, Page[UUID]]:
    """The same page of each run: the accounts about which it wrote history, by id; of unknown runs nothing."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        runs = list(run_pages.runs_by_id(connection, ids).values())
        return run_pages.page_accounts(connection, runs, page, actor.portfolio)


def set_aside_by(world: World, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, tuple[SetAside, ...]]:
    """The accounts that each run left as they were, at most 100, the newest first; runs without any are absent."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        aside = set_aside_by_runs(connection, ids, MOST_SET_ASIDE)
        seen = visible_ids(connection, {each.account_id for each in aside}, actor.portfolio)
    found: dict[UUID, tuple[SetAside, ...]] = {}
    for each in aside:
        if each.account_id in seen:
            found[each.run_id] = (*found.get(each.run_id, ()), each)
    return found
