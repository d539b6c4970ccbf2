"""What reading an account gives."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.milestones import Standing
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.override import Overrides
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.portfolio import AccountFilter, AccountOrder, AccountOrderField
from lifecycle_fsm.domain.scorecard import NO_HEALTH, HealthScore
from lifecycle_fsm.domain.scoring import ExplainedHealth
from lifecycle_fsm.domain.zones import ChosenZone
from lifecycle_fsm.engine.decide import Available, available
from lifecycle_fsm.engine.evaluate import held_by_unknown
from lifecycle_fsm.engine.expectation import standings
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.overdue import Limits, limits_of
from lifecycle_fsm.engine.rows import explained_health
from lifecycle_fsm.engine.situation import situation_of
from lifecycle_fsm.store.accounts import Profile

__all__ = ["AccountFilter", "AccountOrder", "AccountOrderField", "AccountView", "HistoryRecord"]


@dataclass(frozen=True, slots=True)
class AccountView:
    """
    Hold one account as it stands at `as_of`.

    `machine` is the version that the account is pinned to, None while no segment takes
    it; then `pace` is on track, `health` has no score and there is no way out.
    """

    profile: Profile
    lifecycle: Lifecycle
    machine: Machine | None
    facts: Facts
    pace: Pace
    time_in_stage: timedelta
    next_check_at: datetime | None
    as_of: datetime

    @property
    def health(self) -> HealthScore:
        """The health score that counts."""
        return self.explained_health[0]

    @property
    def overrides(self) -> Overrides:
        """What people said in the place of measures and of the score, as far as it counts at `as_of`."""
        return {key: each for key, each in self.lifecycle.overrides.items() if each.counts(self.as_of)}

    @property
    def explained_health(self) -> tuple[HealthScore, ExplainedHealth]:
        """The health score that counts, and what the measures make of it; the two differ where it is overridden."""
        if self.machine is None:
            return NO_HEALTH, ExplainedHealth(NO_HEALTH, (), 0.0)
        return explained_health(self.machine, self.lifecycle, self.facts, to_ms(self.as_of))

    @property
    def available(self) -> tuple[Available, ...]:
        """Every way out of the stage with its reasons; explained when asked for, since lists rarely do."""
        if self.machine is None:
            return ()
        return available(self.machine, self.lifecycle, self.facts, self.as_of)

    @property
    def limits(self) -> Limits:
        """Up to when the visit is on track and not stuck, as if a pause ended now; none without a segment."""
        if self.machine is None:
            return Limits(None, None)
        stood = self.lifecycle.stood_still_ms(self.as_of)
        return limits_of(self.machine, replace(self.lifecycle, paused_ms=stood), self.machine.zone(self.facts.values))

    @property
    def time_zone(self) -> ChosenZone | None:
        """The zone in which the account's days are counted; None where its rules count those of UTC."""
        declared = None if self.machine is None else self.machine.time_zone
        return None if declared is None else declared.of(self.facts.values)

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How each milestone that the present stage expects stands."""
        if self.machine is None:
            return ()
        return tuple(standings(self.machine, self.lifecycle, self.facts.values, self.as_of))

    @property
    def held_by_unknown(self) -> tuple[str, ...]:
        """The transitions that data could take if a missing or stale value were known."""
        if self.machine is None:
            return ()
        return held_by_unknown(situation_of(self.machine, self.lifecycle, self.facts, self.as_of))


@dataclass(frozen=True, slots=True)
class HistoryRecord:
    """One row of an account's history; `effects` are the notes of what it did."""

    account_id: UUID
    seq: int
    kind: RecordKind
    from_stage: str | None
    to_stage: str
    transition: str | None
    trigger: str | None
    subject: str | None
    cause: Cause
    actor: str | None
    on_behalf_of: str | None
    reason: str | None
    effective_at: datetime
    recorded_at: datetime
    machine: str
    evaluator: str
    command_id: str | None
    run_id: UUID | None
    effects: tuple[Mapping[str, str | int | bool | None], ...]
    prev_hash: str
    hash: str
