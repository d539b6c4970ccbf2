"""Values of the rooms below that doors name in their signatures."""

from lifecycle_fsm.definition.diagnostics import Diagnostic, Related, Severity
from lifecycle_fsm.definition.diff import Change, Edit, Part, PartDiff
from lifecycle_fsm.definition.nodes import Span
from lifecycle_fsm.domain.landing import StageClock
from lifecycle_fsm.engine.decide import Available
from lifecycle_fsm.engine.machine import (
    AUTO,
    Achievement,
    Alert,
    AlertLevel,
    ExpectedMilestone,
    Machine,
    Stage,
    Transition,
    TransitionKind,
)
from lifecycle_fsm.engine.outcomes import Judged
from lifecycle_fsm.guards.model import Guard, Leaf, SubjectKind
from lifecycle_fsm.guards.phrases import operator_of, requirement
from lifecycle_fsm.guards.verdict import Gap, Join, LeafVerdict, Verdict
from lifecycle_fsm.guards.wording import sentence, summary
from lifecycle_fsm.store.ctas import TaskProgress
from lifecycle_fsm.store.facts import Remembered
from lifecycle_fsm.store.keys import ApiKey
from lifecycle_fsm.store.publications import Approval, Publication
from lifecycle_fsm.store.publishing_pages import VersionNote

__all__ = [
    "AUTO",
    "Achievement",
    "Alert",
    "AlertLevel",
    "ApiKey",
    "Approval",
    "Available",
    "Change",
    "Diagnostic",
    "Edit",
    "ExpectedMilestone",
    "Gap",
    "Guard",
    "Join",
    "Judged",
    "Leaf",
    "LeafVerdict",
    "Machine",
    "Part",
    "PartDiff",
    "Publication",
    "Related",
    "Remembered",
    "Severity",
    "Span",
    "Stage",
    "StageClock",
    "SubjectKind",
    "TaskProgress",
    "Transition",
    "TransitionKind",
    "Verdict",
    "VersionNote",
    "operator_of",
    "requirement",
    "sentence",
    "summary",
]
