"""How far a success plan has come, from its objectives."""

from collections.abc import Iterable, Mapping, Sequence

from lifecycle_fsm.domain.cta import Cta, CtaOutcome
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.plan import PlanStatus, SuccessPlan

DONE = 100.0
COMPLETED_PLAN = "completion.plan"
"""Among the inputs of a completion: the key of the plan."""
OBJECTIVE = "completion.objective."
"""Before the cause key of each objective, among the inputs of a completion."""
REQUIRED, OPEN = "required", "open"
"""The words of a standing such as `required:success` or `optional:open`."""


def progress_of(plan: SuccessPlan, objectives: Sequence[Cta]) -> float:
    """The share of objectives closed with success, in percent; without objectives 0 until the plan is completed."""
    if plan.status is PlanStatus.COMPLETED:
        return DONE
    return DONE * sum(_is_met(cta) for cta in objectives) / len(objectives) if objectives else 0.0


def is_fulfilled(objectives: Sequence[Cta]) -> bool:
    """Whether there are required objectives and all of them are closed with success."""
    return all_met((cta.required, _is_met(cta)) for cta in objectives)


def all_met(objectives: Iterable[tuple[bool, bool]]) -> bool:
    """The same, of pairs that say whether an objective is required, and whether it is closed with success."""
    met = [is_met for required, is_met in objectives if required]
    return bool(met) and all(met)


def standing_of(plan: SuccessPlan, objectives: Sequence[Cta]) -> Mapping[str, Value]:
    """What a completion is decided on, as its row keeps it: the plan, and how each of its objectives stands."""
    stand = {f"{OBJECTIVE}{cta.cause_key}": _standing(cta) for cta in objectives}
    return {COMPLETED_PLAN: plan.key, **stand}


def _standing(cta: Cta) -> str:
    return f"{REQUIRED if cta.required else 'optional'}:{OPEN if cta.outcome is None else cta.outcome.value}"


def _is_met(cta: Cta) -> bool:
    return cta.outcome is CtaOutcome.SUCCESS
