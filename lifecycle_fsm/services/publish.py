"""An admin publishes a folder of definitions: all of it, or nothing when one line is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

import orjson

from lifecycle_fsm.definition.configuration import Configuration, compile_configuration
from lifecycle_fsm.definition.diagnostics import Diagnostic
from lifecycle_fsm.definition.render import canonical
from lifecycle_fsm.definition.render_catalog import catalog_document
from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.services.needs import fields_of
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.layout import assign_slots
from lifecycle_fsm.store.machines import (
    CatalogVersion,
    MachineVersion,
    latest_catalog,
    load_segments,
    publish_catalog,
    publish_machine,
    retire_segment,
)
from lifecycle_fsm.store.publications import Publication, load_publications, record_publication

NEW_ACCOUNTS = "new_accounts"
"""The roll-out in which every account keeps the version that it has."""


@dataclass(frozen=True, slots=True)
class Published:
    """The digest of each segment's current machine, and the segments whose version is new."""

    digests: Mapping[str, str]
    changed: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class NotPublished:
    """The definitions have errors; nothing was changed."""

    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """What comes into force together: the canonical text of the catalog, and the machines of all segments."""

    catalog: str
    machines: tuple[Machine, ...]

    @property
    def catalog_digest(self) -> str:
        """The name of the catalog's version."""
        return sha256(self.catalog.encode()).hexdigest()

    @property
    def digests(self) -> dict[str, str]:
        """The digest of each segment's machine."""
        return {machine.segment: machine.digest for machine in self.machines}


@dataclass(frozen=True, slots=True)
class Authority:
    """Who brings an edition into force, when, why, after which plan, and for which accounts."""

    by: str
    at: datetime
    reason: str | None = None
    plan: str | None = None
    roll_out: str = NEW_ACCOUNTS


def publish(world: World, actor: Actor, files: Mapping[str, bytes]) -> Published | NotPublished:
    """
    Publish definitions, given by their names relative to the folder, without a plan.

    Accounts keep the version that they have; new accounts get the new one. Publishing
    the same text again changes nothing. A segment that has no file any more takes no
    new accounts.

    Raises:
        Forbidden: the actor may not publish.
    """
    require(actor, Capability.PUBLISH)
    compiled = compile_configuration(files)
    if compiled.configuration is None:
        return NotPublished(compiled.diagnostics)
    edition = edition_of(compiled.configuration)
    with world.database.writing() as connection:
        changed = bring_into_force(connection, edition, Authority(actor.name, world.clock()))
    return Published(edition.digests, changed, compiled.diagnostics)


def edition_of(configuration: Configuration) -> Edition:
    """The edition that a configuration makes."""
    written = catalog_document(configuration.catalog, configuration.derivations)
    text = orjson.dumps(written, option=orjson.OPT_SORT_KEYS).decode()
    return Edition(text, tuple(configuration.machines.values()))


def bring_into_force(connection: Connection, edition: Edition, authority: Authority) -> tuple[str, ...]:
    """
    Make an edition the current one, keep a record of it, and give the segments whose version is new.

    Nothing is kept when the edition is in force already.
    """
    if is_in_force(connection, edition):
        return ()
    authority = _in_order(connection, authority)
    before = {segment.segment: segment.machine for segment in load_segments(connection)}
    publish_catalog(connection, CatalogVersion(edition.catalog_digest, edition.catalog, authority.at, authority.by))
    changed = tuple(each.segment for each in edition.machines if _store_machine(connection, each, authority))
    for segment in before.keys() - edition.digests.keys():
        retire_segment(connection, segment)
    assign_slots(connection, {field for machine in edition.machines for field in fields_of(machine)})
    keep_record(connection, edition, authority)
    return changed


def _in_order(connection: Connection, authority: Authority) -> Authority:
    """The same, but a millisecond after the newest publication if that came as late: the newest one counts."""
    newest = load_publications(connection, 1)
    at = max([authority.at, *(made.published_at + timedelta(milliseconds=1) for made in newest)])
    return replace(authority, at=at)


def is_in_force(connection: Connection, edition: Edition) -> bool:
    """Whether these are the definitions in use."""
    in_use = {segment.segment: segment.machine for segment in load_segments(connection)}
    return in_use == edition.digests and _has_catalog(connection, edition)


def keep_record(connection: Connection, edition: Edition, authority: Authority) -> Publication:
    """Keep who published what, and give the record."""
    authority = _in_order(connection, authority)
    made = Publication(
        id=new_id(to_ms(authority.at)),
        plan=authority.plan,
        published_at=authority.at,
        published_by=authority.by,
        reason=authority.reason,
        roll_out=authority.roll_out,
        machines=edition.digests,
        catalog=edition.catalog_digest,
    )
    record_publication(connection, made)
    return made


def _has_catalog(connection: Connection, edition: Edition) -> bool:
    latest = latest_catalog(connection)
    return latest is not None and latest.digest == edition.catalog_digest


def _store_machine(connection: Connection, machine: Machine, authority: Authority) -> bool:
    text = canonical(machine).decode()
    version = MachineVersion(machine.digest, machine.segment, text, authority.at, authority.by)
    return publish_machine(connection, version, machine.assignment.rank)
