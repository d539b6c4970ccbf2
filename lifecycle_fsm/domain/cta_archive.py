"""Closed CTAs of an account that were counted and not read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from lifecycle_fsm.domain.cta import Cta, CtaOutcome, CtaType
from lifecycle_fsm.domain.cta_selector import CtaSelector


@dataclass(frozen=True, slots=True)
class CtaKind:
    """What selectors tell closed CTAs apart by."""

    type: CtaType
    reason: str
    template: str
    outcome: CtaOutcome | None
    flagged: bool


@dataclass(frozen=True, slots=True)
class CtaTally:
    """How many closed CTAs of a kind there are, and how many of them were opened and closed since the stage's entry."""

    kind: CtaKind
    closed: int
    opened_since: int
    closed_since: int


@dataclass(frozen=True, slots=True)
class CtaArchive:
    """
    Closed CTAs that a lifecycle does not list, counted by kind.

    `entered_at` is the entry that `since` counts from; all were closed up to `latest_at`. Tallies
    of None were not asked for, since no guard of the account's machine counts what is closed.
    With `are_old` all are older than any age that a guard asks for.
    """

    entered_at: datetime
    latest_at: datetime | None = None
    tallies: tuple[CtaTally, ...] | None = None
    are_old: bool = False

    def count(self, selector: CtaSelector, entered_at: datetime) -> int:
        """How many of them a selector chooses for a visit: that of the archive, or a later one."""
        if selector.status == "open":
            return 0
        assert self.tallies is not None, "closed CTAs are asked for that were not counted"
        assert self.are_old or not selector.is_timed, "closed CTAs are asked for by an age that was not looked at"
        if selector.younger_than_ms is not None:
            return 0
        return sum(self._of(tally, selector, entered_at) for tally in self.tallies if _chooses(selector, tally.kind))

    def without(self, listed: Iterable[Cta]) -> "CtaArchive":
        """The archive without closed CTAs that the lifecycle lists."""
        if self.tallies is None:
            return self
        tallies = {tally.kind: tally for tally in self.tallies}
        for cta in listed:
            if not cta.is_open:
                kind = kind_of(cta)
                tallies[kind] = self._less(tallies[kind], cta)
        return replace(self, tallies=tuple(tallies.values()))

    def _of(self, tally: CtaTally, selector: CtaSelector, entered_at: datetime) -> int:
        if not selector.since_entry:
            return tally.closed
        if entered_at == self.entered_at:
            return tally.closed_since if selector.status == "closed" else tally.opened_since
        assert self.latest_at is not None
        assert entered_at > self.latest_at, "closed CTAs were counted for another visit"
        return 0

    def _less(self, tally: CtaTally, cta: Cta) -> CtaTally:
        assert cta.closed_at is not None
        return CtaTally(
            tally.kind,
            tally.closed - 1,
            tally.opened_since - (cta.opened_at >= self.entered_at),
            tally.closed_since - (cta.closed_at >= self.entered_at),
        )


def kind_of(cta: Cta) -> CtaKind:
    """What selectors tell a closed CTA apart by."""
    return CtaKind(cta.type, cta.reason, cta.template, cta.outcome, cta.flagged)


def _chooses(selector: CtaSelector, kind: CtaKind) -> bool:
    return (
        selector.may_choose(kind.type, kind.reason, kind.template)
        and selector.outcome in (None, kind.outcome)
        and selector.flagged in (None, kind.flagged)
    )
