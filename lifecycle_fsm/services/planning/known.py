"""What was known by an instant of how an account stood at a date: what was written down later is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.services.planning.past import stood_at
from lifecycle_fsm.services.planning.past_ctas import ctas_at
from lifecycle_fsm.services.snapshot import opened_seq
from lifecycle_fsm.store.change import MilestoneEvent
from lifecycle_fsm.store.ledger import Entry
from lifecycle_fsm.store.past_visits import PastVisit


def stood_as_known(  # what is now, what happened, and the two dates
    now: Lifecycle,
    history: Sequence[Entry],
    events: Sequence[MilestoneEvent],
    visits: Sequence[PastVisit],
    at: datetime,
    known_at: datetime,
) -> Lifecycle | None:
    """
    The account as it stood at a date, as far as it had been recorded by another; None before its lifecycle began.

    `history` and `events` are whole and oldest first.
    """
    known = [entry for entry in history if entry.recorded_at <= known_at]
    stood = stood_at(now, known, at, visits)
    if stood is None:
        return None
    reached = _reached([event for event in events if event.recorded_at <= known_at])
    return replace(
        stood,
        milestones={key: reached_at for key, reached_at in reached.items() if reached_at <= at},
        ctas=ctas_at(now.ctas, history, at, len(known)),
        plans=tuple(plan for plan in stood.plans if opened_seq(plan) <= len(known)),
    )


def _reached(events: Sequence[MilestoneEvent]) -> Mapping[str, datetime]:
    reached: dict[str, datetime] = {}
    for event in events:
        if event.revoked:
            reached.pop(event.milestone, None)
        else:
            reached[event.milestone] = event.reached_at
    return reached
