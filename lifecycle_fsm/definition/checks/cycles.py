"""CTAs that change the very score they are opened for."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lifecycle_fsm.definition.checks.closing import chooses
from lifecycle_fsm.definition.checks.conditions import path_of
from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic, Related, Severity
from lifecycle_fsm.domain.cta import CtaTemplate
from lifecycle_fsm.domain.cta_selector import CtaSelector
from lifecycle_fsm.domain.effects import Effect, EscalateCta, OpenCta
from lifecycle_fsm.domain.fields import derived_field
from lifecycle_fsm.engine.machine import AUTO, Alert, Machine
from lifecycle_fsm.guards.model import Guard, SubjectKind, leaves


@dataclass(frozen=True, slots=True)
class _Opener:
    """A condition that data judges, where it stands, and the templates of the CTAs that it opens."""

    name: str
    path: str
    when: Guard
    stages: tuple[str, ...]
    templates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Link:
    """One way from an opener to another: the CTA opened changes a measure that the next one reads."""

    template: str
    measure: str
    by_score: bool
    to: _Opener


_Chain = tuple[_Link, ...]


def cta_score_cycles(draft: Draft) -> Iterator[Diagnostic]:
    """Chains in which a condition on a score opens a CTA that changes this score, directly or by way of others."""
    openers = tuple(_openers(draft.machine))
    links = {opener.name: tuple(_links(draft.machine, opener, openers)) for opener in openers}
    reported: set[frozenset[str]] = set()
    for opener in openers:
        chain = _way_back(opener, links)
        members = frozenset(link.to.name for link in chain)
        if chain and members not in reported:
            reported.add(members)
            yield _diagnostic(draft, opener, chain)


def _openers(machine: Machine) -> Iterator[_Opener]:
    for alert in machine.alerts:
        stages = alert.stages or tuple(key for key, stage in machine.stages.items() if not stage.final)
        yield _Opener(
            f"the alert {alert.key!r}", f"alerts.{alert.key}.when", alert.when, stages, _opened(alert.effects)
        )
        yield from _of_levels(alert, stages)
    for transition in machine.transitions:
        if AUTO in transition.triggers:
            source, target = machine.stages[transition.source], machine.stages[transition.target]
            effects = (*source.on_exit, *transition.effects, *target.on_enter)
            name = f"the transition {transition.key!r} out of {transition.source!r}"
            path = f"{path_of(transition)}.when"
            yield _Opener(name, path, transition.guard(AUTO), (transition.source,), _opened(effects))


def _of_levels(alert: Alert, stages: tuple[str, ...]) -> Iterator[_Opener]:
    """The levels that data brings: each asks for the CTAs of its alert again."""
    for level in alert.levels:
        if level.when is not None:
            name = f"the level {level.severity.value!r} of the alert {alert.key!r}"
            path = f"alerts.{alert.key}.levels.{level.severity.value}"
            yield _Opener(name, path, level.when, stages, _opened(alert.effects))


def _opened(effects: tuple[Effect, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.template for each in effects if isinstance(each, OpenCta | EscalateCta)))


def _links(machine: Machine, opener: _Opener, openers: tuple[_Opener, ...]) -> Iterator[_Link]:
    for key in opener.templates:
        for measure in _changed_by(machine, machine.catalog.templates[key]):
            for other in openers:
                reads, by_score = _reads(machine, other, measure)
                if reads:
                    yield _Link(key, measure, by_score, other)


def _changed_by(machine: Machine, template: CtaTemplate) -> Iterator[str]:
    """The derived measures that count an open CTA of the template."""
    for measure, derivation in machine.derivations.items():
        counted = (leaf for case in derivation.cases for leaf in leaves(case.when))
        choices = (
            CtaSelector.from_key(leaf.subject.written[0][1])
            for leaf in counted
            if leaf.subject.kind is SubjectKind.CTAS
        )
        if any(choice.status != "closed" and chooses(choice, template) for choice in choices):
            yield measure


def _reads(machine: Machine, opener: _Opener, measure: str) -> tuple[bool, bool]:
    """Whether the opener's condition reads the measure, and whether only by way of the score."""
    key = derived_field(measure).key
    read = [leaf.subject for leaf in leaves(opener.when)]
    if any(subject.field.key == key or subject.field.key.startswith(f"{key}.change.") for subject in read):
        return True, False
    counts = any(each.key == measure for stage in opener.stages for each in machine.scorecard.for_stage(stage))
    return counts and any(subject.kind is SubjectKind.HEALTH for subject in read), True


def _way_back(start: _Opener, links: Mapping[str, tuple[_Link, ...]]) -> _Chain:
    """The shortest chain from an opener to itself, empty when there is none."""
    waiting: deque[_Chain] = deque((link,) for link in links[start.name])
    seen: set[str] = set()
    while waiting:
        chain = waiting.popleft()
        last = chain[-1].to
        if last.name == start.name:
            return chain
        if last.name not in seen:
            seen.add(last.name)
            waiting.extend((*chain, link) for link in links[last.name])
    return ()


def _diagnostic(draft: Draft, start: _Opener, chain: _Chain) -> Diagnostic:
    said = [f"{start.name} opens the CTA {chain[0].template!r}"]
    for link, after in zip(chain, (*chain[1:], None), strict=True):
        score = ", which counts in the health score" if link.by_score else ""
        said.append(f"that changes the measure {link.measure!r}{score}, which {link.to.name} reads")
        if after is not None:
            said.append(f"{link.to.name} opens the CTA {after.template!r}")
    message = f"a CTA changes the score that it is opened for: {'; '.join(said)}"
    related = tuple(Related("a link of the chain", draft.positions.span(link.to.path)) for link in chain[:-1])
    return Diagnostic(Code.CTA_SCORE_CYCLE, Severity.WARNING, message, draft.positions.span(start.path), related)
