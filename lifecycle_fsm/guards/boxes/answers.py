"""What a question about guards can be answered with."""

from collections.abc import Mapping
from dataclasses import dataclass

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.guards.model import Leaf


@dataclass(frozen=True, slots=True)
class Example:
    """An account that shows the answer: its row by field key, and the evaluation date in milliseconds."""

    row: Mapping[str, Value]
    as_of_ms: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A leaf and its path below the guard that was asked about; the guard itself has the empty path."""

    path: str
    leaf: Leaf


@dataclass(frozen=True, slots=True)
class Satisfiable:
    """There is such an account."""

    example: Example


@dataclass(frozen=True, slots=True)
class Unsatisfiable:
    """There is none: the leaves of the core already contradict each other, and each of them is needed for that."""

    core: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class NotDecided:
    """The question was given up after so many boxes; after none where it depends on where accounts are."""

    boxes: int

    @property
    def why(self) -> str:
        """What ended the search, to go on after "not decided"."""
        if self.boxes:
            return f"within {self.boxes} boxes"
        return "since an instant is compared by its local day and by its date or age, and days are not of one length"


Answer = Satisfiable | Unsatisfiable | NotDecided
