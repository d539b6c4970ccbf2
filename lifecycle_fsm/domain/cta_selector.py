"""Which CTAs of an account a condition counts and an effect closes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lifecycle_fsm.domain.cta import Cta, CtaOutcome, CtaType
from lifecycle_fsm.domain.fields import CTAS
from lifecycle_fsm.domain.moments import format_duration, parse_duration

OR = "|"
"""Between the names of a list in the text of a selector."""


@dataclass(frozen=True, slots=True)
class CtaSelector:
    """
    Choose CTAs of an account by what they are; what is empty or None matches everything.

    `status` is `open`, `closed` or None for both. `since_entry` keeps those opened, or closed
    where `status` is closed, since the present stage was entered. `younger_than_ms` keeps
    those opened less than so long ago, and with `or_open` all that are open; `older_than_ms`
    those opened at least so long ago.
    """

    types: tuple[CtaType, ...] = ()
    reasons: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    status: str | None = None
    outcome: CtaOutcome | None = None
    since_entry: bool = False
    flagged: bool | None = None
    younger_than_ms: int | None = None
    or_open: bool = False
    older_than_ms: int | None = None

    @property
    def key(self) -> str:
        """The selector as one text, the same for equal selectors: `reason=kickoff,status=open`."""
        return ",".join(f"{name}={part}" for name, part in self._parts() if part)

    def _parts(self) -> Iterator[tuple[str, str | None]]:
        younger = None if self.younger_than_ms is None else format_duration(self.younger_than_ms)
        yield "type", OR.join(self.types)
        yield "reason", OR.join(self.reasons)
        yield "template", OR.join(self.templates)
        yield "status", self.status
        yield "outcome", self.outcome
        yield "since", "stage_entry" if self.since_entry else None
        yield "flagged", None if self.flagged is None else str(self.flagged).lower()
        yield "open_or_opened_within" if self.or_open else "opened_within", younger
        yield "older_than", None if self.older_than_ms is None else format_duration(self.older_than_ms)

    @classmethod
    def from_key(cls, key: str) -> "CtaSelector":
        """Read a text that `key` made."""
        parts = dict(part.split("=", 1) for part in key.split(",")) if key else {}
        younger = parts.get("open_or_opened_within", parts.get("opened_within", ""))
        return cls(
            types=tuple(map(CtaType, _names(parts, "type"))),
            reasons=_names(parts, "reason"),
            templates=_names(parts, "template"),
            status=parts.get("status"),
            outcome=CtaOutcome(parts["outcome"]) if "outcome" in parts else None,
            since_entry="since" in parts,
            flagged=parts["flagged"] == "true" if "flagged" in parts else None,
            younger_than_ms=parse_duration(younger),
            or_open="open_or_opened_within" in parts,
            older_than_ms=parse_duration(parts.get("older_than", "")),
        )

    @property
    def is_timed(self) -> bool:
        """Whether time alone changes what it chooses."""
        return self.younger_than_ms is not None or self.older_than_ms is not None

    def matches(self, cta: Cta, entered_at: datetime, as_of: datetime) -> bool:
        """Whether the CTA is one of those chosen; `entered_at` is that of the present stage."""
        return (
            self.may_choose(cta.type, cta.reason, cta.template)
            and self.status in (None, "open" if cta.is_open else "closed")
            and self.outcome in (None, cta.outcome)
            and self.flagged in (None, cta.flagged)
            and (not self.since_entry or self._relevant_at(cta) >= entered_at)
            and self._is_of_age(cta, as_of)
        )

    def may_choose(self, cta_type: CtaType, reason: str, template: str) -> bool:
        """Whether CTAs that are so from their opening on may be among those chosen."""
        asked: tuple[tuple[str, Sequence[str]], ...] = (
            (cta_type, self.types),
            (reason, self.reasons),
            (template, self.templates),
        )
        return all(not names or name in names for name, names in asked)

    def may_share(self, other: "CtaSelector") -> bool:
        """Whether some CTA may be among those that both choose, by what it is from its opening on."""
        return all(not mine or not theirs or set(mine) & set(theirs) for mine, theirs in self._lists(other))

    def includes(self, other: "CtaSelector") -> bool:
        """Whether it always chooses what the other one chooses; not every such case is found."""
        done = other.status == "closed" or other.outcome is not None
        return (
            all(not mine or (theirs and set(theirs) <= set(mine)) for mine, theirs in self._lists(other))
            and (self.status in (None, other.status) or (self.status == "closed" and done))
            and self.outcome in (None, other.outcome)
            and self.flagged in (None, other.flagged)
            and (not self.since_entry or (other.since_entry and self.status in ("closed", other.status)))
            and self._includes_ages(other)
        )

    def instants(self, ctas: Sequence[Cta]) -> Iterator[datetime]:
        """When CTAs come to be old enough to be chosen, or too old."""
        for age_ms in (self.younger_than_ms, self.older_than_ms):
            if age_ms is not None:
                age = timedelta(milliseconds=age_ms)
                yield from (cta.opened_at + age for cta in ctas)

    def _lists(self, other: "CtaSelector") -> tuple[tuple[Sequence[str], Sequence[str]], ...]:
        return (self.types, other.types), (self.reasons, other.reasons), (self.templates, other.templates)

    def _relevant_at(self, cta: Cta) -> datetime:
        return cta.closed_at or cta.opened_at if self.status == "closed" else cta.opened_at

    def _is_of_age(self, cta: Cta, as_of: datetime) -> bool:
        if not self.is_timed:
            return True
        age_ms = (as_of - cta.opened_at) / timedelta(milliseconds=1)
        is_young = self.younger_than_ms is None or age_ms < self.younger_than_ms or (self.or_open and cta.is_open)
        return is_young and (self.older_than_ms is None or age_ms >= self.older_than_ms)

    def _includes_ages(self, other: "CtaSelector") -> bool:
        is_older = self.older_than_ms is None or (other.older_than_ms or -1) >= self.older_than_ms
        return is_older and self._includes_youth(other)

    def _includes_youth(self, other: "CtaSelector") -> bool:
        if self.younger_than_ms is None or (self.or_open and other.status == "open"):
            return True
        if other.younger_than_ms is None or other.younger_than_ms > self.younger_than_ms:
            return False
        return self.or_open or not other.or_open


def selector_in(key: str) -> CtaSelector | None:
    """The selector of the CTAs that a field counts, None for a field of another kind."""
    return CtaSelector.from_key(key.removeprefix(CTAS)) if key.startswith(CTAS) else None


def _names(parts: dict[str, str], key: str) -> tuple[str, ...]:
    return tuple(parts[key].split(OR)) if key in parts else ()
