"""Accounts, machines and segments read for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.domain.portfolio import AccountFilter, AccountOrder
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.services.reports.behind import accounts_behind
from lifecycle_fsm.services.viewing import view_many
from lifecycle_fsm.services.views import AccountView
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.browse import page_accounts as stored_page
from lifecycle_fsm.store.ctas import TaskProgress, load_tasks
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.machines import load_documents, load_segments
from lifecycle_fsm.store.scope import visible_ids


@dataclass(frozen=True, slots=True)
class SegmentView:
    """A segment and the version of its machine that new accounts get."""

    segment: str
    title: str
    rank: int
    digest: str
    published_at: datetime
    published_by: str


def view_accounts(
    world: World, actor: Actor, ids: Sequence[UUID], as_of: datetime | None = None
) -> dict[UUID, AccountView]:
    """Accounts by id; unknown ids are absent."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        return view_many(world, connection, ids, as_of or world.clock(), actor.portfolio)


def page_accounts(
    world: World, actor: Actor, choose: AccountFilter, order: AccountOrder, page: PageRequest
) -> Page[AccountView]:
    """
    One page of the accounts that are chosen, in order.

    Raises:
        InvalidInput: the cursor does not belong to this list.
    """
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        found = _page(world, connection, actor, choose, order, page)
        views = view_many(world, connection, found.items, world.clock(), actor.portfolio)
        items = tuple(views[account_id] for account_id in found.items)
        return Page(items, found.cursors, found.has_next, found.has_previous, found.total)


def page_account_ids(
    world: World, actor: Actor, choose: AccountFilter, order: AccountOrder, page: PageRequest
) -> Page[UUID]:
    """
    The ids alone of one page of accounts.

    Raises:
        InvalidInput: the cursor does not belong to this list.
    """
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        return _page(world, connection, actor, choose, order, page)


def _page(  # a page is asked for by five, in one snapshot
    world: World, connection: Connection, actor: Actor, choose: AccountFilter, order: AccountOrder, page: PageRequest
) -> Page[UUID]:
    among = None if choose.behind is None else accounts_behind(world, connection, actor, choose.behind)
    return stored_page(connection, choose, order, page, actor.portfolio, among)


def tasks_of(world: World, actor: Actor, ctas: Sequence[tuple[UUID, UUID]]) -> dict[UUID, tuple[TaskProgress, ...]]:
    """The playbook tasks of CTAs, asked for as pairs of account id and CTA id; CTAs without any are absent."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        seen = visible_ids(connection, {account for account, _ in ctas}, actor.portfolio)
        wanted = [pair for pair in ctas if pair[0] in seen]
        return load_tasks(connection, [account for account, _ in wanted], [cta for _, cta in wanted])


def find_machines(world: World, actor: Actor, digests: Sequence[str]) -> dict[str, Machine]:
    """Published versions by digest; unknown digests are absent."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        known = load_documents(connection, list(digests))
        return world.shelf.machines(connection, known)


def current_machine(world: World, actor: Actor, segment: str) -> Machine | None:
    """The version that new accounts of a segment get, None for a segment that is not published."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        current = next((each for each in load_segments(connection) if each.segment == segment), None)
        if current is None:
            return None
        return world.shelf.machines(connection, [current.machine])[current.machine]


def list_segments(world: World, actor: Actor) -> tuple[SegmentView, ...]:
    """The published segments in the order in which they are asked to take an account."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        segments = load_segments(connection)
        machines = world.shelf.machines(connection, [each.machine for each in segments])
    return tuple(
        SegmentView(
            each.segment, machines[each.machine].title, each.rank, each.machine, each.published_at, each.published_by
        )
        for each in segments
    )


def current_catalog(world: World, actor: Actor) -> Catalog:
    """The vocabulary that was published last; empty before the first."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        return world.shelf.catalog(connection)
