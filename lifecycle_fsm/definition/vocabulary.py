"""What the names in a definition may refer to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings, nearest
from lifecycle_fsm.definition.nodes import Node
from lifecycle_fsm.definition.values import read_text
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.scorecard import Scorecard
from lifecycle_fsm.engine.machine import Derivation

T = TypeVar("T")

HEALTH = "health.score"
"""The health score, which guards read like a measure."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """
    Hold the catalog and what is not known of it.

    `broken` are names whose entries have mistakes of their own, and `readable` is false
    when there is no catalog to speak of; names that could be among those are not
    reported as unknown. `derivations` say what derived measures follow from; `scorecards`
    are those that segments may refine, and no part of a version.
    """

    catalog: Catalog = field(default_factory=Catalog)
    broken: frozenset[str] = frozenset()
    readable: bool = True
    derivations: Mapping[str, Derivation] = field(default_factory=dict)
    scorecards: Mapping[str, Scorecard] = field(default_factory=dict)

    def look_up(self, known: Mapping[str, T], code: Code, node: Node, findings: Findings) -> T | None:
        """What a name in the text refers to, None after a report or when its entry is broken."""
        name = read_text(node, findings)
        if name is None or name in known:
            return None if name is None else known[name]
        self.report_unknown(name, known, code, node, findings)
        return None

    def report_unknown(
        self, name: str, known: Mapping[str, object], code: Code, node: Node, findings: Findings
    ) -> None:
        """Report a name that refers to nothing, unless it could be one whose entry is broken."""
        if self.readable and name not in self.broken:
            report_unknown(name, known, code, node, findings)
        else:
            findings.rely_on_broken()


def report_unknown(name: str, known: Mapping[str, object], code: Code, node: Node, findings: Findings) -> None:
    """Report a name that refers to nothing, with the one that was probably meant."""
    what = code.removeprefix("unknown-")
    there_are = f"there are: {', '.join(known)}" if known else "there is none"
    findings.error(code, node.span, f"there is no {what} {name!r}; {there_are}", suggestion=nearest(name, known))
