"""What a plan says: plain values that are stored, digested and shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lifecycle_fsm.definition.diff import PartDiff
from lifecycle_fsm.domain.landing import Landing, StageClock

MOST_SAMPLES = 10
"""How many accounts are named as examples of an effect."""


class Existing(StrEnum):
    """What is done with the accounts that a new version finds."""

    EVALUATE = "evaluate"
    """They are evaluated at once: those that a rule now moves, move."""
    FROM_NEXT_CHANGE = "from_next_change"
    """They go over as they stand; rules act when something next changes about them."""


class SegmentChange(StrEnum):
    """What becomes of a segment."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Deed(StrEnum):
    """What would happen to CTAs, alerts and the pace of accounts."""

    CTA_OPENS = "cta_opens"
    CTA_ESCALATES = "cta_escalates"
    CTA_CLOSES = "cta_closes"
    ALERT_OPENS = "alert_opens"
    ALERT_RISES = "alert_rises"
    ALERT_CLEARS = "alert_clears"
    PACE_WORSENS = "pace_worsens"


class Sense(StrEnum):
    """How a condition changes: which accounts it is true for."""

    SAME = "same"
    TIGHTER = "tighter"
    LOOSER = "looser"
    DIFFERENT = "different"
    NOT_DECIDED = "not_decided"
    """The search for an example was given up."""


class Lack(StrEnum):
    """What a plan may miss."""

    MAPPING = "mapping"
    """Accounts stand in a stage that is not there any more, and nothing says where they go on."""
    EXISTING = "existing"
    """Nobody has said what is done with existing accounts."""


@dataclass(frozen=True, slots=True)
class Options:
    """
    What the author of a plan chooses.

    `mapping` leads from old stages to new ones, as `old` or `segment.old` to `new` or
    `new:restart`; it goes before the `migrations` of the files. `effects` carries out
    exit and enter effects of accounts whose stage changes by migrating.
    """

    existing: Existing | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    effects: bool = False


@dataclass(frozen=True, slots=True)
class Accounts:
    """How many accounts, and up to ten of them."""

    number: int = 0
    samples: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Base:
    """What the plan was made on: the machines in use, the catalog, and the accounts as they stood."""

    machines: Mapping[str, str]
    catalog: str | None
    accounts: int
    population: str


@dataclass(frozen=True, slots=True)
class StageEffect:
    """
    What happens to the accounts of one stage and version.

    `lands_in` is None where nothing says so. `moving` and `staying` add up to
    `accounts`. `blocked` had a way out that was open and no longer is, `unblocked` the
    reverse; both count accounts, whether they move or stay.
    """

    machine: str
    stage: str
    lands_in: str | None
    clock: StageClock
    accounts: int
    moving: Accounts
    staying: Accounts
    blocked: Accounts
    unblocked: Accounts


@dataclass(frozen=True, slots=True)
class MoveEffect:
    """Accounts that take these transitions, one after the other, from one stage to another."""

    stage: str
    path: tuple[str, ...]
    to_stage: str
    accounts: Accounts


@dataclass(frozen=True, slots=True)
class ExitEffect:
    """Accounts for which a trigger's way out closes or opens."""

    stage: str
    transition: str
    trigger: str
    blocked: Accounts
    unblocked: Accounts


@dataclass(frozen=True, slots=True)
class DeedEffect:
    """Accounts to which something else happens; `subject` is a CTA template, an alert or a pace."""

    deed: Deed
    subject: str
    accounts: Accounts


@dataclass(frozen=True, slots=True)
class Arrival:
    """Accounts that come from another segment; `to_stage` is None where nothing says so."""

    from_segment: str
    from_stage: str
    to_stage: str | None
    accounts: Accounts


@dataclass(frozen=True, slots=True)
class Meaning:
    """
    How the condition of a transition, an alert or the segment itself changes in meaning.

    `key` is `stage.transition`, `alerts.alert`, `alerts.alert.clear_when` or the segment.
    Examples are rows by field key, of an account for which the condition becomes true and
    was false (`gained`) or was unknown, and the reverse. `sense` looks at accounts for
    which both versions know an answer.
    """

    key: str
    sense: Sense
    gained: Mapping[str, str] | None = None
    lost: Mapping[str, str] | None = None
    gained_from_unknown: Mapping[str, str] | None = None
    lost_to_unknown: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """Everything about one segment; digests are None where it is not there."""

    segment: str
    title: str
    change: SegmentChange
    before: str | None
    after: str | None
    parts: tuple[PartDiff, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    stages: tuple[StageEffect, ...] = ()
    moves: tuple[MoveEffect, ...] = ()
    exits: tuple[ExitEffect, ...] = ()
    deeds: tuple[DeedEffect, ...] = ()
    arrivals: tuple[Arrival, ...] = ()

    @property
    def accounts(self) -> int:
        """How many accounts stand in the segment before the change and stay in it."""
        return sum(stage.accounts for stage in self.stages)

    @property
    def takes_over(self) -> bool:
        """Whether existing accounts would get another version or segment."""
        others = (stage for stage in self.stages if self.after not in (None, stage.machine))
        return bool(self.arrivals) or any(stage.accounts for stage in others)


@dataclass(frozen=True, slots=True)
class Missing:
    """Something without which the plan cannot be applied."""

    lack: Lack
    message: str
    segment: str | None = None
    stage: str | None = None
    accounts: int = 0


@dataclass(frozen=True, slots=True)
class PlanContent:
    """
    What a change of definitions would do.

    `machines` are the digests that segments would use, `migrations` the landings that
    their files give. `left` are the accounts that a rule takes now and none would any
    more; they stay where they are.
    """

    planned_by: str
    as_of: datetime
    options: Options
    base: Base
    machines: Mapping[str, str]
    catalog: str
    migrations: Mapping[str, Mapping[str, Landing]]
    segments: tuple[SegmentPlan, ...]
    left: Accounts = Accounts()
    missing: tuple[Missing, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """Whether the definitions are those in use already, and all accounts follow them."""
        return self.is_in_use and not any(segment.takes_over for segment in self.segments)

    @property
    def is_in_use(self) -> bool:
        """Whether the definitions are those in use already, which some accounts may not follow yet."""
        return self.machines == self.base.machines and self.catalog == self.base.catalog
