"""What a transition, a stage or an alert asks to be done, as JSON Schema."""

from lifecycle_fsm.definition.effects import CLOSE_KEYS, EFFECTS
from lifecycle_fsm.definition.json_schema.parts import (
    Json,
    Schema,
    either,
    headed,
    key,
    listed,
    one_or_more,
    ref,
    table,
    words,
)
from lifecycle_fsm.definition.selectors import GUARD_KEYS, SelectedStatus, Since
from lifecycle_fsm.domain.cta import CtaOutcome, CtaType, Priority

_PRIORITY = key(words(Priority), "Instead of the priority of the template.")
_CHOSEN: dict[str, Schema] = {
    "type": key(one_or_more(words(CtaType)), "Only CTAs of this family, or of one of these."),
    "reason": key(one_or_more(ref("name")), "Only CTAs with this reason, or with one of these."),
    "template": key(one_or_more(ref("name")), "Only CTAs of this template, or of one of these."),
}

SELECTOR: dict[str, Json] = table(
    "Which CTAs are counted; without a key, all.",
    GUARD_KEYS,
    {
        **_CHOSEN,
        "status": key(words(SelectedStatus), "Only those that still ask for work, or only those that are done."),
        "outcome": key(words(CtaOutcome), "Only those that ended like this; goes with `status: closed`."),
        "since": key(words(Since), "Only those opened, or closed, since the present stage was entered."),
        "flagged": key(ref("flag"), "Only those that a person flagged, or only those that nobody did."),
        "opened_within": key(ref("duration"), "Only those opened less than so long ago."),
        "open_or_opened_within": key(ref("duration"), "Those that are open, and those opened less than so long ago."),
        "older_than": key(ref("duration"), "Only those opened at least so long ago."),
    },
)

OPENING: dict[str, Json] = {
    **either(
        ref("name"),
        table(
            "A template, with another priority than its own.",
            ("template", "priority"),
            {"template": key(ref("name"), "A key of `templates`."), "priority": _PRIORITY},
            required=("template",),
        ),
    ),
    "description": "A key of `templates`, or a table that names one.",
}

_CLOSING = table(
    "Which open CTAs are closed, and with what outcome.",
    CLOSE_KEYS,
    {**_CHOSEN, "outcome": key(words(CtaOutcome), "How they ended.")},
    required=("outcome",),
)

_NOTICE = table(
    "A message to a channel.",
    ("channel", "message"),
    {"channel": key(ref("text"), "Who is told."), "message": key(ref("text"), "What they are told.")},
    required=("channel", "message"),
)

_EFFECTS: dict[str, dict[str, Schema]] = {
    "open_cta": {"open_cta": key(ref("opening"), "Open a CTA from a template."), "priority": _PRIORITY},
    "escalate_cta": {
        "escalate_cta": key(ref("opening"), "Raise the priority of the open CTA of a template, or open it."),
        "priority": key(words(Priority), "The priority that it is raised to; high by default."),
    },
    "close_ctas": {"close_ctas": key(_CLOSING, "Close all open CTAs like that.")},
    "reach": {"reach": key(ref("name"), "Date a milestone, unless it was reached before.")},
    "notify": {"notify": key(_NOTICE, "Send a message to a channel.")},
    "open_plan": {"open_plan": key(ref("name"), "Open a success plan with its objectives, unless one is open.")},
}


EFFECT: dict[str, Json] = {**either(*(headed(word, _EFFECTS[word]) for word in EFFECTS)), "description": "One deed."}
EFFECT_LIST: Schema = listed(ref("effect"))
