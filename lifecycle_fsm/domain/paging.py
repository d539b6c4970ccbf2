"""Pages of lists: what is asked for, and what comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class PageRequest:
    """
    Ask for 1 to 100 items after or before a cursor; `backwards` counts from the end.

    A cursor is opaque text that an earlier page gave. `with_total` also counts all.
    """

    size: int
    after: str | None = None
    before: str | None = None
    backwards: bool = False
    with_total: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Items in order, the cursor of each, whether there is more on either side, and the count if asked for."""

    items: Sequence[Item]
    cursors: Sequence[str]
    has_next: bool
    has_previous: bool
    total: int | None = None
