"""An admin asks what a folder of definitions would do; nothing changes but that the answer is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lifecycle_fsm.definition.configuration import Compiled, compile_configuration
from lifecycle_fsm.definition.render import canonical
from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.services.assign import current_machines
from lifecycle_fsm.services.planning.content import Base, Options, PlanContent
from lifecycle_fsm.services.planning.draft import Versions, versions_of
from lifecycle_fsm.services.planning.lacking import missing
from lifecycle_fsm.services.planning.looking import Seen, look
from lifecycle_fsm.services.planning.segments import segment_plans
from lifecycle_fsm.services.planning.stored import digest_of, text_of
from lifecycle_fsm.services.planning.survey import Ground
from lifecycle_fsm.services.publish import Edition, NotPublished, edition_of
from lifecycle_fsm.services.segment_rules import load_rules
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.machines import latest_catalog, load_segments
from lifecycle_fsm.store.population import population_version
from lifecycle_fsm.store.publications import StoredPlan, save_plan


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan under its name: the digest of its content."""

    digest: str
    content: PlanContent


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked: by whom, when, and about which definitions."""

    actor: Actor
    as_of: datetime
    edition: Edition
    options: Options


def plan(world: World, actor: Actor, files: Mapping[str, bytes], options: Options) -> Plan | NotPublished:
    """
    Say what definitions, given by their names relative to the folder, would do, and keep the answer.

    No account is touched. The same question about the same accounts at the same instant
    gives the same plan.

    Raises:
        Forbidden: the actor may not publish.
        InvalidInput: the options map a stage to one that there is not.
    """
    require(actor, Capability.PUBLISH)
    compiled = compile_configuration(files)
    if compiled.configuration is None:
        return NotPublished(compiled.diagnostics)
    question = _Question(actor, world.clock(), edition_of(compiled.configuration), options)
    with world.database.reading() as connection:
        content = _answer(world, connection, compiled, question)
    stored = _stored(question, content)
    with world.database.writing() as connection:
        save_plan(connection, stored)
    return Plan(stored.digest, content)


def _answer(world: World, connection: Connection, compiled: Compiled, question: _Question) -> PlanContent:
    ground = Ground(connection, load_layout(connection), question.as_of)
    versions = _versions(world, connection, compiled, question.options)
    seen = look(world, ground, versions)
    segments = tuple(segment_plans(versions, seen))
    return PlanContent(
        planned_by=question.actor.name,
        as_of=question.as_of,
        options=question.options,
        base=_base(connection, seen),
        machines=question.edition.digests,
        catalog=question.edition.catalog_digest,
        migrations=versions.migrations,
        segments=segments,
        left=seen.reassigned.left.accounts(),
        missing=tuple(missing(question.options, segments)),
    )


def _versions(world: World, connection: Connection, compiled: Compiled, options: Options) -> Versions:
    assert compiled.configuration is not None
    before, followed = current_machines(world, connection), load_rules(world, connection).base
    return versions_of(before, compiled.configuration, compiled.drafts, options, followed)


def _base(connection: Connection, seen: Seen) -> Base:
    catalog = latest_catalog(connection)
    return Base(
        machines={each.segment: each.machine for each in load_segments(connection)},
        catalog=None if catalog is None else catalog.digest,
        accounts=sum(group.accounts for group in seen.groups),
        population=population_version(seen.groups),
    )


def _stored(question: _Question, content: PlanContent) -> StoredPlan:
    text = text_of(content)
    documents = {machine.digest: canonical(machine).decode() for machine in question.edition.machines}
    documents["catalog"] = question.edition.catalog
    return StoredPlan(digest_of(text), question.as_of, question.actor.name, text, documents)
