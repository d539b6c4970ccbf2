"""Values of the rooms below that doors name in their signatures."""

from lifecycle_fsm.definition.diagnostics import Diagnostic, Related, Severity
from lifecycle_fsm.definition.nodes import Span
from lifecycle_fsm.engine.decide import Available
from lifecycle_fsm.engine.machine import AUTO, Alert, ExpectedMilestone, Machine, Stage, Transition, TransitionKind
from lifecycle_fsm.engine.outcomes import Judged
from lifecycle_fsm.guards.model import Guard, Leaf, SubjectKind
from lifecycle_fsm.guards.phrases import operator_of, requirement
from lifecycle_fsm.guards.verdict import Gap, Join, LeafVerdict, Verdict
from lifecycle_fsm.guards.wording import sentence, summary
from lifecycle_fsm.store.ctas import TaskProgress

__all__ = [
    "AUTO",
    "Alert",
    "Available",
    "Diagnostic",
    "ExpectedMilestone",
    "Gap",
    "Guard",
    "Join",
    "Judged",
    "Leaf",
    "LeafVerdict",
    "Machine",
    "Related",
    "Severity",
    "Span",
    "Stage",
    "SubjectKind",
    "TaskProgress",
    "Transition",
    "TransitionKind",
    "Verdict",
    "operator_of",
    "requirement",
    "sentence",
    "summary",
]
