"""What of an account's closed CTAs its rules can see."""

from collections.abc import Iterator

from lifecycle_fsm.domain.cta_selector import CtaSelector
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.plan import PlanStatus
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.opening import Opening, identity_of


def counts_closed(machine: Machine) -> bool:
    """Whether a guard or a derived measure of the machine counts closed CTAs."""
    return bool(_of_closed(machine))


def oldest_asked_ms(machine: Machine) -> int | None:
    """The greatest age, in milliseconds, at which closed CTAs begin or cease to count; None where no age is asked."""
    ages = (age for each in _of_closed(machine) for age in (each.younger_than_ms, each.older_than_ms))
    return max((age for age in ages if age is not None), default=None)


def _of_closed(machine: Machine) -> tuple[CtaSelector, ...]:
    return tuple(selector for selector in machine.cta_selectors if selector.status != "open")


def resting_places(machine: Machine, lifecycle: Lifecycle, facts: Facts) -> Iterator[str]:
    """The places of which the CTA that was last closed counts: of templates that rest, and of those that recur."""
    recurring = {rule.template for rule in machine.cta_rules if rule.recur is not None}
    opening = Opening(lifecycle, machine.catalog, facts, lifecycle.entered_at)
    for template in machine.catalog.templates.values():
        if template.cool_down_ms or template.key in recurring:
            yield identity_of(opening, template)


def plans_in_sight(lifecycle: Lifecycle) -> tuple[str, ...]:
    """The keys of the plans whose objectives count: the newest of each type, and those that are active."""
    newest = {plan.type: plan.key for plan in lifecycle.plans}
    active = (plan.key for plan in lifecycle.plans if plan.status is PlanStatus.ACTIVE)
    return tuple({**dict.fromkeys(newest.values()), **dict.fromkeys(active)})
