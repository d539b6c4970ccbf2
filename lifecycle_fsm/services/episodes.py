"""What a write does to the episodes of alerts, told by its steps."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lifecycle_fsm.domain.lifecycle import AlertState, Lifecycle
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.store.change import EpisodeChange


def episodes_of(before: Lifecycle, steps: Sequence[Step]) -> tuple[EpisodeChange, ...]:
    """The episodes that begin, rise, end, or come back; each once, as it stands after the last step."""
    stood, found = before.alerts, dict[tuple[str, AlertState], EpisodeChange]()
    for index, step in enumerate(steps):
        alerts = step.lifecycle.alerts
        for key in () if alerts is stood else alerts:
            if alerts[key] != stood.get(key):
                change = _change(key, stood, step, index)
                named = key, _name(alerts[key])
                found[named] = _both(found.get(named), change)
        stood = alerts
    return tuple(found.values())


def _name(state: AlertState) -> AlertState:
    """What stays the same of an episode."""
    return AlertState(state.episode, state.opened_at)


def _change(key: str, stood: Mapping[str, AlertState], step: Step, index: int) -> EpisodeChange:
    state, was = step.lifecycle.alerts[key], stood.get(key)
    begins = was is None or _name(was) != _name(state)
    return EpisodeChange(
        alert=key,
        state=state,
        segment=step.lifecycle.segment,
        machine=step.lifecycle.machine,
        stage=step.lifecycle.stage,
        opened_by=index if begins and step.undoes_since is None else None,
        cleared_by=None if state.is_on else index,
    )


def _both(first: EpisodeChange | None, then: EpisodeChange) -> EpisodeChange:
    return then if first is None else replace(then, opened_by=first.opened_by, stage=first.stage)
