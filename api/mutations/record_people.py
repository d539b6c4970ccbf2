"""Mutation `recordPeople`: who leads whom."""

from typing import Annotated, Union

import strawberry

from api.context import Info
from api.mutations.answer import answered
from api.resolvers import resolved
from api.types.person import Person
from api.types.problems import Forbidden, IdempotencyConflict, InvalidInput, StaleRevision, UnknownAccount
from lifecycle_fsm.services import people


@strawberry.input(description="A person, as accounts and CTAs name it.")
class PersonInput:
    """A person."""

    id: str = strawberry.field(description="What `csm` and `owner` call the person; 1 to 500 printable characters.")
    name: str | None = strawberry.field(default=None, description="The name for people; 1 to 500 characters.")
    lead: str | None = strawberry.field(default=None, description="The id of the lead; 1 to 500 characters.")


@strawberry.input(description="Whom to write down.")
class RecordPeopleInput:
    """A command on people."""

    people: list[PersonInput] = strawberry.field(description="1 to 1,000 people; the last of two with one id counts.")


@strawberry.type(description="The people are written down.")
class PeopleRecorded:
    """What is known now."""

    people: list[Person] = strawberry.field(description="The people of the command, each once; at most 1,000.")


RecordPeopleResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        PeopleRecorded, UnknownAccount, StaleRevision, Forbidden, InvalidInput, IdempotencyConflict
    ],
    strawberry.union("RecordPeopleResult", description="What became of people."),
]


@strawberry.type
class RecordPeople:
    """Field of the mutation root."""

    @resolved(
        "Write down people over what was known of them, so that CTAs can fall to the lead of an account's CSM. "
        "Repeating it changes nothing."
    )
    async def record_people(
        self,
        info: Info,
        given: Annotated[RecordPeopleInput, strawberry.argument(name="input", description="The command.")],
    ) -> RecordPeopleResult:
        """Write them down."""
        return await answered(_record(info, given))


async def _record(info: Info, given: RecordPeopleInput) -> PeopleRecorded:
    found = [people.Person(each.id, each.name, each.lead) for each in given.people]
    written = await info.context.change(people.record_people, found)
    return PeopleRecorded(people=[Person.of(each) for each in written])
