"""What becomes of success plans: opened with their objectives, activated, ended, completed by themselves."""

from dataclasses import replace
from datetime import datetime

from lifecycle_fsm.domain.cta import CloseSource, Cta, CtaOutcome
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.plan import Completion, Objective, PlanStatus, PlanType, SuccessPlan
from lifecycle_fsm.engine.ended import ended
from lifecycle_fsm.engine.opening import Opening, days_after, new_cta, placed
from lifecycle_fsm.engine.outcomes import CtaClosed, CtaOpened, Done, PlanKept, PlanMoved, PlanOpened


def open_plan(
    opening: Opening, kind: PlanType, index: int, status: PlanStatus = PlanStatus.ACTIVE
) -> tuple[Lifecycle, tuple[Done, ...]]:
    """Open a plan of a type, with its objectives if it is active at once; one that is open already is kept."""
    lifecycle = opening.lifecycle
    known = lifecycle.plan_in_work(kind.key)
    if known is not None:
        return lifecycle, (PlanKept(kind.key, known.key),)
    plan = SuccessPlan(
        id=None,
        type=kind.key,
        title=kind.title,
        status=PlanStatus.DRAFT,
        opened_at=opening.as_of,
        key=f"{lifecycle.revision}.{index}",
        completes_itself=kind.completes is Completion.WITH_OBJECTIVES,
        owner=lifecycle.csm,
    )
    drafted = replace(lifecycle, plans=(*lifecycle.plans, plan))
    if status is PlanStatus.DRAFT:
        return drafted, (PlanOpened(plan),)
    active, objectives = activate(replace(opening, lifecycle=drafted), plan, kind, index + 1)
    begun = next(each for each in active.plans if each.key == plan.key)
    return active, (PlanOpened(begun), *objectives)


def activate(
    opening: Opening, plan: SuccessPlan, kind: PlanType, index: int
) -> tuple[Lifecycle, tuple[CtaOpened, ...]]:
    """Make a draft active: its dates count from now, and its objectives are opened."""
    due_at = None if kind.due_in is None else days_after(opening, opening.as_of, kind.due_in)
    active = replace(plan, status=PlanStatus.ACTIVE, activated_at=opening.as_of, due_at=plan.due_at or due_at)
    opened = tuple(
        _objective(opening, plan, objective, index + place) for place, objective in enumerate(kind.objectives)
    )
    lifecycle = opening.lifecycle.with_plan(active)
    lifecycle = replace(lifecycle, ctas=(*lifecycle.ctas, *opened))
    return lifecycle, tuple(CtaOpened(cta) for cta in opened)


def _objective(opening: Opening, plan: SuccessPlan, objective: Objective, index: int) -> Cta:
    template = opening.catalog.templates[objective.template]
    cta = new_cta(opening, template, template.priority, index)
    due_at = cta.due_at if objective.due_in is None else days_after(opening, opening.as_of, objective.due_in)
    return replace(
        cta,
        identity=placed(f"plan:{plan.key}/{template.key}", cta.subject),
        due_at=due_at,
        first_due_at=due_at,
        plan=plan.key,
        required=objective.required,
    )


def end_plan(
    lifecycle: Lifecycle, plan: SuccessPlan, status: PlanStatus, as_of: datetime
) -> tuple[Lifecycle, tuple[Done, ...]]:
    """Complete or abandon a plan; objectives that are open are closed as superseded."""
    finished = replace(plan, status=status, closed_at=as_of)
    left = [cta for cta in lifecycle.objectives_of(plan) if cta.is_open]
    lifecycle = lifecycle.with_plan(finished)
    for cta in left:
        lifecycle = lifecycle.with_cta(ended(lifecycle, cta, CtaOutcome.SUPERSEDED, CloseSource.PLAN, as_of))
    closed = tuple(CtaClosed(cta.cause_key, CtaOutcome.SUPERSEDED) for cta in left)
    return lifecycle, (PlanMoved(plan.key, plan.type, plan.status, status), *closed)
