"""Where the accounts of one stage go on in other rules: those of a later version, or of another segment."""

from dataclasses import dataclass
from enum import StrEnum


class StageClock(StrEnum):
    """What becomes of the time that an account has already spent in its stage."""

    KEEP = "keep"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Landing:
    """The stage in which the accounts of an old stage go on."""

    stage: str
    clock: StageClock = StageClock.KEEP
