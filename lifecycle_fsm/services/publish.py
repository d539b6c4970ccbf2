"""An admin publishes a folder of definitions: all of it, or nothing when one line is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import orjson

from lifecycle_fsm.definition.configuration import Configuration, compile_configuration
from lifecycle_fsm.definition.diagnostics import Diagnostic
from lifecycle_fsm.definition.render import canonical
from lifecycle_fsm.definition.render_catalog import catalog_document
from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.services.needs import fields_of
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import assign_slots
from lifecycle_fsm.store.machines import CatalogVersion, MachineVersion, publish_catalog, publish_machine


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


def publish(world: World, actor: Actor, files: Mapping[str, bytes]) -> Published | NotPublished:
    """
    Publish definitions, given by their names relative to the folder.

    Accounts keep the version that they have; new accounts get the new one. Publishing
    the same text again changes nothing.

    Raises:
        Forbidden: the actor may not publish.
    """
    require(actor, Capability.PUBLISH)
    compiled = compile_configuration(files)
    if compiled.configuration is None:
        return NotPublished(compiled.diagnostics)
    with world.database.writing() as connection:
        changed = _store(connection, compiled.configuration, actor, world.clock())
    digests = {segment: machine.digest for segment, machine in compiled.configuration.machines.items()}
    return Published(digests, changed, compiled.diagnostics)


def _store(connection: Connection, configuration: Configuration, actor: Actor, at: datetime) -> tuple[str, ...]:
    publish_catalog(connection, _catalog_version(configuration.catalog, actor, at))
    machines = configuration.machines.values()
    changed = tuple(machine.segment for machine in machines if _store_machine(connection, machine, actor, at))
    assign_slots(connection, {field for machine in machines for field in fields_of(machine)})
    return changed


def _store_machine(connection: Connection, machine: Machine, actor: Actor, at: datetime) -> bool:
    text = canonical(machine).decode()
    version = MachineVersion(machine.digest, machine.segment, text, at, actor.name)
    return publish_machine(connection, version, machine.assignment.rank)


def _catalog_version(catalog: Catalog, actor: Actor, at: datetime) -> CatalogVersion:
    text = orjson.dumps(catalog_document(catalog), option=orjson.OPT_SORT_KEYS)
    return CatalogVersion(sha256(text).hexdigest(), text.decode(), at, actor.name)
