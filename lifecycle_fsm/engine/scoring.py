"""Health scores of many accounts: the same numbers as `domain.scoring.rate`, read by position."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.scorecard import Band, band_of
from lifecycle_fsm.domain.scoring import Card, roll_up, score_of

Scorer = Callable[[Sequence[Value], int], tuple[float | None, Band | None]]
"""Scores observed values, which are in the order of the keys, at an evaluation date in milliseconds."""

_NEVER = -1


def has_only(value: object, known: frozenset[str]) -> bool:
    """Whether a dataclass says nothing beyond these fields: all others are as they are by default."""
    return all(
        each.name in known or (each.default is not MISSING and getattr(value, each.name) == each.default)
        for each in fields(value)  # type: ignore[arg-type] # only dataclasses are given
    )


def scorer_of(card: Card, positions: Mapping[str, int]) -> Scorer | None:
    """A function that scores as the card says; None where it asks for what is not observed."""
    found = [(each, positions.get(each.value_key), positions.get(each.observed_key, _NEVER)) for each in card.inputs]
    parts = [(each, value, observed) for each, value, observed in found if value is not None]
    if len(parts) < len(found) or any(each.measure.stale_after_ms and place < 0 for each, _, place in parts):
        return None
    missing = card.scorecard.missing

    def score(values: Sequence[Value], as_of_ms: int) -> tuple[float | None, Band | None]:
        scores = [
            score_of(each, values[value], values[observed] if observed >= 0 else None, as_of_ms, missing)
            for each, value, observed in parts
        ]
        rolled = roll_up(card, scores)
        return rolled, None if rolled is None else band_of(rolled)

    return score
