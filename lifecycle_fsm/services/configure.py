"""An admin asks what is wrong with a draft of definitions; nothing is stored."""

from collections.abc import Mapping
from dataclasses import dataclass

from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.definition.diagnostics import Diagnostic
from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.services.world import World


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
