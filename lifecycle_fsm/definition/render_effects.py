"""Effects back to the words of the language."""

from lifecycle_fsm.definition.document import Document
from lifecycle_fsm.definition.selectors import selector_document
from lifecycle_fsm.domain.cta import Priority
from lifecycle_fsm.domain.effects import CloseCtas, Effect, EscalateCta, Notify, OpenCta, OpenPlan, ReachMilestone


def effect_document(effect: Effect) -> dict[str, Document]:
    """One effect as a table with one key."""
    match effect:
        case OpenCta():
            return {"open_cta": _template(effect.template, effect.priority)}
        case EscalateCta():
            return {"escalate_cta": _template(effect.template, effect.priority)}
        case CloseCtas():
            return {"close_ctas": {**selector_document(effect.selector), "outcome": effect.outcome.value}}
        case ReachMilestone():
            return {"reach": effect.milestone}
        case Notify():
            return {"notify": {"channel": effect.channel, "message": effect.message}}
        case OpenPlan():
            return {"open_plan": effect.plan}


def _template(key: str, priority: Priority | None) -> Document:
    return key if priority is None else {"template": key, "priority": priority.value}
