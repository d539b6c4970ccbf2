"""Effects counted, account by account, into what a plan says about one segment."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from lifecycle_fsm.services.planning.content import (
    MOST_SAMPLES,
    Accounts,
    Arrival,
    Deed,
    DeedEffect,
    ExitEffect,
    MoveEffect,
)

Exit = tuple[str, str, str]
"""A stage, the key of a transition out of it, and one of its triggers."""


@dataclass(slots=True)
class Counter:
    """Count accounts and keep those with the lowest ids, whatever order they come in."""

    number: int = 0
    samples: list[UUID] = field(default_factory=list)

    def add(self, account_id: UUID) -> None:
        """Count one more account."""
        self.number += 1
        if len(self.samples) < MOST_SAMPLES or account_id < self.samples[-1]:
            insort(self.samples, account_id)
            del self.samples[MOST_SAMPLES:]

    def accounts(self) -> Accounts:
        """What was counted."""
        return Accounts(self.number, tuple(self.samples))


@dataclass(frozen=True, slots=True)
class Effect:
    """
    What another version does to one account that the present one does not.

    `machine` and `stage` are those that it leaves, `landed` is where it goes on. `path`
    are the transitions that it then takes, to `to_stage`; none where it stays.
    `shifts` are the ways out that close (-1) or open (1).
    """

    account_id: UUID
    machine: str
    stage: str
    landed: str
    path: tuple[str, ...] = ()
    to_stage: str | None = None
    shifts: Mapping[Exit, int] = field(default_factory=dict)
    deeds: tuple[tuple[Deed, str], ...] = ()


@dataclass(slots=True)
class Tally:
    """
    Count the effects on one segment; keys are what the rows of a plan are about.

    `watched` are some accounts of each version and stage, those that move taken out.
    """

    moving: dict[tuple[str, str], Counter] = field(default_factory=lambda: defaultdict(Counter))
    blocked: dict[tuple[str, str], Counter] = field(default_factory=lambda: defaultdict(Counter))
    unblocked: dict[tuple[str, str], Counter] = field(default_factory=lambda: defaultdict(Counter))
    moves: dict[tuple[str, tuple[str, ...], str], Counter] = field(default_factory=lambda: defaultdict(Counter))
    closing: dict[Exit, Counter] = field(default_factory=lambda: defaultdict(Counter))
    opening: dict[Exit, Counter] = field(default_factory=lambda: defaultdict(Counter))
    deeds: dict[tuple[Deed, str], Counter] = field(default_factory=lambda: defaultdict(Counter))
    arrivals: dict[tuple[str, str, str | None], Counter] = field(default_factory=lambda: defaultdict(Counter))

    watched: dict[tuple[str, str], dict[UUID, None]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, effect: Effect) -> None:
        """Count what happens to one account."""
        group = (effect.machine, effect.stage)
        if effect.path and effect.to_stage is not None:
            self.moving[group].add(effect.account_id)
            self.watched[group].pop(effect.account_id, None)
            self.moves[effect.landed, effect.path, effect.to_stage].add(effect.account_id)
        for deed in dict.fromkeys(effect.deeds):
            self.deeds[deed].add(effect.account_id)
        self._shift(group, effect)

    def add_all(self, effects: Iterable[Effect]) -> None:
        """Count what happens to several accounts."""
        for effect in effects:
            self.add(effect)

    def _shift(self, group: tuple[str, str], effect: Effect) -> None:
        for exit_, shift in effect.shifts.items():
            (self.closing if shift < 0 else self.opening)[exit_].add(effect.account_id)
        if any(shift < 0 for shift in effect.shifts.values()):
            self.blocked[group].add(effect.account_id)
        if any(shift > 0 for shift in effect.shifts.values()):
            self.unblocked[group].add(effect.account_id)

    def move_effects(self) -> Iterator[MoveEffect]:
        """The moves, by stage and path."""
        for (stage, path, to_stage), counter in sorted(self.moves.items()):
            yield MoveEffect(stage, path, to_stage, counter.accounts())

    def exit_effects(self) -> Iterator[ExitEffect]:
        """The ways out that close or open, by stage and transition."""
        for exit_ in sorted({*self.closing, *self.opening}):
            closing, opening = (counters.get(exit_, Counter()) for counters in (self.closing, self.opening))
            yield ExitEffect(*exit_, closing.accounts(), opening.accounts())

    def deed_effects(self) -> Iterator[DeedEffect]:
        """What happens to CTAs, alerts and paces, in the order of `Deed`."""
        order = list(Deed)
        for (deed, subject), counter in sorted(
            self.deeds.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
        ):
            yield DeedEffect(deed, subject, counter.accounts())

    def arrival_effects(self) -> Iterator[Arrival]:
        """The accounts that come from other segments."""
        for (segment, stage, to_stage), counter in sorted(self.arrivals.items(), key=lambda item: repr(item[0])):
            yield Arrival(segment, stage, to_stage, counter.accounts())
