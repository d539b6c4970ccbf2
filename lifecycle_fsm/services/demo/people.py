"""What made-up customer success managers do on a day: they close CTAs, date milestones, finish plans."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from lifecycle_fsm.domain.cta import Cta, CtaOutcome, CtaType
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.plan import PlanStatus, SuccessPlan
from lifecycle_fsm.engine.asked import date_milestone, end_cta, set_plans
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.services.demo.population import Character
from lifecycle_fsm.services.demo.signals import setup_on, usage_on

_PLAN = "onboarding"
_SPREAD = 11


def deeds_of(character: Character, lifecycle: Lifecycle, day: int, as_of: datetime) -> Iterator[Step]:
    """The steps that people take on an account, so many days after its contract's start, in order."""
    for step in _wanted(character, lifecycle, day, as_of):
        lifecycle = step.lifecycle
        yield step


def _wanted(character: Character, lifecycle: Lifecycle, day: int, as_of: datetime) -> Iterator[Step]:
    for milestone, on in (("first_login", character.fate.login_day), ("first_value", character.fate.value_day)):
        if day >= on and milestone not in lifecycle.milestones and lifecycle.stage != "churned":
            step = date_milestone(lifecycle, milestone, as_of, as_of)
            lifecycle = step.lifecycle
            yield step
    if character.is_touched:
        for step in _plan_steps(character, lifecycle, day, as_of):
            lifecycle = step.lifecycle
            yield step
    for cta in lifecycle.ctas:
        if cta.is_open and as_of >= _worked_until(character, cta) and _is_workable(character, cta, day):
            step = end_cta(lifecycle, cta, _outcome(character, cta, day), as_of)
            lifecycle = step.lifecycle
            yield step


def _plan_steps(character: Character, lifecycle: Lifecycle, day: int, as_of: datetime) -> Iterator[Step]:
    if lifecycle.stage != "onboarding":
        return
    plan = next((each for each in lifecycle.plans if each.type == _PLAN), None)
    if plan is None:
        yield set_plans(lifecycle, _PLAN, (_new_plan(lifecycle, as_of),), as_of)
    elif plan.status is PlanStatus.ACTIVE and day > character.fate.set_up_days + 2:
        yield set_plans(lifecycle, _PLAN, (replace(plan, status=PlanStatus.COMPLETED, closed_at=as_of),), as_of)


def _new_plan(lifecycle: Lifecycle, as_of: datetime) -> SuccessPlan:
    plan_id: UUID = uuid5(lifecycle.account_id, _PLAN)
    return SuccessPlan(plan_id, _PLAN, "Onboarding plan", PlanStatus.ACTIVE, as_of, as_of + timedelta(days=45))


def _worked_until(character: Character, cta: Cta) -> datetime:
    """When the owner gets the CTA done: some before it is due, some after."""
    length = max(1, (cta.due_at - cta.opened_at).days)
    late = (character.number * 7 + cta.opened_at.toordinal()) % _SPREAD - 6
    return cta.opened_at + timedelta(days=max(2, length + late))


def _is_workable(character: Character, cta: Cta, day: int) -> bool:
    if cta.reason == "renewal":
        return False
    if cta.reason == "onboarding":
        return setup_on(character, day) >= 80
    return cta.type is not CtaType.RISK or (character.number + cta.opened_at.toordinal()) % 3 != 0


def _outcome(character: Character, cta: Cta, day: int) -> CtaOutcome:
    hopeless = cta.type is CtaType.RISK and usage_on(character, day) < 0.2
    return CtaOutcome.FAILED if hopeless else CtaOutcome.SUCCESS
