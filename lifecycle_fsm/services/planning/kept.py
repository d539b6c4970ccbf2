"""Plans and publications read again: what was shown, who approved it, when it came into force."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from lifecycle_fsm.definition.render import document
from lifecycle_fsm.definition.restore import machine_from_text
from lifecycle_fsm.definition.yaml_text import as_yaml
from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import InvalidInput, PlanNotFound
from lifecycle_fsm.services.planning.content import PlanContent
from lifecycle_fsm.services.planning.stored import content_of
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.machines import load_catalog, load_documents
from lifecycle_fsm.store.publications import (
    Approval,
    Publication,
    StoredPlan,
    find_plans,
    load_approvals,
    load_plans,
    load_publications,
    publications_of,
)

SHORTEST_PREFIX = 6
MOST = 100

__all__ = [
    "KeptPlan",
    "Publication",
    "files_of",
    "kept_plan",
    "list_plans",
    "list_publications",
    "read_plan",
    "stored_plan",
]


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan with what became of it; the first publication is the one that brought it into force."""

    digest: str
    content: PlanContent
    approvals: tuple[Approval, ...] = ()
    publications: tuple[Publication, ...] = ()


def read_plan(world: World, actor: Actor, plan: str) -> KeptPlan:
    """
    Read a plan by its digest, or by the beginning of it.

    Raises:
        Forbidden: the actor may not read.
        PlanNotFound: no plan, or more than one, begins so.
    """
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        return kept_plan(connection, stored_plan(connection, plan))


def list_plans(world: World, actor: Actor, limit: int = 20) -> tuple[KeptPlan, ...]:
    """
    Read the newest plans, newest first, 1 to 100 of them.

    Raises:
        Forbidden: the actor may not read.
        InvalidInput: the limit is out of range.
    """
    require(actor, Capability.READ)
    _check_limit(limit)
    with world.database.reading() as connection:
        return tuple(kept_plan(connection, stored) for stored in load_plans(connection, limit))


def list_publications(world: World, actor: Actor, limit: int = 20) -> tuple[Publication, ...]:
    """
    Read who published what, newest first, 1 to 100 of them.

    Raises:
        Forbidden: the actor may not read.
        InvalidInput: the limit is out of range.
    """
    require(actor, Capability.READ)
    _check_limit(limit)
    with world.database.reading() as connection:
        return load_publications(connection, limit)


def files_of(world: World, actor: Actor, publication: Publication) -> Mapping[str, bytes]:
    """
    Write the definitions of a publication as files again, to plan going back to them.

    Raises:
        Forbidden: the actor may not read.
    """
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        catalog = load_catalog(connection, publication.catalog)
        documents = load_documents(connection, list(publication.machines.values()))
    machines = (machine_from_text(text) for text in documents.values())
    segments = {f"segments/{each.segment}.yaml": as_yaml(document(each)["segment"]).encode() for each in machines}
    return {"catalog.yaml": as_yaml(orjson.loads(catalog)).encode(), **segments}


def stored_plan(connection: Connection, plan: str) -> StoredPlan:
    """
    Find a plan by its digest, or by the beginning of it, of at least six characters.

    Raises:
        PlanNotFound: no plan, or more than one, begins so.
    """
    is_prefix = len(plan) >= SHORTEST_PREFIX and set(plan) <= set("0123456789abcdef")
    found = find_plans(connection, plan) if is_prefix else ()
    if len(found) != 1:
        seen = "several plans begin" if found else "no plan begins"
        raise PlanNotFound(f"{seen} with {plan[:64]!r}; `lifecycle-fsm plan` names each one that it makes")
    return found[0]


def kept_plan(connection: Connection, stored: StoredPlan) -> KeptPlan:
    """A stored plan with its approvals and publications."""
    approvals = load_approvals(connection, [stored.digest]).get(stored.digest, ())
    return KeptPlan(stored.digest, content_of(stored.content), approvals, publications_of(connection, stored.digest))


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= MOST:
        raise InvalidInput(f"the limit is {limit}; expected 1 to {MOST}", path="limit")
