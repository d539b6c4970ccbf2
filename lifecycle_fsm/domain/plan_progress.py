"""How far a success plan has come, from its objectives."""

from collections.abc import Sequence

from lifecycle_fsm.domain.cta import Cta, CtaOutcome
from lifecycle_fsm.domain.plan import PlanStatus, SuccessPlan

DONE = 100.0


def progress_of(plan: SuccessPlan, objectives: Sequence[Cta]) -> float:
    """The share of objectives closed with success, in percent; without objectives 0 until the plan is completed."""
    if plan.status is PlanStatus.COMPLETED:
        return DONE
    return DONE * sum(_is_met(cta) for cta in objectives) / len(objectives) if objectives else 0.0


def is_fulfilled(objectives: Sequence[Cta]) -> bool:
    """Whether there are required objectives and all of them are closed with success."""
    required = [cta for cta in objectives if cta.required]
    return bool(required) and all(_is_met(cta) for cta in required)


def _is_met(cta: Cta) -> bool:
    return cta.outcome is CtaOutcome.SUCCESS
