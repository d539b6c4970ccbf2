"""How grave an episode of an alert is."""

from enum import StrEnum

from lifecycle_fsm.domain.cta import Priority


class AlertSeverity(StrEnum):
    """Four steps; where a source says yellow and red, say medium and high."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return ("low", "medium", "high", "critical").index(self.value)

    @property
    def priority(self) -> Priority:
        """The priority of CTAs that an episode of this severity asks for, unless its level says otherwise."""
        return (Priority.LOW, Priority.MEDIUM, Priority.HIGH, Priority.HIGH)[self.rank]
