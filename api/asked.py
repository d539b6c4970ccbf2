"""What is asked of a field, as plain values: for those that write whole answers down at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Slots = list[object]
"""What one run has at hand; the compiler of plans knows what lies where."""


@dataclass(frozen=True, slots=True)
class Asked:
    """
    One field of a selection under its response key.

    `given` are the names of the arguments that the document gives; their values lie in the
    slot `arguments` of a run, None for a field without arguments. `below` is what is asked
    of its object, empty for a leaf.
    """

    key: str
    name: str
    type_name: str
    given: frozenset[str]
    arguments: int | None
    below: tuple["Asked", ...]

    def arguments_in(self, slots: Slots) -> Mapping[str, Any]:
        """The values of its arguments in a run, by the names that resolvers know."""
        return {} if self.arguments is None else slots[self.arguments]  # type: ignore[return-value] # a mapping lies there


Writing = Callable[..., Awaitable[Sequence[str] | None]]
"""
Writes the values of a field of several objects as JSON: of an info, the objects, the slots and the field's arguments.

None where the usual way has to be taken this time.
"""

Writer = Callable[[tuple[Asked, ...]], Writing | None]
"""Makes what writes a field of which this is asked; None where it asks for more than can be written."""
