"""How long what is finished is kept; what history proves is kept for ever."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

MONTH = timedelta(days=30)
YEAR = timedelta(days=365)

SHORTEST_EVIDENCE = YEAR
"""Evidence younger than this is never let go: auditors look back at least one year."""


class Kept(StrEnum):
    """What retention lets go once it is old."""

    MESSAGES = "messages"
    """Notifications that have arrived everywhere."""
    DEAD_MESSAGES = "dead_messages"
    """Notifications that were given up."""
    BATCHES = "batches"
    """Answers to batches with the idempotency keys that repeat them."""
    REFUSED_ROWS = "refused_rows"
    """Rows that came in and were refused."""
    RUNS = "runs"
    """Figures of finished runs, and whom they set aside."""
    TOKENS = "tokens"
    """Tokens that expired or were revoked."""
    EVIDENCE = "evidence"
    """What history rows were decided on, and the reasons that people gave; the rows stay, and stay provable."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Say how long each is kept after it is finished; None is for ever."""

    messages: timedelta | None = MONTH
    dead_messages: timedelta | None = None
    batches: timedelta | None = MONTH
    refused_rows: timedelta | None = MONTH
    runs: timedelta | None = YEAR
    tokens: timedelta | None = YEAR
    evidence: timedelta | None = None

    def of(self, what: Kept) -> timedelta | None:
        """How long that is kept."""
        span: timedelta | None = getattr(self, what.value)
        return span
