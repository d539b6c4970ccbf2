"""Which CTA templates, playbooks and milestones of the current machines are used, and which never."""

from dataclasses import dataclass
from enum import StrEnum

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.reports.behind import asked_of
from lifecycle_fsm.services.reports.counting import counting
from lifecycle_fsm.services.reports.visits import machines_of
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.reports.used import count_achieved, count_opened


class RecipePart(StrEnum):
    """What of a recipe may be used or not."""

    CTA_TEMPLATE = "cta_template"
    PLAYBOOK = "playbook"
    MILESTONE = "milestone"


@dataclass(frozen=True, slots=True)
class PartUsed:
    """How often a part of what a segment's current machine names was used in the period; 0 never was."""

    segment: str
    part: RecipePart
    key: str
    title: str
    used: int


def recipe_coverage(world: World, actor: Actor, scope: ReportScope) -> tuple[PartUsed, ...]:
    """
    How often accounts of each segment got CTAs of its templates and playbooks, and reached its milestones.

    Raises:
        InvalidInput: the period is empty.
    """
    require(actor, Capability.READ)
    with counting(world) as connection:
        asked = asked_of(connection, actor, scope, {})
        templates, playbooks = count_opened(connection, asked)
        milestones = count_achieved(connection, asked)
        machines = machines_of(world, connection, scope)
    return tuple(
        PartUsed(machine.segment, part, each.key, each.title, used.get((machine.segment, each.key), 0))
        for machine in machines
        for part, named, used in (
            (RecipePart.CTA_TEMPLATE, machine.catalog.templates, templates),
            (RecipePart.PLAYBOOK, machine.catalog.playbooks, playbooks),
            (RecipePart.MILESTONE, machine.catalog.milestones, milestones),
        )
        for each in named.values()
    )
