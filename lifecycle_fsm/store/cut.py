"""Rows read one beyond a page, cut to the page."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from lifecycle_fsm.domain.paging import Page, PageRequest

Item = TypeVar("Item")
Read = TypeVar("Read")


def cut(
    rows: Sequence[Read],
    page: PageRequest,
    item_of: Callable[[Read], Item],
    cursor_of: Callable[[Read], str],
    total: int | None = None,
) -> Page[Item]:
    """
    Make a page of at most `page.size` rows.

    Rows come in the direction of reading: backwards, the last of the list first. One
    row too many says that there is more in that direction.
    """
    kept, more = rows[: page.size], len(rows) > page.size
    if page.backwards:
        kept = kept[::-1]
    return Page(
        items=tuple(item_of(row) for row in kept),
        cursors=tuple(cursor_of(row) for row in kept),
        has_next=page.before is not None if page.backwards else more,
        has_previous=more if page.backwards else page.after is not None,
        total=total,
    )
