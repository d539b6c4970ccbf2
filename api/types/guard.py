"""Guards as a machine lays them down, before anybody is judged by them."""

from datetime import timedelta

import strawberry

from api.resolvers import resolved
from api.types.stage import span
from lifecycle_fsm.services.rules import GuardPart as Part
from lifecycle_fsm.services.rules import condition_in_words, condition_text, parts_of
from lifecycle_fsm.services.vocabulary import Guard as Condition
from lifecycle_fsm.services.vocabulary import Join, SubjectKind, operator_of, requirement
from lifecycle_fsm.services.vocabulary import Leaf as Tested


@strawberry.type(description="One condition of a guard: a subject and what is asked of it.")
class GuardLeaf:
    """A leaf of a guard."""

    kind: SubjectKind = strawberry.field(description="What it is about.")
    subject: str = strawberry.field(description="What it is about, for people; at most 300 characters.")
    operator: str = strawberry.field(
        description="How it compares: `at_least`, `below`, `in`, `reached` and so on; at most 50 characters."
    )
    required: str = strawberry.field(
        description="What it asks for, for people: `at least 60 %`; at most 1,000 characters."
    )
    text: str = strawberry.field(description="Subject and requirement in words; at most 1,500 characters.")

    @classmethod
    def of(cls, leaf: Tested) -> "GuardLeaf":
        """Show a leaf."""
        return cls(
            kind=leaf.subject.kind,
            subject=leaf.subject.title,
            operator=operator_of(leaf),
            required=requirement(leaf),
            text=condition_in_words(leaf),
        )


@strawberry.type(
    description="One part of a guard's tree: a join with the parts below it, whose paths begin with its own, or a leaf."
)
class GuardPart:
    """A node of a guard."""

    path: str = strawberry.field(
        description="Its place in the tree, such as `all.0.not`, empty for the whole; the same as in the verdict of a "
        "way out. At most 500 characters."
    )
    join: Join | None = strawberry.field(description="How the parts below it make its answer; null for a leaf.")
    needed: int | None = strawberry.field(description="How many parts AT_LEAST_OF asks for; null for other joins.")
    held_for: timedelta | None = strawberry.field(
        description="How long the leaf below HELD must have held; null for other joins."
    )
    leaf: GuardLeaf | None = strawberry.field(description="The condition of a leaf; null for a join.")

    @classmethod
    def of(cls, part: Part) -> "GuardPart":
        """Show a part."""
        return cls(
            path=part.path,
            join=part.join,
            needed=part.needed,
            held_for=span(part.held_ms),
            leaf=None if part.leaf is None else GuardLeaf.of(part.leaf),
        )


@strawberry.type(description="A condition over what is known about an account.")
class Guard:
    """A condition tree."""

    condition: strawberry.Private[Condition]

    @resolved("The condition on one line, for people; empty where nothing is asked. At most 10,000 characters.")
    def text(self) -> str:
        """The condition in words."""
        return condition_in_words(self.condition)

    @resolved(
        "The condition as a definition writes it, in YAML; empty where nothing is asked. At most 20,000 characters."
    )
    def definition(self) -> str:
        """The condition in the language."""
        return condition_text(self.condition)

    @resolved("Every part of the tree, each before those below it, in the order of the definition; at most 500.")
    def parts(self) -> list[GuardPart]:
        """The tree, flat."""
        return [GuardPart.of(part) for part in parts_of(self.condition)]

    @resolved("Its conditions alone, in the order of the definition; at most 200. Empty where nothing is asked.")
    def leaves(self) -> list[GuardLeaf]:
        """The leaves."""
        return [GuardLeaf.of(part.leaf) for part in parts_of(self.condition) if part.leaf is not None]


@strawberry.type(description="Everything that must hold for one trigger: time, milestones and condition.")
class TriggerGuard:
    """A trigger with its whole guard."""

    trigger: str = strawberry.field(description="The trigger; at most 100 characters.")
    guard: Guard = strawberry.field(description="What must hold, as one tree.")
