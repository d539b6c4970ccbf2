"""The rules of a machine as people read them: as text, as drawings, part by part, and in words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from lifecycle_fsm.definition.export.dot import dot
from lifecycle_fsm.definition.export.mermaid import mermaid
from lifecycle_fsm.definition.export.scxml import scxml
from lifecycle_fsm.definition.export.summaries import summary
from lifecycle_fsm.definition.export.xstate import xstate
from lifecycle_fsm.definition.render_catalog import catalog_document
from lifecycle_fsm.definition.render_guard import guard_document
from lifecycle_fsm.definition.render_segment import segment_document
from lifecycle_fsm.definition.selectors import describe
from lifecycle_fsm.definition.yaml_text import as_yaml
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.effects import CloseCtas, Effect, EscalateCta, Notify, OpenCta, OpenPlan, ReachMilestone
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.guards.model import ALWAYS, All, AnyOf, AtLeastOf, Guard, Held, Leaf, Not
from lifecycle_fsm.guards.verdict import Join

_KEPT = 64
"""Of so many machines the texts are kept, since a version never changes."""


class ExportFormat(StrEnum):
    """The languages of other tools that a machine can be written in."""

    MERMAID = "mermaid"
    DOT = "dot"
    SCXML = "scxml"
    XSTATE = "xstate"


class EffectWord(StrEnum):
    """What an effect of the rules does, in the words of a definition."""

    OPEN_CTA = "open_cta"
    ESCALATE_CTA = "escalate_cta"
    CLOSE_CTAS = "close_ctas"
    REACH = "reach"
    NOTIFY = "notify"
    OPEN_PLAN = "open_plan"


@dataclass(frozen=True, slots=True)
class GuardPart:
    """
    One part of a condition: a join of the parts whose paths begin with its own, or a leaf.

    `needed` is how many parts an `at_least_of` asks for, `held_ms` how long the leaf of
    a `held` must have been true.
    """

    path: str
    join: Join | None = None
    leaf: Leaf | None = None
    needed: int | None = None
    held_ms: int | None = None


@lru_cache(maxsize=_KEPT)
def definition_text(machine: Machine) -> str:
    """The segment's canonical YAML; what shorthands stood for is written out."""
    return as_yaml(segment_document(machine))


@lru_cache(maxsize=_KEPT)
def catalog_text(machine: Machine) -> str:
    """The part of the catalog that the rules use, as canonical YAML."""
    return as_yaml(catalog_document(machine.catalog, machine.derivations))


@lru_cache(maxsize=_KEPT * len(ExportFormat))
def exported(machine: Machine, form: ExportFormat) -> str:
    """The machine in the language of another tool."""
    match form:
        case ExportFormat.MERMAID:
            return mermaid(machine)
        case ExportFormat.DOT:
            return dot(machine)
        case ExportFormat.SCXML:
            return scxml(machine)
        case ExportFormat.XSTATE:
            return xstate(machine)


def condition_in_words(guard: Guard) -> str:
    """The condition on one line: `health score at least 60 and Kickoff reached`; empty for none."""
    return summary(guard)


def condition_text(guard: Guard) -> str:
    """The condition as a definition writes it, in YAML; empty for none."""
    return "" if guard == ALWAYS else as_yaml(guard_document(guard))


def parts_of(guard: Guard) -> Iterator[GuardPart]:
    """Every part, each before those below it, with the paths that verdicts use."""
    yield from _parts(guard, ())


def _parts(guard: Guard, path: tuple[str, ...]) -> Iterator[GuardPart]:
    place = ".".join(path)
    match guard:
        case Leaf():
            yield GuardPart(place, leaf=guard)
        case Held():
            yield GuardPart(place, Join.HELD, held_ms=guard.for_ms)
            yield from _parts(guard.leaf, (*path, "held"))
        case Not():
            yield GuardPart(place, Join.NOT)
            yield from _parts(guard.part, (*path, "not"))
        case All() | AnyOf() | AtLeastOf():
            yield from _joined(guard, path)


def _joined(guard: All | AnyOf | AtLeastOf, path: tuple[str, ...]) -> Iterator[GuardPart]:
    join = {All: Join.ALL, AnyOf: Join.ANY, AtLeastOf: Join.AT_LEAST_OF}[type(guard)]
    needed = guard.count if isinstance(guard, AtLeastOf) else None
    yield GuardPart(".".join(path), join, needed=needed)
    for number, part in enumerate(guard.parts):
        yield from _parts(part, (*path, join, str(number)))


def word_of(effect: Effect) -> EffectWord:
    """What the effect does."""
    match effect:
        case OpenCta():
            return EffectWord.OPEN_CTA
        case EscalateCta():
            return EffectWord.ESCALATE_CTA
        case CloseCtas():
            return EffectWord.CLOSE_CTAS
        case ReachMilestone():
            return EffectWord.REACH
        case Notify():
            return EffectWord.NOTIFY
        case OpenPlan():
            return EffectWord.OPEN_PLAN


def effect_in_words(effect: Effect, catalog: Catalog) -> str:
    """The effect as a clause: `open the CTA Hold the kickoff with high priority`."""
    match effect:
        case OpenCta(template, priority):
            urgency = "" if priority is None else f" with {priority} priority"
            return f"open the CTA {_titled(template, catalog)}{urgency}"
        case EscalateCta(template, priority):
            return f"raise the CTA {_titled(template, catalog)} to {priority} priority, or open it"
        case CloseCtas(selector, outcome):
            return f"close {describe(replace(selector, status='open'))} as {outcome}"
        case ReachMilestone(milestone):
            known = catalog.milestones.get(milestone)
            return f"reach the milestone {milestone if known is None else known.title}"
        case Notify(channel, message):
            return f"tell {channel}: {message}"
        case OpenPlan(plan):
            kind = catalog.plans.get(plan)
            return f"open the success plan {plan if kind is None else kind.title}"


def _titled(template: str, catalog: Catalog) -> str:
    known = catalog.templates.get(template)
    return template if known is None else known.title
