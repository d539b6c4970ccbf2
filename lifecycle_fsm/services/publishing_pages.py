"""Plans, publications and versions read for people, many at a time."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.services.planning.kept import KeptPlan
from lifecycle_fsm.services.planning.stored import content_of
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store import publishing_pages as stored
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.publications import Publication, StoredPlan, load_approvals
from lifecycle_fsm.store.publishing_pages import VersionNote
from lifecycle_fsm.store.roll_outs import RollOutProgress, load_roll_outs

__all__ = [
    "RollOutProgress",
    "find_plans",
    "find_publications",
    "page_plans",
    "page_publications",
    "roll_outs_of",
    "versions_of",
]

MOST_VERSIONS = 100


def page_plans(world: World, actor: Actor, page: PageRequest) -> Page[KeptPlan]:
    """
    One page of the plans, newest first.

    Raises:
        Forbidden: the actor may not read.
        InvalidInput: the cursor does not belong to this list.
    """
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        found = stored.page_plans(connection, page)
        kept = _kept(connection, found.items)
        items = tuple(kept[plan.digest] for plan in found.items)
        return Page(items, found.cursors, found.has_next, found.has_previous, found.total)


def page_publications(world: World, actor: Actor, page: PageRequest) -> Page[Publication]:
    """
    One page of the publications, newest first.

    Raises:
        Forbidden: the actor may not read.
        InvalidInput: the cursor does not belong to this list.
    """
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        return stored.page_publications(connection, page)


def find_plans(world: World, actor: Actor, digests: Sequence[str]) -> dict[str, KeptPlan]:
    """Plans by their whole digests; unknown ones are absent."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        return _kept(connection, stored.plans_by_digest(connection, digests).values())


def find_publications(world: World, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Publication]:
    """Publications by id; unknown ones are absent."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        return stored.publications_by_id(connection, ids)


def roll_outs_of(world: World, actor: Actor, publications: Sequence[UUID]) -> dict[UUID, RollOutProgress]:
    """How far accounts have gone over after publications; those that took none over are absent."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        return load_roll_outs(connection, publications)


def versions_of(world: World, actor: Actor, segments: Sequence[str]) -> dict[str, tuple[VersionNote, ...]]:
    """The newest 100 versions of each segment, newest first; segments without any are absent."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        return stored.versions_by_segment(connection, segments, MOST_VERSIONS)


def _kept(connection: Connection, plans: Iterable[StoredPlan]) -> dict[str, KeptPlan]:
    """The plans with their approvals and publications, by digest."""
    by_digest = {plan.digest: plan for plan in plans}
    approvals = load_approvals(connection, list(by_digest))
    publications = stored.publications_by_plan(connection, list(by_digest))
    return {
        digest: KeptPlan(digest, content_of(plan.content), approvals.get(digest, ()), publications.get(digest, ()))
        for digest, plan in by_digest.items()
    }
