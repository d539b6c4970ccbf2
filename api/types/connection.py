"""Pages of lists in Relay's form."""

from collections.abc import Callable
from typing import Generic, TypeVar

import strawberry

from lifecycle_fsm.domain.paging import Page

Item = TypeVar("Item")
Shown = TypeVar("Shown")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Whether there is more, and the cursors to go on with."""

    has_next_page: bool = strawberry.field(description="Whether items follow the last one of this page.")
    has_previous_page: bool = strawberry.field(description="Whether items come before the first one of this page.")
    start_cursor: str | None = strawberry.field(
        description="The cursor of the first item, null on an empty page; at most 1,000 characters."
    )
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last item, null on an empty page; at most 1,000 characters."
    )


@strawberry.type(description="One item of a page with its cursor.")
class Edge(Generic[Shown]):
    """An item and where it stands."""

    cursor: str = strawberry.field(
        description="Opaque; give it as `after` or `before` with the same filter and order. At most 1,000 characters."
    )
    node: Shown = strawberry.field(description="The item.")


@strawberry.type(description="One page of a list; stable while items come and go.")
class Connection(Generic[Shown]):
    """Items, with and without their cursors."""

    edges: list[Edge[Shown]] = strawberry.field(description="The page's items with their cursors; at most 100.")
    nodes: list[Shown] = strawberry.field(description="The same items without cursors; at most 100.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")
    total_count: int | None = strawberry.field(
        description="How many items the whole list has. Counted only when asked for, which takes time on long lists."
    )


def connection_of(page: Page[Item], show: Callable[[Item], Shown], *, with_edges: bool = True) -> Connection[Shown]:
    """Turn a page of domain values into a connection of GraphQL types."""
    nodes = [show(item) for item in page.items]
    cursors = list(page.cursors)
    return Connection(
        edges=[Edge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)]
        if with_edges
        else [],
        nodes=nodes,
        page_info=PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
        total_count=page.total,
    )
