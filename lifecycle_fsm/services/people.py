"""Who leads whom, so that a CTA can fall back to the lead of an account's CSM."""

from collections.abc import Sequence

from lifecycle_fsm.domain.access import Actor, Capability, require, require_everything
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.people import Person, load_people, save_people

__all__ = ["Person", "list_people", "record_people"]

MOST = 1_000


def record_people(world: World, actor: Actor, people: Sequence[Person]) -> tuple[Person, ...]:
    """
    Write down people, over what was known of them; the last of two with one id counts.

    Raises:
        Forbidden: the actor may not record facts.
        InvalidInput: there are too many, or a text cannot be kept.
    """
    require(actor, Capability.RECORD_FACTS)
    require_everything(actor)
    if not 1 <= len(people) <= MOST:
        raise InvalidInput(f"{len(people)} people; expected 1 to {MOST}", path="input.people")
    for index, each in enumerate(people):
        for name in ("id", "name", "lead"):
            text = getattr(each, name)
            if text is not None and take_text(text) != text:
                message = f"`{name}` must be 1 to 500 printable characters"
                raise InvalidInput(message, path=f"input.people.{index}.{name}")
    known = {each.id: each for each in people}
    with world.database.writing() as connection:
        save_people(connection, list(known.values()), world.clock())
    return tuple(known.values())


def list_people(world: World, actor: Actor) -> tuple[Person, ...]:
    """The people that are known, by id; at most 1,000."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        return load_people(connection, MOST)
