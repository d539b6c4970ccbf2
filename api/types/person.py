"""People who work with accounts."""

import strawberry

from lifecycle_fsm.services import people


@strawberry.type(description="A person who works with accounts.")
class Person:
    """A person."""

    id: strawberry.ID = strawberry.field(description="What `csm` and `owner` call the person; at most 500 characters.")
    name: str | None = strawberry.field(description="The name for people; at most 500 characters.")
    lead: str | None = strawberry.field(description="The id of the lead; null for none. At most 500 characters.")

    @classmethod
    def of(cls, person: people.Person) -> "Person":
        """Show a person."""
        return cls(id=strawberry.ID(person.id), name=person.name, lead=person.lead)
