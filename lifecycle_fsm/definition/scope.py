"""What the parts of a segment's text may refer to, and where each of them is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings
from lifecycle_fsm.definition.nodes import Node, Span
from lifecycle_fsm.definition.values import read_text
from lifecycle_fsm.definition.vocabulary import Vocabulary, report_unknown
from lifecycle_fsm.domain.catalog import FactSpec, MeasureSpec, MilestoneSpec
from lifecycle_fsm.domain.cta import CtaTemplate


class Positions:
    """
    Find the text of a machine's parts again by their path.

    Paths name parts by key and go on inside guards as verdicts do:
    `stages.onboarding.transitions.onboarded.when.all.0.not`. A part that a shorthand
    made, such as an exit from everywhere, has the place of the shorthand.
    """

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}

    def mark(self, path: str, node: Node) -> None:
        """Remember where a part is written."""
        self._nodes[path] = node

    def node(self, path: str) -> Node:
        """The node of a part, or of the nearest part around it; the empty path is the whole file."""
        while path and path not in self._nodes:
            path = path.rpartition(".")[0]
        return self._nodes[path]

    def span(self, path: str) -> Span:
        """The place of a part, or of the nearest part around it."""
        return self.node(path).span


@dataclass(frozen=True, slots=True)
class Scope:
    """Resolve names of one segment's text; `stages` maps keys to titles and is None when it cannot be read."""

    vocabulary: Vocabulary
    findings: Findings
    stages: Mapping[str, str] | None = None
    positions: Positions = field(default_factory=Positions)

    def measure(self, node: Node) -> MeasureSpec | None:
        """The measure that a text names."""
        return self.vocabulary.look_up(self.vocabulary.catalog.measures, Code.UNKNOWN_MEASURE, node, self.findings)

    def fact(self, node: Node) -> FactSpec | None:
        """The fact that a text names."""
        return self.vocabulary.look_up(self.vocabulary.catalog.facts, Code.UNKNOWN_FACT, node, self.findings)

    def milestone(self, node: Node) -> MilestoneSpec | None:
        """The milestone that a text names."""
        return self.vocabulary.look_up(self.vocabulary.catalog.milestones, Code.UNKNOWN_MILESTONE, node, self.findings)

    def template(self, node: Node) -> CtaTemplate | None:
        """The CTA template that a text names."""
        return self.vocabulary.look_up(self.vocabulary.catalog.templates, Code.UNKNOWN_TEMPLATE, node, self.findings)

    def reason(self, node: Node) -> str | None:
        """The key of the reason that a text names."""
        reasons = {key: key for key in self.vocabulary.catalog.reasons}
        return self.vocabulary.look_up(reasons, Code.UNKNOWN_REASON, node, self.findings)

    def plan(self, node: Node) -> str | None:
        """The key of the success plan type that a text names."""
        plans = {key: key for key in self.vocabulary.catalog.plans}
        return self.vocabulary.look_up(plans, Code.UNKNOWN_PLAN, node, self.findings)

    def calendar(self, node: Node) -> str | None:
        """The key of the calendar that a text names."""
        calendars = {key: key for key in self.vocabulary.catalog.calendars}
        return self.vocabulary.look_up(calendars, Code.UNKNOWN_CALENDAR, node, self.findings)

    def stage(self, node: Node) -> str | None:
        """The key of the stage that a text names."""
        name = read_text(node, self.findings)
        if name is None or self.stages is None or name in self.stages:
            return name
        report_unknown(name, self.stages, Code.UNKNOWN_STAGE, node, self.findings)
        return None
