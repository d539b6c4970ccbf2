"""What is another about an account at a later date."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.services.views import AccountView

MOST_CHANGES = 5_000


class Aspect(StrEnum):
    """What about an account changed."""

    SEGMENT = "segment"
    RULES = "rules"
    STAGE = "stage"
    HEALTH = "health"
    MILESTONE = "milestone"
    CTA = "cta"
    MEASURE = "measure"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class AspectChange:
    """
    One thing that is another; `key` names which milestone, CTA, measure or fact.

    None is a value that is not there, not yet or no more. Dates of milestones are ISO 8601.
    """

    aspect: Aspect
    key: str
    before: Value
    after: Value


def changes_between(before: AccountView | None, after: AccountView | None) -> tuple[AspectChange, ...]:
    """What differs, by aspect and key; of an account that was not there everything does."""
    one, other = _aspects(before), _aspects(after)
    places = sorted(one.keys() | other.keys(), key=lambda place: (list(Aspect).index(place[0]), place[1]))
    different = (place for place in places if one.get(place) != other.get(place))
    return tuple(AspectChange(*place, one.get(place), other.get(place)) for place in islice(different, MOST_CHANGES))


def _aspects(view: AccountView | None) -> Mapping[tuple[Aspect, str], Value]:
    return {} if view is None else {(aspect, key): value for aspect, key, value in _values(view)}


def _values(view: AccountView) -> Iterator[tuple[Aspect, str, Value]]:
    if view.machine is not None:
        yield Aspect.SEGMENT, "", view.machine.segment
        yield Aspect.RULES, "", view.machine.digest
    yield Aspect.STAGE, "", view.lifecycle.stage
    yield Aspect.HEALTH, "", view.health.score
    for milestone, reached_at in view.lifecycle.milestones.items():
        yield Aspect.MILESTONE, milestone, reached_at.isoformat()
    for cta in view.lifecycle.ctas:
        yield Aspect.CTA, cta.cause_key, cta.status.value if cta.outcome is None else cta.outcome.value
    for field, value in view.facts.values.items():
        family, _, key = field.partition(".")
        if family in ("measure", "fact") and not key.endswith("@") and ".before." not in key:
            yield Aspect(family), key, value
