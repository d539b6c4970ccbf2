"""The part of the vocabulary that one segment's rules use."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.cta_selector import CtaSelector
from lifecycle_fsm.domain.effects import CloseCtas, Effect, EscalateCta, Notify, OpenCta, OpenPlan, ReachMilestone
from lifecycle_fsm.engine.machine import Derivation, Machine
from lifecycle_fsm.guards.model import Leaf, SubjectKind, leaves

T = TypeVar("T")

Use = tuple[str, str]
"""A section of the catalog and a key in it."""


def used_catalog(machine: Machine, catalog: Catalog) -> Catalog:
    """The entries that a machine refers to, in the order of the catalog."""
    uses = set(_uses(machine))
    plans = _kept(catalog.plans, "plans", uses)
    uses |= {("templates", objective.template) for kind in plans.values() for objective in kind.objectives}
    templates = _kept(catalog.templates, "templates", uses)
    uses |= {("facts", fact) for template in templates.values() for fact in template.asked_facts}
    uses |= {("reasons", template.reason) for template in templates.values()}
    uses |= {("playbooks", template.playbook) for template in templates.values() if template.playbook is not None}
    return Catalog(
        measures=_kept(catalog.measures, "measures", uses),
        facts=_kept(catalog.facts, "facts", uses),
        milestones=_kept(catalog.milestones, "milestones", uses),
        reasons=_kept(catalog.reasons, "reasons", uses),
        playbooks=_kept(catalog.playbooks, "playbooks", uses),
        templates=templates,
        plans=plans,
        calendars=_kept(catalog.calendars, "calendars", uses),
    )


def used_derivations(machine: Machine, derivations: Mapping[str, Derivation]) -> Mapping[str, Derivation]:
    """What the derived measures that a machine reads or scores follow from."""
    read = {name for section, name in _uses(machine) if section == "measures"}
    return {key: derivation for key, derivation in derivations.items() if key in read}


def _kept(entries: Mapping[str, T], section: str, uses: set[Use]) -> Mapping[str, T]:
    return {key: entry for key, entry in entries.items() if (section, key) in uses}


def _uses(machine: Machine) -> Iterator[Use]:
    if machine.calendar is not None:
        yield "calendars", machine.calendar
    if machine.time_zone is not None and machine.time_zone.fact is not None:
        yield "facts", machine.time_zone.fact
    yield from (("measures", measure.key) for measure in machine.scorecard.everywhere())
    for stage in machine.stages.values():
        for expected in stage.milestones:
            yield "milestones", expected.milestone
            yield from () if expected.of is None else (("facts", expected.of),)
            yield from _of_effects(expected.on_missed)
        yield from _of_effects((*stage.on_enter, *stage.on_exit, *stage.on_behind, *stage.on_stuck))
    yield from (("milestones", achievement.milestone) for achievement in machine.achievements)
    for transition in machine.transitions:
        yield from _of_effects(transition.effects)
    for alert in machine.alerts:
        yield from _of_effects(alert.effects)
    yield from (("templates", rule.template) for rule in machine.cta_rules)
    guards = [*machine.guards(), *([machine.assignment.when] if machine.assignment.when is not None else [])]
    for guard in guards:
        yield from (use for leaf in leaves(guard) for use in _of_leaf(leaf))


def _of_effects(effects: Iterable[Effect]) -> Iterator[Use]:
    for effect in effects:
        match effect:
            case OpenCta() | EscalateCta():
                yield "templates", effect.template
            case ReachMilestone():
                yield "milestones", effect.milestone
            case CloseCtas():
                yield from _of_selector(effect.selector)
            case OpenPlan():
                yield "plans", effect.plan
            case Notify():
                pass


_SECTIONS = {
    SubjectKind.MEASURE: ("measures",),
    SubjectKind.FACT: ("facts",),
    SubjectKind.MILESTONE: ("milestones",),
    SubjectKind.PLAN: ("plans",),
    SubjectKind.PLAN_PROGRESS: ("plans",),
    SubjectKind.DAYS_UNTIL: ("facts", "milestones"),
    SubjectKind.DAYS_SINCE: ("facts", "milestones"),
}


def _of_leaf(leaf: Leaf) -> Iterator[Use]:
    name = leaf.subject.written[0][1]
    if leaf.subject.kind is SubjectKind.CTAS:
        yield from _of_selector(CtaSelector.from_key(name))
    yield from ((section, name) for section in _SECTIONS.get(leaf.subject.kind, ()))


def _of_selector(selector: CtaSelector) -> Iterator[Use]:
    yield from (("reasons", reason) for reason in selector.reasons)
    yield from (("templates", template) for template in selector.templates)
