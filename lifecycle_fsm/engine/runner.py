"""One shared `transitions` machine for each published version, moving throwaway tokens."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol, TypeVar, cast

import transitions

from lifecycle_fsm.domain.effects import Effect
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.engine.machine import Machine, Transition
from lifecycle_fsm.guards.python import CompiledGuard, compile_guard


class Token:
    """
    Stand for one account while it is moved; thrown away afterwards.

    `row` is aligned with `Machine.fields`. A move sets `state` and `taken`, and notes
    the effects in the order in which they happen.
    """

    __slots__ = ("as_of_ms", "noted", "row", "state", "taken")

    def __init__(self, state: str, row: Sequence[Value], as_of_ms: int) -> None:
        self.state = state
        self.row = row
        self.as_of_ms = as_of_ms
        self.noted: tuple[Effect, ...] = ()
        self.taken: Transition | None = None

    @property
    def model(self) -> "Token":
        """The token itself: a callback written for the library's event data takes a token as well."""
        return self


class Carrier(Protocol):
    """What a callback needs of the event it is called with."""

    @property
    def model(self) -> Token:
        """The token that is being moved."""


class Judge:
    """The one condition of a transition: its whole guard is true; unknown does not move."""

    __slots__ = ("guard",)

    def __init__(self, guard: CompiledGuard) -> None:
        self.guard = guard

    def __call__(self, event: Carrier) -> bool:
        """Whether the guard is true for the token's row."""
        return self.guard(event.model.row, event.model.as_of_ms) is True


class Note:
    """A callback that notes effects on the token; it does nothing else, so it cannot fail halfway."""

    __slots__ = ("effects",)

    def __init__(self, effects: tuple[Effect, ...]) -> None:
        self.effects = effects

    def __call__(self, event: Carrier) -> None:
        """Add the effects to those noted."""
        event.model.noted += self.effects


class Take(Note):
    """The callback of a transition: it also says which one was taken."""

    __slots__ = ("transition",)

    def __init__(self, transition: Transition) -> None:
        super().__init__(transition.effects)
        self.transition = transition

    def __call__(self, event: Carrier) -> None:
        """Name the transition and add its effects."""
        event.model.taken = self.transition
        event.model.noted += self.effects


class DirectTransition(transitions.Transition):
    """
    Judge, leave, act and enter, without logging, partials or event data.

    The library's own transition acts before it leaves; this one acts between leaving
    and entering, as state charts do. `connect` must follow once all states are known.
    """

    def connect(self, machine: transitions.Machine) -> None:
        """Collect the condition and the callbacks of both stages once, instead of at every move."""
        source, target = machine.get_state(self.source), machine.get_state(cast(str, self.dest))
        self._guard = cast(Judge, self.conditions[0].func).guard
        self._target = target.name
        self._leaving = cast("tuple[Note, ...]", (*source.on_exit, *self.before))
        self._entering = cast("tuple[Note, ...]", tuple(target.on_enter))

    def execute(self, event_data: Token) -> bool:  # type: ignore[override] # a token carries what event data would
        """Move the token if the guard is true; false and unknown leave it as it is."""
        if self._guard(event_data.row, event_data.as_of_ms) is not True:
            return False
        for callback in self._leaving:
            callback(event_data)
        event_data.state = self._target
        for callback in self._entering:
            callback(event_data)
        return True


class DirectEvent(transitions.Event):
    """Try the transitions of the token's state in their order; the first that moves ends it."""

    def trigger(self, model: Token, *_: object, **__: object) -> bool:  # type: ignore[override] # only tokens are moved
        """Whether a transition moved the token; a stage without this trigger is no error."""
        for transition in self.transitions.get(model.state, ()):  # noqa: SIM110 # a generator would double the time
            if transition.execute(model):  # type: ignore[arg-type] # all are DirectTransitions
                return True
        return False


class DirectMachine(transitions.Machine):
    """The library's machine with our event and transition."""

    event_cls = DirectEvent
    transition_cls = DirectTransition


class Runner:
    """The shared machine of one published version; safe to use from any thread, since nothing in it changes."""

    def __init__(self, machine: Machine) -> None:
        shared = build(machine, DirectMachine)
        for event in shared.events.values():
            for transition in (each for exits in event.transitions.values() for each in exits):
                assert isinstance(transition, DirectTransition)
                transition.connect(shared)
        self._events: Mapping[str, transitions.Event] = dict(shared.events)

    def trigger(self, trigger: str, token: Token) -> bool:
        """Move the token by the first transition whose guard is true; False leaves it untouched."""
        event = self._events.get(trigger)
        return event is not None and event.trigger(token)


Kind = TypeVar("Kind", bound=transitions.Machine)


def build(machine: Machine, kind: type[Kind]) -> Kind:
    """
    Build the library's machine for a published version, without any model.

    Only callables are handed over: the library would import and call what a text names.
    """
    keys = tuple(field.key for field in machine.fields)
    return kind(
        model=None,
        states=[
            {"name": stage.key, "on_enter": _notes(stage.on_enter), "on_exit": _notes(stage.on_exit)}
            for stage in machine.stages.values()
        ],
        transitions=[
            {
                "trigger": trigger,
                "source": transition.source,
                "dest": transition.target,
                "conditions": [Judge(compile_guard(transition.guard(trigger), keys))],
                "before": [Take(transition)],
            }
            for exits in machine.exits.values()
            for transition in exits
            for trigger in transition.triggers
        ],
        initial=machine.initial,
        auto_transitions=False,
        send_event=True,
        queued=False,
    )


def _notes(effects: tuple[Effect, ...]) -> list[Note]:
    return [Note(effects)] if effects else []


@lru_cache(maxsize=256)
def runner_of(machine: Machine) -> Runner:
    """The machine's runner, built at the first use."""
    return Runner(machine)
