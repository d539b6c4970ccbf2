"""Machines: the published rules of a segment."""

from datetime import timedelta
from typing import Annotated

import strawberry

from api.ids import global_id
from api.resolvers import resolved
from api.types.effect import RuleEffect, effects_of
from api.types.guard import Guard
from api.types.node import Node
from api.types.scorecard import MachineScorecard, ScorecardMeasure
from api.types.stage import Stage
from api.types.transition import Transition
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.cta import Priority
from lifecycle_fsm.domain.scorecard import RollUp
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.services.rules import ExportFormat, catalog_text, definition_text, exported
from lifecycle_fsm.services.vocabulary import Achievement as MachineAchievement
from lifecycle_fsm.services.vocabulary import Alert as MachineAlert
from lifecycle_fsm.services.vocabulary import AlertLevel as MachineAlertLevel
from lifecycle_fsm.services.vocabulary import Machine as Rules


@strawberry.type(description="What makes an episode of an alert graver than it began.")
class AlertLevel:
    """A level of an alert of a machine."""

    severity: AlertSeverity = strawberry.field(description="How grave the episode is then.")
    priority: Priority = strawberry.field(description="The least priority that its CTAs have from then on.")
    after: timedelta | None = strawberry.field(
        description="How long the episode must have gone on; null where the condition is enough."
    )
    when: Guard | None = strawberry.field(
        description="The condition that must be true as well; null where only time counts."
    )

    @classmethod
    def of(cls, level: MachineAlertLevel) -> "AlertLevel":
        """Show a level."""
        return cls(
            severity=level.severity,
            priority=level.priority,
            after=timedelta(milliseconds=level.after_ms) if level.after_ms else None,
            when=None if level.when is None else Guard(condition=level.when),
        )


@strawberry.type(description="A condition that opens a CTA without moving the account.")
class Alert:
    """An alert of a machine."""

    key: str = strawberry.field(description="Names it in its machine; at most 100 characters.")
    title: str = strawberry.field(description="Its name for people; at most 200 characters.")
    stages: list[str] = strawberry.field(
        description="The keys of the stages in which it watches; empty for all that are not final. At most 100."
    )
    cool_down: timedelta = strawberry.field(description="How long it stays silent after clearing.")
    opens: list[str] = strawberry.field(description="The keys of the CTA templates that it opens; at most 20.")
    closes: bool = strawberry.field(description="Whether clearing closes the CTAs that it opened.")
    when: Guard = strawberry.field(description="The condition that opens it.")
    clear_when: Guard | None = strawberry.field(
        description="The condition that clears it; null where it clears as soon as `when` is false."
    )
    effects: list[RuleEffect] = strawberry.field(description="What is done when it opens, in order; at most 20.")
    severity: AlertSeverity = strawberry.field(description="How grave it is when it opens, unless a level holds.")
    levels: list[AlertLevel] = strawberry.field(
        description="What makes it graver while it is on, by rising severity; at most 3."
    )

    @classmethod
    def of(cls, alert: MachineAlert, catalog: Catalog) -> "Alert":
        """Show an alert of a machine with this vocabulary."""
        return cls(
            key=alert.key,
            title=alert.title,
            stages=list(alert.stages),
            cool_down=timedelta(milliseconds=alert.cool_down_ms),
            opens=[effect.template for effect in alert.effects],
            closes=alert.closes,
            when=Guard(condition=alert.when),
            clear_when=None if alert.clear_when is None else Guard(condition=alert.clear_when),
            effects=effects_of(alert.effects, catalog),
            severity=alert.severity,
            levels=list(map(AlertLevel.of, alert.levels)),
        )


@strawberry.type(description="A milestone that data dates as soon as its condition is true.")
class DatedByData:
    """A milestone with its condition."""

    milestone: str = strawberry.field(description="The milestone's key; at most 100 characters.")
    stages: list[str] = strawberry.field(
        description="The keys of the stages in which that may happen; empty for all. At most 100."
    )
    when: Guard = strawberry.field(description="The condition.")

    @classmethod
    def of(cls, achievement: MachineAchievement) -> "DatedByData":
        """Show a milestone of a machine."""
        return cls(
            milestone=achievement.milestone,
            stages=list(achievement.stages),
            when=Guard(condition=achievement.when),
        )


@strawberry.type(description="One version of the rules of a segment. It never changes once published.")
class Machine(Node):
    """A published machine."""

    rules: strawberry.Private[Rules]

    @resolved("Opaque and the same for ever; at most 500 characters.")
    def id(self) -> strawberry.ID:
        """The digest's node id."""
        return strawberry.ID(global_id("Machine", self.rules.digest))

    @resolved("The SHA-256 of its canonical definition, in 64 hexadecimal digits.")
    def digest(self) -> str:
        """The version's name."""
        return self.rules.digest

    @resolved(
        "Where it counts days: `UTC`, the IANA name of a zone, or the fact that names each account's, with the zone of "
        "accounts without it: `account.time_zone, else Europe/Berlin`. At most 200 characters."
    )
    def time_zone(self) -> str:
        """Whose days it counts."""
        declared = self.rules.time_zone
        if declared is None:
            return "UTC"
        default = declared.default or "UTC"
        return default if declared.fact is None else f"{declared.fact}, else {default}"

    @resolved("The key of the segment whose rules it holds; at most 100 characters.")
    def segment_key(self) -> str:
        """Whose rules these are."""
        return self.rules.segment

    @resolved("Its name for people; at most 200 characters.")
    def title(self) -> str:
        """What people call it."""
        return self.rules.title

    @resolved("The stage in which lifecycles begin.")
    def initial(self) -> Stage:
        """Where accounts start."""
        return Stage.of(self.rules.stages[self.rules.initial], self.rules.catalog)

    @resolved("Its stages in the order of the definition; at most 100.")
    def stages(self) -> list[Stage]:
        """The nodes of the graph."""
        return [Stage.of(stage, self.rules.catalog) for stage in self.rules.stages.values()]

    @resolved("Its transitions in the order of the definition; at most 1,000.")
    def transitions(self) -> list[Transition]:
        """The edges of the graph."""
        return [Transition.of(transition, self.rules) for transition in self.rules.transitions]

    @resolved("The milestones that data dates, in the order of the definition; at most 100.")
    def milestones(self) -> list[DatedByData]:
        """What is reached by itself."""
        return [DatedByData.of(achievement) for achievement in self.rules.achievements]

    @resolved("Its alerts in the order of the definition; at most 100.")
    def alerts(self) -> list[Alert]:
        """What it watches besides."""
        return [Alert.of(alert, self.rules.catalog) for alert in self.rules.alerts]

    @resolved("Every trigger of its transitions, sorted; `auto` is fired by data. At most 200.")
    def triggers(self) -> list[str]:
        """The names that may be fired."""
        return list(self.rules.triggers)

    @resolved("How its measures become one health score.")
    def roll_up(self) -> RollUp:
        """The scorecard's roll-up."""
        return self.rules.scorecard.roll_up

    @resolved(
        "The measures of its scorecard, in the order of the definition, as they count where a "
        "stage does not weigh differently; at most 100."
    )
    def measures(self) -> list[ScorecardMeasure]:
        """What health is made of."""
        return [ScorecardMeasure.of(measure, self.rules.catalog) for measure in self.rules.scorecard.measures]

    @resolved("How its measures become one health score, also where stages weigh differently.")
    def scorecard(self) -> MachineScorecard:
        """What health is made of, in full."""
        return MachineScorecard.of(self.rules.scorecard, self.rules.catalog)

    @resolved(
        "Its rules as the canonical YAML of `segments/<segmentKey>.yaml`, with everything written out that shorthands "
        "stood for; at most 500,000 characters."
    )
    def definition(self) -> str:
        """The text of the rules."""
        return definition_text(self.rules)

    @resolved(
        "The part of the catalog that its rules use, as the canonical YAML of `catalog.yaml`; at most 500,000 "
        "characters."
    )
    def catalog(self) -> str:
        """The text of its vocabulary."""
        return catalog_text(self.rules)

    @resolved("Its stages and transitions in the language of another tool; at most 1,000,000 characters.")
    def export(
        self, form: Annotated[ExportFormat, strawberry.argument(name="format", description="Which language.")]
    ) -> str:
        """A drawing or a state chart."""
        return exported(self.rules, form)
