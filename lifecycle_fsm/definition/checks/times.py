"""Times that contradict each other or their own words."""

from collections.abc import Iterator

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic, Related, Severity
from lifecycle_fsm.definition.paths import placed_leaves
from lifecycle_fsm.domain.calendars import is_longer
from lifecycle_fsm.guards.model import Leaf, Reading, Within


def stuck_before_expected(draft: Draft) -> Iterator[Diagnostic]:
    """Stages in which an account would be stuck before it is behind."""
    for key, stage in draft.machine.stages.items():
        if stage.expected is not None and stage.stuck is not None and not is_longer(stage.stuck, stage.expected):
            message = f"an account in {key!r} would be stuck before it is behind; `stuck` is longer than `expected`"
            related = (Related("expected here", draft.positions.span(f"stages.{key}.expected")),)
            span = draft.positions.span(f"stages.{key}.stuck")
            yield Diagnostic(Code.STUCK_BEFORE_EXPECTED, Severity.ERROR, message, span, related)


def wrong_directions(draft: Draft) -> Iterator[Diagnostic]:
    """Conditions on the days until a date that only hold once the date has passed, and the other way round."""
    for path, leaf in placed_leaves(draft.machine):
        opposite = _opposite(leaf)
        if opposite is not None:
            message = f"this is never true before the day itself, so it reads against its words; write `{opposite}`"
            yield Diagnostic(Code.DATE_DIRECTION, Severity.WARNING, message, draft.positions.span(path))


def _opposite(leaf: Leaf) -> str | None:
    only_negative = isinstance(leaf.test, Within) and leaf.test.high is not None and leaf.test.high < 0
    if not only_negative:
        return None
    return {Reading.DAYS_UNTIL: "days_since", Reading.DAYS_SINCE: "days_until"}.get(leaf.subject.reading)
