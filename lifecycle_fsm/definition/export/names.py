"""The names by which a state chart refers to what only the host can answer or do: conditions and effects."""

from lifecycle_fsm.definition.document import Document
from lifecycle_fsm.definition.render_effects import effect_document
from lifecycle_fsm.domain.effects import Effect
from lifecycle_fsm.engine.machine import Transition
from lifecycle_fsm.guards.model import ALWAYS

_SHORT = {"open_cta": "template", "escalate_cta": "template", "reach": "milestone"}
"""What an effect that is written as a single name names."""


def escaped(name: str) -> str:
    r"""The name of a stage or transition as one part of a path: `a.b` is `a\.b`."""
    return name.replace(".", "\\.")


def condition_name(transition: Transition, trigger: str) -> str | None:
    """`<stage>.<transition>.<trigger>`, different for every condition of a machine; None where nothing is asked."""
    if transition.guard(trigger) == ALWAYS:
        return None
    return ".".join(escaped(part) for part in (transition.source, transition.key, trigger))


def action(effect: Effect) -> tuple[str, dict[str, Document]]:
    """The word of an effect, such as `open_cta`, and what it is about."""
    ((word, about),) = effect_document(effect).items()
    return word, about if isinstance(about, dict) else {_SHORT[word]: about}
