"""CTAs that a machine opens and then leaves to people for ever."""

from collections.abc import Iterator

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic, Severity
from lifecycle_fsm.domain.cta import CtaTemplate
from lifecycle_fsm.domain.cta_selector import CtaSelector
from lifecycle_fsm.domain.effects import CloseCtas, Effect, EscalateCta, OpenCta
from lifecycle_fsm.engine.machine import Machine, Stage
from lifecycle_fsm.guards.model import SubjectKind, leaves


def never_closed(draft: Draft) -> Iterator[Diagnostic]:
    """CTAs that no effect and no alert closes, and whose closing no condition waits for."""
    machine = draft.machine
    selectors = tuple(_selectors(machine))
    closed_by_alert = {effect.template for alert in machine.alerts if alert.closes for effect in alert.effects}
    closed_by_alert |= {rule.template for rule in machine.cta_rules if rule.close_when is not None}
    reported: set[str] = set()
    for path, effect in placed_effects(machine):
        if not isinstance(effect, (OpenCta, EscalateCta)) or effect.template in closed_by_alert | reported:
            continue
        template = machine.catalog.templates[effect.template]
        if not any(chooses(selector, template) for selector in selectors):
            reported.add(template.key)
            message = (
                f"nothing closes the CTA {template.key!r} when the account moves on, and no condition waits for it; "
                "add a `close_ctas` where it stops to matter"
            )
            yield Diagnostic(Code.NEVER_CLOSED, Severity.NOTE, message, draft.positions.span(path))


def placed_effects(machine: Machine) -> Iterator[tuple[str, Effect]]:
    """Every effect, with the path of the list that it stands in."""
    for stage in machine.stages.values():
        yield from _of_stage(stage)
    for transition in machine.transitions:
        path = f"stages.{transition.source}.transitions.{transition.key}.do"
        yield from ((path, effect) for effect in transition.effects)
    for alert in machine.alerts:
        yield from ((f"alerts.{alert.key}.open_cta", effect) for effect in alert.effects)


def _of_stage(stage: Stage) -> Iterator[tuple[str, Effect]]:
    lists = {
        "on_enter": stage.on_enter,
        "on_exit": stage.on_exit,
        "on_behind": stage.on_behind,
        "on_stuck": stage.on_stuck,
    }
    for expected in stage.milestones:
        yield from ((f"stages.{stage.key}.milestones", effect) for effect in expected.on_missed)
    for name, effects in lists.items():
        yield from ((f"stages.{stage.key}.{name}", effect) for effect in effects)


def _selectors(machine: Machine) -> Iterator[CtaSelector]:
    """What is closed by effects, and what guards wait to be closed."""
    for _, effect in placed_effects(machine):
        if isinstance(effect, CloseCtas):
            yield effect.selector
    for guard in machine.guards():
        for leaf in leaves(guard):
            if leaf.subject.kind is SubjectKind.CTAS:
                yield CtaSelector.from_key(leaf.subject.written[0][1])


def chooses(selector: CtaSelector, template: CtaTemplate) -> bool:
    """Whether the selector may choose CTAs of the template."""
    return selector.may_choose(template.type, template.reason, template.key)
