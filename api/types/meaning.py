"""How conditions change in meaning from one version to the next."""

from collections.abc import Mapping

import strawberry

from api.scalars import LooseValue
from api.types.diagnostic import ExampleField
from lifecycle_fsm.services.planning.content import Meaning, Sense


@strawberry.type(
    description="How the condition of a transition or an alert changes in meaning. Examples are accounts made up to "
    "show it, field by field, with values as texts; null where there is none."
)
class MeaningDiff:
    """A condition before and after."""

    key: str = strawberry.field(
        description="Whose condition it is: `stage.transition`, `alerts.alert` or `alerts.alert.clear_when`. "
        "At most 300 characters."
    )
    sense: Sense = strawberry.field(description="For which accounts it is true, among those that can be judged.")
    gained: list[ExampleField] | None = strawberry.field(
        description="An account for which it was false and becomes true; at most 100 fields."
    )
    lost: list[ExampleField] | None = strawberry.field(
        description="An account for which it was true and becomes false; at most 100 fields."
    )
    gained_from_unknown: list[ExampleField] | None = strawberry.field(
        description="An account for which it was unknown and becomes true; at most 100 fields."
    )
    lost_to_unknown: list[ExampleField] | None = strawberry.field(
        description="An account for which it was true and becomes unknown; at most 100 fields."
    )

    @classmethod
    def of(cls, meaning: Meaning) -> "MeaningDiff":
        """Show a change of meaning."""
        return cls(
            key=meaning.key,
            sense=meaning.sense,
            gained=_example(meaning.gained),
            lost=_example(meaning.lost),
            gained_from_unknown=_example(meaning.gained_from_unknown),
            lost_to_unknown=_example(meaning.lost_to_unknown),
        )


def _example(row: Mapping[str, str] | None) -> list[ExampleField] | None:
    return None if row is None else [ExampleField(key=key, value=LooseValue(text)) for key, text in row.items()]
