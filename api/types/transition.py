"""Transitions: the edges of a machine, and the ways out that an account has."""

from datetime import timedelta

import strawberry

from api.resolvers import resolved
from api.types.effect import RuleEffect, effects_of
from api.types.guard import Guard, GuardLeaf, TriggerGuard
from api.types.stage import Stage, span
from api.types.verdict import Verdict
from lifecycle_fsm.services.vocabulary import Available, Judged, Machine, TransitionKind
from lifecycle_fsm.services.vocabulary import Transition as MachineTransition


@strawberry.type(description="One edge of a machine, from a stage to another.")
class Transition:
    """An edge."""

    edge: strawberry.Private[MachineTransition]
    rules: strawberry.Private[Machine]
    key: str = strawberry.field(description="Names it among the exits of its stage; at most 100 characters.")
    kind: TransitionKind = strawberry.field(description="What it means for the account.")
    triggers: list[str] = strawberry.field(
        description="The names that fire it; `auto` is fired by data, the others by people. At most 20."
    )
    priority: int = strawberry.field(description="Exits with a higher one are tried first.")
    after: timedelta | None = strawberry.field(description="It waits until the stage is that old; null for no wait.")
    min_dwell: timedelta = strawberry.field(description="Data takes it only once the stage is that old.")

    @resolved("The stage that it leaves.", name="from")
    def source(self) -> Stage:
        """Where it begins."""
        return Stage.of(self.rules.stages[self.edge.source], self.rules.catalog)

    @resolved("The stage that it enters.", name="to")
    def target(self) -> Stage:
        """Where it ends."""
        return Stage.of(self.rules.stages[self.edge.target], self.rules.catalog)

    @resolved("Its condition, without the times and milestones that are asked for besides.")
    def when(self) -> Guard:
        """The condition of the definition."""
        return Guard(condition=self.edge.when)

    @resolved("The milestones that it requires, in the order of the definition; at most 20.")
    def requires(self) -> list[GuardLeaf]:
        """The milestones that must be reached."""
        return [GuardLeaf.of(leaf) for leaf in self.edge.requires]

    @resolved("Everything that must hold, for each of its triggers; at most 20.")
    def guards(self) -> list[TriggerGuard]:
        """The whole guards."""
        return [
            TriggerGuard(trigger=trigger, guard=Guard(condition=self.edge.guard(trigger)))
            for trigger in self.edge.triggers
        ]

    @resolved("What is done between leaving the one stage and entering the other, in order; at most 20.")
    def effects(self) -> list[RuleEffect]:
        """The effects of the move itself."""
        return effects_of(self.edge.effects, self.rules.catalog)

    @classmethod
    def of(cls, transition: MachineTransition, machine: Machine) -> "Transition":
        """Show an edge of a machine."""
        return cls(
            edge=transition,
            rules=machine,
            key=transition.key,
            kind=transition.kind,
            triggers=list(transition.triggers),
            priority=transition.priority,
            after=span(transition.after_ms),
            min_dwell=timedelta(milliseconds=transition.min_dwell_ms),
        )


@strawberry.type(description="One way out of an account's stage, and whether it is open now.")
class AvailableTransition:
    """A transition with one of its triggers and the verdict of its guard."""

    transition: Transition = strawberry.field(description="The transition.")
    trigger: str = strawberry.field(description="One of its triggers; at most 100 characters.")
    is_automatic: bool = strawberry.field(description="Whether data fires it, not a person.")
    ready: bool = strawberry.field(description="Whether firing it now would move the account.")
    verdict: Verdict = strawberry.field(description="Why it is ready or why not yet.")

    @classmethod
    def of(cls, way: Available, machine: Machine) -> "AvailableTransition":
        """Show a way out."""
        return cls(
            transition=Transition.of(way.transition, machine),
            trigger=way.trigger,
            is_automatic=way.is_automatic,
            ready=way.verdict.truth is True,
            verdict=Verdict(found=way.verdict),
        )


@strawberry.type(description="A transition that was asked for, with the verdict of its guard.")
class JudgedTransition:
    """A transition with its verdict."""

    key: str = strawberry.field(description="The transition's key; at most 100 characters.")
    to: str = strawberry.field(description="The key of the stage that it would enter; at most 100 characters.")
    kind: TransitionKind = strawberry.field(description="What it means for the account.")
    verdict: Verdict = strawberry.field(description="Why it was not taken.")

    @classmethod
    def of(cls, judged: Judged) -> "JudgedTransition":
        """Show a judgement."""
        return cls(
            key=judged.transition.key,
            to=judged.transition.target,
            kind=judged.transition.kind,
            verdict=Verdict(found=judged.verdict),
        )
