"""An admin takes the published definitions, and asks what is wrong with a draft of them; nothing is stored."""

from collections.abc import Mapping
from dataclasses import dataclass

from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.definition.diagnostics import Diagnostic
from lifecycle_fsm.definition.render_catalog import catalog_document
from lifecycle_fsm.definition.yaml_text import as_yaml
from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.services.rules import definition_text
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.machines import load_segments


@dataclass(frozen=True, slots=True)
class Checked:
    """
    What was found in a draft.

    `segments` are in the order in which they take accounts; empty when a diagnostic is an error.
    """

    diagnostics: tuple[Diagnostic, ...]
    segments: tuple[str, ...]
    is_valid: bool


def check_configuration(_: World, actor: Actor, files: Mapping[str, bytes]) -> Checked:
    """
    Check definitions, given by their names relative to the folder.

    Raises:
        Forbidden: the actor may not read.
    """
    require(actor, Capability.READ)
    compiled = compile_configuration(files)
    found = compiled.configuration
    return Checked(compiled.diagnostics, () if found is None else tuple(found.machines), found is not None)


def published_files(world: World, actor: Actor) -> dict[str, str]:
    """
    The definitions in use as a folder of canonical YAML: text by name, the catalog first, then segments by rank.

    Empty before anything was published. A plan on these files changes nothing.

    Raises:
        Forbidden: the actor may not read.
    """
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        segments = load_segments(connection)
        if not segments:
            return {}
        machines = world.shelf.machines(connection, [each.machine for each in segments])
        known = world.shelf.vocabulary(connection)
        catalog = as_yaml(catalog_document(known.catalog, known.derivations))
    texts = {f"segments/{each.segment}.yaml": definition_text(machines[each.machine]) for each in segments}
    return {"catalog.yaml": catalog, **texts}
