"""What the fields of an account can hold at all, whatever a guard asks."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from math import inf

from lifecycle_fsm.domain.fields import HEALTH_SCORE, STAGE_ENTERED_AT, FieldKind
from lifecycle_fsm.domain.moments import DAY_MS, EARLIEST, LATEST, day_of, to_ms
from lifecycle_fsm.domain.plan import PlanStatus
from lifecycle_fsm.domain.scorecard import BEST, WORST
from lifecycle_fsm.guards.boxes.spans import Bound, Numbers, Span, Texts, Values

_FIRST_MS, _LAST_MS = to_ms(EARLIEST), to_ms(LATEST) - 1
_BIGGEST_COUNT = 2**53

AROUND_MS = to_ms(datetime(2026, 1, 1, 12, tzinfo=UTC))
"""Where examples are dated unless something speaks against it."""


@dataclass(frozen=True)
class Limit:
    """
    Bound one field: its lowest and highest value, or the only texts it may hold.

    A field that is `always_known` is never absent; one in the `past` holds an instant
    that is not after the evaluation date.
    """

    low: Bound = -inf
    high: Bound = inf
    texts: frozenset[str] | None = None
    always_known: bool = False
    past: bool = False

    @cached_property
    def numbers(self) -> Numbers:
        """The numbers within the bounds, and absence where it is possible."""
        return Numbers((Span(self.low, self.high),), not self.always_known)

    def as_texts(self) -> Texts:
        """The texts that are allowed, and absence where it is possible."""
        if self.texts is None:
            return Texts(frozenset(), others=True, absent=not self.always_known)
        return Texts(self.texts, absent=not self.always_known)


_OF_KIND = {
    FieldKind.NUMBER: Limit(-sys.float_info.max, sys.float_info.max),
    FieldKind.INTEGER: Limit(-_BIGGEST_COUNT, _BIGGEST_COUNT),
    FieldKind.FLAG: Limit(0, 1),
    FieldKind.INSTANT: Limit(_FIRST_MS, _LAST_MS),
    FieldKind.DAY: Limit(_FIRST_MS // DAY_MS, day_of(_LAST_MS)),
    FieldKind.TEXT: Limit(),
}

_COUNT = Limit(0, _BIGGEST_COUNT, always_known=True)

_OF_FAMILY = {
    "ctas": _COUNT,
    "visits": _COUNT,
    "held": replace(_OF_KIND[FieldKind.INSTANT], past=True),
    "plan": Limit(texts=frozenset(PlanStatus)),
    "plan_progress": Limit(0, 100),
}

_OF_KEY = {
    STAGE_ENTERED_AT.key: replace(_OF_KIND[FieldKind.INSTANT], past=True, always_known=True),
    HEALTH_SCORE.key: Limit(WORST, BEST),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Hold the limits of fields by key, and those of the evaluation date.

    A field without a limit of its own is bound as its family and its kind are.
    """

    by_key: Mapping[str, Limit] = field(default_factory=dict)
    first_ms: int = _FIRST_MS
    last_ms: int = _LAST_MS

    def of(self, key: str, kind: FieldKind) -> Limit:
        """The limit of a field: its own, else that of its family, else that of its kind."""
        own = self.by_key.get(key) or _OF_KEY.get(key)
        return own or _OF_FAMILY.get(key.partition(".")[0]) or _OF_KIND[kind]

    def values(self, key: str, kind: FieldKind) -> Values:
        """Everything that a field may hold."""
        limit = self.of(key, kind)
        return limit.as_texts() if kind is FieldKind.TEXT else limit.numbers


NO_LIMITS = Limits()
