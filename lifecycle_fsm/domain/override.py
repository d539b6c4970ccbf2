"""What a person says in the place of a measure or of the whole health score, until an instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lifecycle_fsm.domain.fields import HEALTH_SCORE

HEALTH = HEALTH_SCORE.key
"""The key under which the whole score is overridden."""
LONGEST_DAYS = 366
"""Nobody speaks for a measure longer than this without saying so again."""


class OverrideEnd(StrEnum):
    """How an override ended."""

    EXPIRED = "expired"
    ENDED = "ended"
    """A person took it back before its time."""
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Override:
    """
    Hold one override of an account.

    `key` is the measure's, or `health.score`. `value` is in the measure's unit, a score of
    0-100 for health. It counts from `at` on and no more from `until` on. `seq` is the
    history row that says why.
    """

    key: str
    value: float
    at: datetime
    until: datetime
    author: str | None
    seq: int

    def counts(self, as_of: datetime) -> bool:
        """Whether it is in force at a date."""
        return as_of < self.until


Overrides = Mapping[str, Override]
"""The overrides of an account by their keys."""
