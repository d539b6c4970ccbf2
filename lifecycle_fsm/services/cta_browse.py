"""CTAs read for people: across accounts, and what belongs to each."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.cta import Cta
from lifecycle_fsm.domain.cta_filter import CtaFilter, CtaOrder
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.cta_details import Comment, CtaId, Link, load_comments, load_links
from lifecycle_fsm.store.cta_pages import PlacedCta
from lifecycle_fsm.store.cta_pages import page_ctas as stored_page
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.scope import visible_ids

__all__ = ["Comment", "Cta", "CtaId", "Link", "PlacedCta", "comments_of", "links_of", "page_ctas"]


def page_ctas(
    world: World, actor: Actor, choose: CtaFilter, order: CtaOrder, page: PageRequest
) -> tuple[datetime, Page[PlacedCta]]:
    """
    One page of the CTAs that are chosen, in order, and the date at which they were judged.

    Raises:
        InvalidInput: the cursor does not belong to this list.
    """
    require(actor, Capability.READ)
    as_of = world.clock()
    with world.database.reading() as connection:
        return as_of, stored_page(connection, choose, order, as_of, page, actor.portfolio)


def comments_of(world: World, actor: Actor, ctas: Sequence[CtaId]) -> dict[UUID, tuple[Comment, ...]]:
    """The comments of CTAs, oldest first; CTAs without any are absent."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        return load_comments(connection, _seen(connection, actor, ctas))


def links_of(world: World, actor: Actor, ctas: Sequence[CtaId]) -> dict[UUID, tuple[Link, ...]]:
    """What CTAs are linked to; CTAs without any are absent."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        return load_links(connection, _seen(connection, actor, ctas))


def _seen(connection: Connection, actor: Actor, ctas: Sequence[CtaId]) -> list[CtaId]:
    seen = visible_ids(connection, {account for account, _ in ctas}, actor.portfolio)
    return [cta for cta in ctas if cta[0] in seen]
