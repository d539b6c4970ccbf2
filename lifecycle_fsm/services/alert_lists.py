"""Episodes of alerts read for people: across accounts, and those of each."""

from collections.abc import Sequence
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.alert_episode import AlertEpisode, AlertFilter, AlertOrder
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.episode_pages import page_episodes, page_episodes_of
from lifecycle_fsm.store.history import load_of_kinds
from lifecycle_fsm.store.scope import visible_ids


def page_alerts(
    world: World, actor: Actor, choose: AlertFilter, order: AlertOrder, page: PageRequest
) -> Page[AlertEpisode]:
    """
    One page of the episodes that are chosen, in order.

    Raises:
        InvalidInput: the cursor does not belong to this list.
    """
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        return page_episodes(connection, choose, order, page, actor.portfolio)


def page_alerts_of(
    world: World, actor: Actor, ids: Sequence[UUID], page: PageRequest
) -> dict[UUID, Page[AlertEpisode]]:
    """
    A page of each account's episodes, newest first; ids without an account that the actor sees have an empty page.

    Raises:
        InvalidInput: the cursor does not belong to such a list.
    """
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        seen = visible_ids(connection, ids, actor.portfolio)
        found = page_episodes_of(connection, sorted(seen), page)
    return {each: found.get(each) or Page((), (), has_next=False, has_previous=False, total=0) for each in ids}


def rises_of(world: World, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, tuple[tuple[str, int], ...]]:
    """The alerts of accounts that rose, each with the number of the history row; accounts without any are absent."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        seen = sorted(visible_ids(connection, ids, actor.portfolio))
        found = load_of_kinds(connection, seen, [RecordKind.ALERT_RAISED.value])
    return {each: tuple((str(link.entry.subject), link.seq) for link in links) for each, links in found.items()}
