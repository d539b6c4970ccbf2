"""How an account stood before a write, kept with the write so that it can be undone exactly."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

import orjson

from lifecycle_fsm.domain.cta import CloseSource, Cta, CtaOutcome, CtaStatus, Priority
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.plan import PlanStatus, SuccessPlan
from lifecycle_fsm.engine.ended import ended
from lifecycle_fsm.engine.outcomes import CtaClosed, CtaEdited, CtaReopened, Done, MilestoneRevoked, PlanMoved
from lifecycle_fsm.store.hot_row import bookkeeping, with_bookkeeping
from lifecycle_fsm.store.instants import optional_instant, optional_ms

BEFORE = "before"
"""The key under which the inputs of a write's first row keep the account as it stood."""


def snapshot_of(lifecycle: Lifecycle) -> str:
    """Everything that an evaluation may change about an account, as JSON; of CTAs and plans those that are open."""
    return orjson.dumps(
        {
            "stage": lifecycle.stage,
            "entered_at": to_ms(lifecycle.entered_at),
            "came_from": lifecycle.came_from,
            "noted_pace": lifecycle.noted_pace.value,
            "bookkeeping": orjson.loads(bookkeeping(lifecycle)),
            "ctas": {
                cta.cause_key: [cta.status.value, cta.priority.value, optional_ms(cta.snoozed_until)]
                for cta in lifecycle.ctas
                if cta.is_open
            },
            "plans": {
                plan.key: [plan.status.value, optional_ms(plan.activated_at), optional_ms(plan.due_at)]
                for plan in lifecycle.plans
                if plan.status.is_open
            },
        }
    ).decode()


def snapshots_like(lifecycle: Lifecycle) -> Callable[[int], str]:
    """Give the snapshot of any account that differs from this one only in when, in ms, it entered its stage."""
    mark = f'"entered_at":{to_ms(lifecycle.entered_at)}'
    head, found, tail = snapshot_of(lifecycle).partition(mark)
    assert found
    return lambda entered_ms: f'{head}"entered_at":{entered_ms}{tail}'


def restored(now: Lifecycle, snapshot: str, since: int, as_of: datetime) -> tuple[Lifecycle, tuple[Done, ...]]:
    """
    The account as the snapshot has it, and what that did to CTAs, plans and milestones.

    `since` is the first history row to take back: CTAs that it or a later one opened are
    closed as invalid, those closed since are open again.
    """
    kept = orjson.loads(snapshot)
    undone = replace(
        with_bookkeeping(now, kept["bookkeeping"]),
        stage=kept["stage"],
        entered_at=from_ms(kept["entered_at"]),
        came_from=kept["came_from"],
        noted_pace=Pace(kept["noted_pace"]),
        revision=now.revision + 1,
    )
    ctas = tuple(_cta(undone, cta, kept["ctas"].get(cta.cause_key), since, as_of) for cta in now.ctas)
    plans = tuple(_plan(plan, kept["plans"].get(plan.key), since, as_of) for plan in now.plans)
    undone = replace(undone, ctas=ctas, plans=plans)
    return undone, tuple(_done(now, undone))


def _cta(undone: Lifecycle, cta: Cta, kept: list[str | int | None] | None, since: int, as_of: datetime) -> Cta:
    if cta.opened_seq >= since:
        return ended(undone, cta, CtaOutcome.INVALID, CloseSource.UNDO, as_of) if cta.is_open else cta
    if kept is None:
        return cta
    status, priority, snoozed_until = kept
    return replace(
        cta,
        status=CtaStatus(str(status)),
        priority=Priority(str(priority)),
        snoozed_until=optional_instant(snoozed_until if isinstance(snoozed_until, int) else None),
        outcome=None,
        closed_at=None,
        close_source=None,
        closed_seq=None,
    )


def _plan(plan: SuccessPlan, kept: list[str | int | None] | None, since: int, as_of: datetime) -> SuccessPlan:
    if kept is None:
        opened_since = plan.status.is_open and opened_seq(plan) >= since
        return replace(plan, status=PlanStatus.ABANDONED, closed_at=as_of) if opened_since else plan
    status, activated_at, due_at = kept
    return replace(
        plan,
        status=PlanStatus(str(status)),
        activated_at=optional_instant(activated_at if isinstance(activated_at, int) else None),
        due_at=optional_instant(due_at if isinstance(due_at, int) else None),
        closed_at=None,
    )


def opened_seq(plan: SuccessPlan) -> int:
    """The number of the history row that opened a plan, 0 where its key does not say."""
    number = plan.key.partition(".")[0]
    return int(number) if number.isdigit() else 0


def _done(now: Lifecycle, undone: Lifecycle) -> Iterator[Done]:
    for before, after in zip(now.ctas, undone.ctas, strict=True):
        yield from _done_to_cta(before, after)
    for plan, restored_plan in zip(now.plans, undone.plans, strict=True):
        if plan.status is not restored_plan.status:
            yield PlanMoved(plan.key, plan.type, plan.status, restored_plan.status)
    yield from _lost(now.milestones, undone.milestones)


def _done_to_cta(before: Cta, after: Cta) -> Iterator[Done]:
    if before.is_open and not after.is_open:
        yield CtaClosed(after.cause_key, CtaOutcome.INVALID)
    if after.is_open and not before.is_open:
        yield CtaReopened(after.cause_key)
    if before.priority is not after.priority:
        yield CtaEdited(after.cause_key, "priority", before.priority.value, after.priority.value)


def _lost(now: Mapping[str, datetime], undone: Mapping[str, datetime]) -> Iterator[Done]:
    yield from (MilestoneRevoked(key, at) for key, at in now.items() if key not in undone)
