"""Pages written as JSON around nodes that are written already."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring as quoted
from uuid import UUID

from api.asked import Asked
from lifecycle_fsm.domain.paging import Page

_INFO: Mapping[str, Callable[[Page[UUID]], str]] = {
    "hasNextPage": lambda page: "true" if page.has_next else "false",
    "hasPreviousPage": lambda page: "true" if page.has_previous else "false",
    "startCursor": lambda page: quoted(page.cursors[0]) if page.cursors else "null",
    "endCursor": lambda page: quoted(page.cursors[-1]) if page.cursors else "null",
    "__typename": lambda _: '"PageInfo"',
}


@dataclass(frozen=True, slots=True)
class PageText:
    """A connection of which its nodes and `pageInfo` are asked; `nodes` is what is asked of each node."""

    parts: tuple[Asked, ...]
    nodes: Sequence[Asked]

    def text(self, page: Page[UUID], nodes: str) -> str:
        """The connection as JSON."""
        return f"{{{','.join([_part(each, page, nodes) for each in self.parts])}}}"


def page_text(asked: tuple[Asked, ...]) -> PageText | None:
    """How a connection of which this is asked is written; None where it is asked for edges or a total."""
    nodes = [each for each in asked if each.name == "nodes"]
    infos = [each for each in asked if each.name == "pageInfo"]
    others = [each for each in asked if each.name not in {"nodes", "pageInfo", "__typename"}]
    if len(nodes) != 1 or others or not all(below.name in _INFO for info in infos for below in info.below):
        return None
    return PageText(asked, nodes[0].below)


def _part(asked: Asked, page: Page[UUID], nodes: str) -> str:
    if asked.name == "__typename":
        return f'"{asked.key}":"{asked.type_name}"'
    if asked.name == "nodes":
        return f'"{asked.key}":[{nodes}]'
    inside = ",".join([f'"{each.key}":{_INFO[each.name](page)}' for each in asked.below])
    return f'"{asked.key}":{{{inside}}}'
