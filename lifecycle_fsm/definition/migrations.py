"""Where the accounts of old stages, and those of other segments, go on, from a definition."""

from collections.abc import Mapping

from lifecycle_fsm.definition.nodes import Node, TextNode
from lifecycle_fsm.definition.scope import Scope
from lifecycle_fsm.definition.tables import named_entries, read_table
from lifecycle_fsm.domain.landing import Landing, StageClock


def read_migrations(node: Node | None, scope: Scope) -> Mapping[str, Landing]:
    """
    The landings by old stage: `launched: adoption`, or `launched: {to: adoption, clock: restart}`.

    Old stages are those of versions that are published already, so they are not checked here.
    """
    return _read_landings(node, scope, "migrations", "a migration")


def read_arrivals(node: Node | None, scope: Scope) -> Mapping[str, Landing]:
    """
    The landings of accounts that come from other segments, by `stage` or `segment.stage`, written as migrations are.

    Those segments may be described elsewhere, so their names are not checked here.
    """
    return _read_landings(node, scope, "arrivals", "an arrival")


def _read_landings(node: Node | None, scope: Scope, section: str, what: str) -> Mapping[str, Landing]:
    landings: dict[str, Landing] = {}
    for key, body in named_entries(node, scope.findings, f"`{section}`"):
        scope.positions.mark(f"{section}.{key.text}", key)
        landing = _landing(body, scope, what)
        if landing is not None:
            landings[key.text] = landing
    return landings


def _landing(node: Node, scope: Scope, what: str) -> Landing | None:
    if isinstance(node, TextNode):
        stage = scope.stage(node)
        return None if stage is None else Landing(stage)
    table = read_table(node, scope.findings, what, ("to", "clock"), required=("to",))
    to = None if table is None else table.get("to")
    stage = None if to is None else scope.stage(to)
    if table is None or stage is None:
        return None
    return Landing(stage, table.word("clock", StageClock) or StageClock.KEEP)
