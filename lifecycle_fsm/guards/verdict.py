"""The answer of a guard with its reason, leaf by leaf."""

from dataclasses import dataclass
from enum import StrEnum

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.zones import ChosenZone
from lifecycle_fsm.guards.model import Leaf, SubjectKind, Truth


class Join(StrEnum):
    """How the parts of a verdict make its answer."""

    ALL = "all"
    ANY = "any"
    NOT = "not"
    AT_LEAST_OF = "at_least_of"
    HELD = "held"


class Gap(StrEnum):
    """Why a leaf has no value to test."""

    MISSING = "missing"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class LeafVerdict:
    """
    Say what one leaf found.

    `path` is its place in the tree, such as `all.0.not`. `actual` and `required` are for
    people ("55", "at least 60"); `actual_value` is the number or text itself, in the
    reading's unit; of a stale value both are what was last observed. `distance` is how
    much is missing in `unit`, 0 when it holds, None when it has no measure. `passes_at_ms`
    is the instant at which time alone makes the leaf true, None when it holds or never will.
    `age_ms` is the time from the observation to the evaluation date. `zone` is the one in which
    days are counted, None where the leaf counts none or UTC days.
    """

    path: str
    kind: SubjectKind
    subject: str
    operator: str
    required: str
    actual: str | None
    actual_value: Value
    truth: Truth
    gap: Gap | None
    distance: float | None
    unit: str | None
    observed_at_ms: int | None
    passes_at_ms: int | None
    leaf: Leaf
    age_ms: int | None = None
    zone: ChosenZone | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A guard's answer; a node has a `join` and `parts`, a leaf has `leaf` and neither."""

    truth: Truth
    join: Join | None = None
    parts: tuple["Verdict", ...] = ()
    leaf: LeafVerdict | None = None
    needed: int | None = None

    def leaves(self) -> tuple[LeafVerdict, ...]:
        """Every leaf verdict, in the order of the text."""
        if self.leaf is not None:
            return (self.leaf,)
        return tuple(leaf for part in self.parts for leaf in part.leaves())
