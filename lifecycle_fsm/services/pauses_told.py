"""The pauses of an account as its history tells them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.domain.pause import Pause, Standstill
from lifecycle_fsm.store.ledger import Entry

TELLING = (RecordKind.PAUSED, RecordKind.RESUMED, RecordKind.RUN_UNDONE)
"""The kinds of rows that `pauses_told` reads."""


@dataclass(frozen=True, slots=True)
class ToldPause:
    """
    A pause that was recorded at some instant, for a time from `since` on.

    `planned_until` is the end that was said, `until` the one that came; None for as long as it goes on or
    lies ahead. `seq` is the history row that says why, `ended_by` who resumed the account.
    """

    seq: int
    since: datetime
    planned_until: datetime | None
    author: str | None
    recorded_at: datetime
    until: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None

    @property
    def pause(self) -> Pause:
        """The pause as it was before it ended."""
        return Pause(self.since, self.planned_until, self.author, self.seq)

    @property
    def came(self) -> bool:
        """Whether the clock stood still at all, or still may; a plan that was given up does not count."""
        return self.until is None or self.until > self.since

    def was_set_at(self, at: datetime) -> bool:
        """Whether it went on at an instant, or was planned by then; also if that was written down later."""
        is_over = self.until is not None and self.until <= at
        was_given_up = self.since > at and self.ended_at is not None and self.ended_at <= at
        return (self.since <= at or self.recorded_at <= at) and not is_over and not was_given_up

    def until_at_most(self, at: datetime) -> Standstill | None:
        """When it stood still, if that was over by an instant."""
        return Standstill(self.since, self.until) if self.until is not None and self.until <= at else None


def pauses_told(rows: Sequence[tuple[int, Entry]]) -> tuple[ToldPause, ...]:
    """The pauses that rows of one account, with their numbers and oldest first, tell of; without what was undone."""
    undone = {entry.subject for _, entry in rows if entry.kind is RecordKind.RUN_UNDONE}
    told: list[ToldPause] = []
    for seq, entry in rows:
        if str(entry.run_id) in undone:
            continue
        if entry.kind is RecordKind.PAUSED:
            told.append(pause_of(seq, entry))
        elif entry.kind is RecordKind.RESUMED and told:
            told[-1] = _ended(told[-1], entry)
    return tuple(each for each in told if each.came)


def numbered(rows: Iterable[Entry]) -> list[tuple[int, Entry]]:
    """All rows of an account with their numbers."""
    return list(enumerate(rows, 1))


def pause_of(seq: int, entry: Entry) -> ToldPause:
    """The pause that a row of the kind `PAUSED` began or planned."""
    (note,) = orjson.loads(entry.effects)
    since = from_ms(note["since"]) if "since" in note else entry.effective_at
    until = None if note["until"] is None else from_ms(note["until"])
    return ToldPause(seq, since, until, entry.actor, entry.recorded_at)


def _ended(pause: ToldPause, entry: Entry) -> ToldPause:
    (note,) = orjson.loads(entry.effects)
    return replace(pause, until=from_ms(note["until"]), ended_by=entry.actor, ended_at=entry.effective_at)
