"""The engine's and the guards' values that doors name in their signatures."""

from lifecycle_fsm.engine.decide import Available
from lifecycle_fsm.engine.machine import AUTO, Alert, ExpectedMilestone, Machine, Stage, Transition, TransitionKind
from lifecycle_fsm.engine.outcomes import Judged
from lifecycle_fsm.guards.model import SubjectKind
from lifecycle_fsm.guards.verdict import Gap, LeafVerdict, Verdict
from lifecycle_fsm.guards.wording import sentence, summary

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
    "Transition",
    "TransitionKind",
    "Verdict",
    "sentence",
    "summary",
]
