"""Everything that one write does to one account, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from lifecycle_fsm.domain.cta import Cta
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.lifecycle import AlertState, Lifecycle
from lifecycle_fsm.domain.plan import SuccessPlan
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.store.ledger import GENESIS, Entry

Payload = Mapping[str, str | int | float | bool | None]
"""The body of a message."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of an account's history: the number of its last row and that row's hash."""

    revision: int = 0
    hash: bytes = GENESIS


class Place(NamedTuple):
    """Where an account stands: a stage of a version of a segment's machine."""

    segment: str
    machine: str
    stage: str


def place_of(lifecycle: Lifecycle) -> Place:
    """Where the account of a lifecycle stands."""
    return Place(lifecycle.segment, lifecycle.machine, lifecycle.stage)


@dataclass(frozen=True, slots=True)
class Record:
    """One history row to append, with the row of fields that was judged; empty where nothing was."""

    entry: Entry
    inputs: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenedCta:
    """A CTA to insert as it stands after the write, and which of the write's records opened it, from 0."""

    cta: Cta
    record: int


@dataclass(frozen=True, slots=True)
class MilestoneEvent:
    """A milestone that was reached, or revoked; a revocation names the date that no longer counts."""

    milestone: str
    reached_at: datetime
    recorded_at: datetime
    source: str
    revoked: bool = False
    author: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """
    Something to tell the world once the write is committed.

    `record` is the record it is about, counted from 0. With `cta`, a cause key, it goes
    out only if that CTA was really opened.
    """

    kind: str
    payload: Payload
    created_at: datetime
    record: int
    cta: str | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """
    The health score that the hot row shows; `changed_at` appends it to history, too.

    `measures` are the derived measures that have changed, by field key, as history gets them.
    """

    score: float | None = None
    band: Band | None = None
    changed_at: datetime | None = None
    measures: Mapping[str, Value] = field(default_factory=dict)
    found_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LeftStage:
    """
    A visit to a stage that one of the write's records ended, counted from 0.

    `csm` and health are those that the account had when it left; its clock had stood still
    for `paused_ms`.
    """

    record: int
    segment: str
    machine: str
    stage: str
    entered_at: datetime
    left_at: datetime
    to_stage: str
    kind: RecordKind
    transition: str | None = None
    csm: str | None = None
    health_score: float | None = None
    health_band: Band | None = None
    paused_ms: int = 0


@dataclass(frozen=True, slots=True)
class EpisodeChange:
    """
    An episode of an alert as it stands after a write, and where and under which rules it opened.

    `opened_by` and `cleared_by` are the write's records that did it, counted from 0, None for others.
    """

    alert: str
    state: AlertState
    segment: str
    machine: str
    stage: str
    opened_by: int | None = None
    cleared_by: int | None = None


@dataclass(frozen=True, slots=True)
class AccountChange:
    """
    Hold one account's write.

    `lifecycle` is the account afterwards. Its CSM is written only with a record that says
    that the CSM changed, and of its CTAs only those `opened` and `updated` (found by
    their cause keys). `before` is the end of history that the decision was made on, and
    `facts_version` that of the facts, None for a decision that read none; the write is
    refused when either has moved. `left` are the visits to stages that end, and
    `undoes_since` is the first history row that is taken back, None for none. `stood` is where
    the account stood before, None where it stays there. `row` holds
    the fields of the machine; those that are observed rather than derived are left to ingest. `plans` and `episodes`
    are inserted, or updated where they exist.
    """

    lifecycle: Lifecycle
    before: Head
    recorded_at: datetime
    records: tuple[Record, ...] = ()
    health: Health = field(default_factory=Health)
    next_check_at: datetime | None = None
    row: Mapping[str, Value] = field(default_factory=dict)
    opened: tuple[OpenedCta, ...] = ()
    updated: tuple[Cta, ...] = ()
    plans: tuple[SuccessPlan, ...] = ()
    milestones: tuple[MilestoneEvent, ...] = ()
    messages: tuple[Message, ...] = ()
    facts_version: int | None = None
    left: tuple[LeftStage, ...] = ()
    undoes_since: int | None = None
    stood: Place | None = None
    episodes: tuple[EpisodeChange, ...] = ()


@dataclass(frozen=True, slots=True)
class SuppressedCta:
    """A CTA that was not inserted because one open CTA with its identity, or any with its cause key, existed."""

    cause_key: str
    by: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What a write left: the new end of history, and the CTAs that found their place taken."""

    head: Head
    suppressed: tuple[SuppressedCta, ...] = ()
