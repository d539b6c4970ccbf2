"""`catalog.yaml` as JSON Schema."""

from lifecycle_fsm.definition.calendars import CALENDAR_KEYS, COUNTRY
from lifecycle_fsm.definition.catalog import FACT_KEYS, SCHEMA, SECTIONS, FactKind
from lifecycle_fsm.definition.json_schema.parts import Json, Schema, either, key, listed, named, pair, ref, table, words
from lifecycle_fsm.definition.json_schema.scalars import whole_text
from lifecycle_fsm.definition.json_schema.scorecards import SHARED_SCORECARD
from lifecycle_fsm.definition.measures import CASE_KEYS, DERIVED_KEYS, MEASURE_KEYS, UNBOUNDED, UNKNOWN
from lifecycle_fsm.definition.owners import FROM_DATE_KEYS, OWNER_KEYS, SUBJECT_KEYS
from lifecycle_fsm.definition.plan_types import OBJECTIVE_KEYS, PLAN_KEYS
from lifecycle_fsm.definition.templates import TASK_KEYS, TEMPLATE_KEYS
from lifecycle_fsm.domain.calendars import Weekday
from lifecycle_fsm.domain.catalog import MeasureType
from lifecycle_fsm.domain.cta import CtaType, Priority
from lifecycle_fsm.domain.plan import Completion

VERSION: Schema = {"const": SCHEMA, "description": "The version of the language."}
_TITLE = key(ref("text"), "The name for people.")
_STALE_AFTER = key(ref("duration"), "A value older than this counts as unknown; without it, never.")

_CASE = table(
    "A condition, and the value where it is the first that is true.",
    CASE_KEYS,
    {
        "when": key(ref("derived_condition"), "What must be true; nothing about the stage or the score can be asked."),
        "value": key(
            either(ref("number"), ref("name"), ref("flag")), "The value of the measure: a number, a choice or a flag."
        ),
    },
    required=CASE_KEYS,
)
_DERIVED = table(
    "What the measure follows from, instead of being recorded.",
    DERIVED_KEYS,
    {
        "cases": key(listed(_CASE), "Asked in this order; one that is unknown leaves the measure unknown."),
        "otherwise": key(
            either(ref("number"), ref("name"), ref("flag")), f"The value when no case is true; `{UNKNOWN}` by default."
        ),
    },
    required=("cases",),
)
_TYPED: dict[str, Json] = {"properties": {"type": {"enum": [MeasureType.NUMBER.value, MeasureType.COUNT.value]}}}

_MEASURE: dict[str, Json] = {
    **table(
        "A health input: a number that changes.",
        MEASURE_KEYS,
        {
            "title": _TITLE,
            "type": key(words(MeasureType), "What its values are; `number` by default."),
            "unit": key(ref("text"), "What the number counts: `%`, `ratio`, `logins`, `days`."),
            "range": key(
                pair(either({"const": UNBOUNDED}, ref("number"))),
                "What is accepted, both ends included: `[0, 100]`, or `[0, any]` without an upper end.",
            ),
            "choices": key(
                named(ref("number"), "Words and their scores of 0 to 100.", least=1), "What a choice may be."
            ),
            "group": key(ref("text"), "Where the measure is listed, and the group of a scorecard that it belongs to."),
            "stale_after": _STALE_AFTER,
            "derived": _DERIVED,
        },
        required=("title",),
    ),
    "allOf": [
        {"if": {**_TYPED, "not": {"required": ["derived"]}}, "then": {"required": ["unit"]}},
        {
            "if": {"required": ["type"], "properties": {"type": {"const": MeasureType.CHOICE.value}}},
            "then": {"required": ["choices"]},
            "else": {"properties": {"choices": False}},
        },
        {
            "if": {
                "required": ["type"],
                "properties": {"type": {"enum": [MeasureType.FLAG.value, MeasureType.CHOICE.value]}},
            },
            "then": {"properties": {"unit": False, "range": False}},
        },
        {"if": {"required": ["derived"]}, "then": {"properties": {"stale_after": False}}},
    ],
}

_FACT = {
    **table(
        "Anything else that is known about an account.",
        FACT_KEYS,
        {
            "title": _TITLE,
            "kind": key(words(FactKind), "What kind of value it is, which decides what it can be compared with."),
            "unit": key(ref("text"), "What a number counts."),
            "one_of": key(listed(ref("text")), "The only texts that are accepted."),
            "stale_after": _STALE_AFTER,
        },
        required=("title", "kind"),
    ),
    "if": {"required": ["one_of"]},
    "then": {"properties": {"kind": {"const": FactKind.TEXT.value}}},
}

_TASK = table(
    "One step of a playbook.",
    TASK_KEYS,
    {
        "key": key(ref("name"), "Its name within the playbook."),
        "title": _TITLE,
        "due_in": key(ref("days"), "Days from the opening of the CTA: `5d`, `3bd`."),
        "required": key(ref("flag"), "Whether the step has to be done; true unless said otherwise."),
        "assignee": key(ref("text"), "Who does it: `csm`, `csm_lead` or a name; whoever owns the CTA by default."),
    },
    required=("key", "title", "due_in"),
)

_PLAYBOOK = table(
    "A prescribed list of tasks.",
    ("title", "tasks"),
    {"title": _TITLE, "tasks": key(listed(_TASK), "The tasks in their order.")},
    required=("title", "tasks"),
)

_OWNER = {
    **either(
        ref("text"),
        table("Whom a text fact names.", OWNER_KEYS, {"fact": key(ref("name"), "A text fact.")}, OWNER_KEYS),
    ),
    "description": "`csm`, `csm_lead` for the CSM's lead, a name, or a table that names a fact.",
}

_FROM_DATE = table(
    "Days before a date.",
    FROM_DATE_KEYS,
    {"fact": key(ref("name"), "A date fact."), "by": key(ref("days"), "How long before: `30d`, `10bd`.")},
    required=FROM_DATE_KEYS,
)

_SUBJECT = table(
    "One of several things of an account.",
    SUBJECT_KEYS,
    {
        "kind": key(ref("name"), "What kind of thing: `contract`, `ticket`, `contact`."),
        "fact": key(ref("name"), "A text fact that says which one."),
    },
    required=SUBJECT_KEYS,
)

_OBJECTIVE = table(
    "One objective of a success plan.",
    OBJECTIVE_KEYS,
    {
        "cta": key(ref("name"), "A template of the type `objective`."),
        "due_in": key(ref("days"), "Days from the day on which the plan becomes active; else as the template says."),
        "required": key(ref("flag"), "Whether the plan counts on it; true unless said otherwise."),
    },
    required=("cta",),
)

_PLAN = {
    **either(
        ref("text"),
        table(
            "A type of success plan with objectives.",
            PLAN_KEYS,
            {
                "title": _TITLE,
                "due_in": key(ref("days"), "Days from the day on which the plan becomes active."),
                "completes": key(words(Completion), "What completes it; `by_hand` unless said otherwise."),
                "objectives": key(listed(_OBJECTIVE), "Its objectives in their order."),
            },
            required=("title",),
        ),
    ),
    "description": "A title, or a table with objectives.",
}

_TEMPLATE = table(
    "A call to action that rules may open.",
    TEMPLATE_KEYS,
    {
        "title": _TITLE,
        "type": key(words(CtaType), "The family of the CTA."),
        "reason": key(ref("name"), "Why it exists: a key of `reasons`."),
        "priority": key(words(Priority), "How urgent it is."),
        "due_in": key(ref("days"), "Days from its opening: `14d`, or business days: `10bd`."),
        "due_before": key(_FROM_DATE, "Due so long before a date fact; `due_in` counts where that is not ahead."),
        "due_after": key(_FROM_DATE, "Due so long after a date fact; `due_in` counts where that is not ahead."),
        "owner": key(either(_OWNER, listed(_OWNER)), "Who works it; of a list the first that names somebody."),
        "fallback": key(ref("text"), "Who owns it when the account has no CSM."),
        "identity": key(ref("text"), "Only one CTA of an identity is open at a time; `<type>:<reason>` by default."),
        "subject": key(_SUBJECT, "What it is about; makes part of the identity."),
        "cool_down": key(ref("duration"), "After one is closed, none is opened in its place for so long."),
        "playbook": key(ref("name"), "Its tasks: a key of `playbooks`."),
    },
    required=("title", "type", "reason", "priority", "due_in", "owner"),
)

_CALENDAR: dict[str, Json] = {
    **table(
        "Which days are worked.",
        CALENDAR_KEYS,
        {
            "title": _TITLE,
            "working_days": key(listed(words(Weekday)), "The days of the week that are worked; Monday to Friday."),
            "country": {
                "description": "Its public holidays are not worked: `DE`, or a part of it: `DE-BY`.",
                "type": "string",
                "pattern": whole_text(COUNTRY),
            },
            "years": key(pair(ref("whole")), "For which years they are looked up; 2020 to 2035 unless said otherwise."),
            "holidays": {
                "description": "Other days that are not worked, by date, with their names.",
                "type": "object",
                "propertyNames": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
                "additionalProperties": ref("text"),
            },
        },
        required=("title",),
    ),
    "dependentRequired": {"years": ["country"]},
}

_SECTIONS: dict[str, Schema] = {
    "measures": named(_MEASURE, "Health inputs: numbers that change."),
    "facts": named(_FACT, "Everything else that is known about an account."),
    "milestones": named(ref("text"), "Dated achievements: key and title."),
    "reasons": named(ref("text"), "Why a CTA exists: key and title."),
    "playbooks": named(_PLAYBOOK, "Lists of tasks."),
    "templates": named(_TEMPLATE, "The CTAs that rules may open."),
    "plans": named(_PLAN, "Types of success plans."),
    "calendars": named(_CALENDAR, "Which days are worked, for durations such as `10bd`."),
    "scorecards": named(SHARED_SCORECARD, "Scorecards that segments refine."),
}

CATALOG: dict[str, Json] = table(
    "The words that all segments share.",
    ("schema", *SECTIONS),
    {"schema": VERSION, **_SECTIONS},
    required=("schema",),
)
