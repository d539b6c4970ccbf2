"""Values of the rooms below that doors name in their signatures."""

from lifecycle_fsm.engine.decide import Available
from lifecycle_fsm.engine.machine import AUTO, Alert, ExpectedMilestone, Machine, Stage, Transition, TransitionKind
from lifecycle_fsm.engine.outcomes import Judged
from lifecycle_fsm.guards.model import SubjectKind
from lifecycle_fsm.guards.verdict import Gap, LeafVerdict, Verdict
from lifecycle_fsm.guards.wording import sentence, summary
from lifecycle_fsm.store.ctas import TaskProgress

__all__ = [
    "AUTO",
    "Alert",
    "Available",
    "ExpectedMilestone",
    "Gap",
    "Judged",
    "LeafVerdict",
    "Machine",
    "Stage",
    "SubjectKind",
    "TaskProgress",
    "Transition",
    "TransitionKind",
    "Verdict",
    "sentence",
    "summary",
]
