"""History rows as readers see them."""

from collections.abc import Sequence
from uuid import UUID

import orjson

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.history_filter import HistoryFilter, HistoryOrder
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.services.views import HistoryRecord
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.browse import page_history as stored_page
from lifecycle_fsm.store.history import load_links, load_stories
from lifecycle_fsm.store.history_pages import page_log as stored_log
from lifecycle_fsm.store.ledger import Link
from lifecycle_fsm.store.scope import visible_ids


def record_of(link: Link) -> HistoryRecord:
    """A row of the log with its effects as notes."""
    entry = link.entry
    return HistoryRecord(
        account_id=link.account_id,
        seq=link.seq,
        kind=entry.kind,
        from_stage=entry.from_stage,
        to_stage=entry.to_stage,
        transition=entry.transition,
        trigger=entry.trigger,
        subject=entry.subject,
        cause=entry.cause,
        actor=entry.actor,
        on_behalf_of=entry.on_behalf_of,
        reason=entry.reason,
        effective_at=entry.effective_at,
        recorded_at=entry.recorded_at,
        machine=entry.machine,
        evaluator=entry.evaluator,
        command_id=entry.command_id,
        run_id=entry.run_id,
        effects=tuple(orjson.loads(entry.effects)),
        prev_hash=link.prev_hash.hex(),
        hash=link.hash.hex(),
    )


def page_history(world: World, actor: Actor, ids: Sequence[UUID], page: PageRequest) -> dict[UUID, Page[HistoryRecord]]:
    """A page of each account's history, newest first; ids without an account that the actor sees have an empty page."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        seen = visible_ids(connection, ids, actor.portfolio)
        pages = dict.fromkeys(ids, _NOTHING) | stored_page(connection, sorted(seen), page)
        return {account_id: _records(found) for account_id, found in pages.items()}


_NOTHING: Page[Link] = Page((), (), has_next=False, has_previous=False, total=None)


def page_log(
    world: World, actor: Actor, choose: HistoryFilter, order: HistoryOrder, page: PageRequest
) -> Page[HistoryRecord]:
    """
    One page of the records of all accounts that the actor sees.

    Raises:
        Forbidden: the actor may not read history.
        InvalidInput: the cursor does not belong to this list.
    """
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        return _records(stored_log(connection, choose, order, page, actor.portfolio))


def records_at(world: World, actor: Actor, places: Sequence[tuple[UUID, int]]) -> dict[tuple[UUID, int], HistoryRecord]:
    """History rows by account and number; those that do not exist are absent."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        seen = visible_ids(connection, {account for account, _ in places}, actor.portfolio)
        found = load_links(connection, [place for place in places if place[0] in seen])
    return {(link.account_id, link.seq): record_of(link) for link in found}


def stories_of(
    world: World, actor: Actor, runs: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], tuple[HistoryRecord, ...]]:
    """What each run wrote about each account, oldest first: the first row caused the others."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        seen = visible_ids(connection, {account for account, _ in runs}, actor.portfolio)
        found = load_stories(connection, [run for run in runs if run[0] in seen])
    return {place: tuple(record_of(link) for link in links) for place, links in found.items()}


def _records(page: Page[Link]) -> Page[HistoryRecord]:
    items = tuple(record_of(link) for link in page.items)
    return Page(items, page.cursors, page.has_next, page.has_previous, page.total)
