"""`segments/*.yaml` as JSON Schema."""

from lifecycle_fsm.definition import achievements, alerts, cta_rules, scorecards, transitions
from lifecycle_fsm.definition.compile import KEYS, REQUIRED
from lifecycle_fsm.definition.json_schema.catalog import VERSION
from lifecycle_fsm.definition.json_schema.effects import EFFECT_LIST
from lifecycle_fsm.definition.json_schema.parts import (
    Json,
    Schema,
    either,
    key,
    listed,
    named,
    ref,
    table,
    words,
)
from lifecycle_fsm.definition.json_schema.scalars import YES
from lifecycle_fsm.definition.json_schema.scorecards import SCORECARD_RULES, SCORED
from lifecycle_fsm.definition.stages import EXPECTED_KEYS, STAGE_KEYS
from lifecycle_fsm.definition.time_zones import TIME_ZONE_KEYS
from lifecycle_fsm.domain.cta import CtaOutcome, Priority
from lifecycle_fsm.domain.landing import StageClock
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.engine.machine import RecurFrom, TransitionKind

_TITLE = key(ref("text"), "The name for people; without it, the key as words.")

_APPLIES_TO: dict[str, Json] = {
    **table(
        "Which accounts the segment takes.",
        ("when", "manual"),
        {
            "when": key(ref("account_condition"), "Those of this condition; only facts and dates can be asked."),
            "manual": key(ref("flag"), "Only those put there by hand."),
        },
    ),
    "oneOf": [{"required": ["when"]}, {"required": ["manual"], "properties": {"manual": YES}}],
}

_TIME_ZONE = table(
    "Each account's own time zone.",
    TIME_ZONE_KEYS,
    {
        "fact": key(ref("name"), "A text fact with an IANA name such as Europe/Berlin."),
        "default": key(ref("time_zone_name"), "The zone of accounts without that fact; UTC by default."),
    },
    required=("fact",),
)

_DEFAULTS = table(
    "What holds for every transition that does not say otherwise.",
    ("unknown", "min_dwell"),
    {
        "unknown": {"const": "hold", "description": "A condition that is unknown does not move the account."},
        "min_dwell": key(ref("duration"), "Automatic moves wait so long in each stage."),
    },
)

_OF_A_STAGE = named(
    table("How a measure counts in this stage.", scorecards.MEASURE_KEYS, SCORED),
    "What differs in this stage.",
)
_SCORECARD: dict[str, Json] = {
    **table(
        "How measures become one score.",
        scorecards.KEYS,
        {
            "uses": key(ref("name"), "A scorecard of the catalog to start from; what stands here refines it."),
            **SCORECARD_RULES,
            "stages": named(_OF_A_STAGE, "Stages in which measures count differently."),
        },
    ),
    "anyOf": [{"required": ["measures"]}, {"required": ["uses"]}],
}

_TRANSITION: dict[str, Schema] = {
    "key": key(ref("name"), "Its name, once in a stage; history refers to it."),
    "to": key(ref("name"), "The stage that it leads to."),
    "kind": key(words(TransitionKind), "What it means for the account; `advance` by default."),
    "trigger": key(
        either(ref("name"), listed(ref("name"))),
        "`auto`: data moves; any other name: people fire it. `auto` by default.",
    ),
    "requires": key(
        listed(either(ref("name"), ref("milestone_condition"))), "Milestones that must be reached: names or conditions."
    ),
    "when": key(ref("condition"), "What must be true."),
    "after": key(ref("duration"), "Nobody moves before the stage is so old."),
    "min_dwell": key(ref("duration"), "The same for automatic moves only; replaces the default."),
    "priority": key(ref("whole"), "Exits of one trigger are tried by falling priority; 0 by default."),
    "do": key(EFFECT_LIST, "What is done between leaving and entering."),
}
_EXCEPT = key(listed(ref("name")), "Stages without this exit.")

_EXPECTED = table(
    "A milestone that is due in this stage.",
    EXPECTED_KEYS,
    {
        "milestone": key(ref("name"), "A key of `milestones`."),
        "within": key(ref("span"), "So long after the stage was entered, or after the date that `of` names."),
        "of": key(ref("name"), "A date fact that the time counts from; `stage_entry` by default."),
        "on_missed": key(EFFECT_LIST, "What is done when the time is over and it was not reached."),
    },
    required=("milestone", "within"),
)

_STAGE = table(
    "One place in the lifecycle.",
    STAGE_KEYS,
    {
        "title": _TITLE,
        "final": key(ref("flag"), "Whether the lifecycle ends here."),
        "expected": key(ref("span"), "Longer than this is behind."),
        "stuck": key(ref("span"), "Longer than this is stuck."),
        "milestones": key(listed(_EXPECTED), "Milestones that are due in this stage."),
        "on_enter": key(EFFECT_LIST, "What is done when the stage is entered."),
        "on_exit": key(EFFECT_LIST, "What is done when the stage is left."),
        "on_behind": key(EFFECT_LIST, "What is done when the account is behind."),
        "on_stuck": key(EFFECT_LIST, "What is done when the account is stuck."),
        "transitions": key(
            listed(table("One exit.", transitions.KEYS, _TRANSITION, required=("key", "to"))), "The exits of the stage."
        ),
    },
)

_ACHIEVEMENT = table(
    "A milestone that data dates.",
    achievements.KEYS,
    {
        "when": key(ref("condition"), "It is reached as soon as this is true, dated by the observation."),
        "stages": key(listed(ref("name")), "Where that may happen; without it, in all stages."),
    },
    required=("when",),
)

_LEVEL: dict[str, Json] = {
    **table(
        "What makes an episode graver, and its CTAs more urgent.",
        alerts.LEVEL_KEYS,
        {
            "severity": key(words(AlertSeverity), "How grave it is then; graver than what stands before it."),
            "when": key(ref("condition"), "What must be true."),
            "after": key(ref("duration"), "So long after the episode began; with `when`, both must hold."),
            "priority": key(words(Priority), "What its CTAs are escalated to; follows from `severity`."),
        },
        required=("severity",),
    ),
    "anyOf": [{"required": ["when"]}, {"required": ["after"]}],
}

_ALERT = table(
    "A condition that opens a CTA without moving the account.",
    alerts.KEYS,
    {
        "title": _TITLE,
        "stages": key(listed(ref("name")), "Where it is watched; without it, in all stages that are not final."),
        "severity": key(words(AlertSeverity), "How grave it is when it opens; `medium` by default."),
        "when": key(ref("condition"), "What it watches for."),
        "for": key(ref("duration"), "Short for `for` inside a single condition."),
        "clear_when": key(ref("condition"), "When it is over; without it, when the condition is false."),
        "cool_down": key(ref("duration"), "Silence after it is over."),
        "levels": key(listed(_LEVEL), "What makes it graver while it is on, by rising severity."),
        "open_cta": key(either(ref("opening"), listed(ref("opening"))), "The templates of the CTAs that it opens."),
        "closes": key(ref("flag"), "Whether its end closes the CTA; true unless said otherwise."),
    },
    required=("when", "open_cta"),
)

_RECUR = table(
    "When the next one is opened.",
    cta_rules.RECUR_KEYS,
    {
        "every": key(ref("duration"), "So long after."),
        "since": key(words(RecurFrom), "After what: the closing of the last one, unless said otherwise."),
    },
    required=("every",),
)

_CTA_RULE: dict[str, Json] = {
    **table(
        "What CTAs of a template do by themselves.",
        cta_rules.KEYS,
        {
            "close_when": key(ref("condition"), "Closes the open ones."),
            "outcome": key(words(CtaOutcome), "How they end; `recovered` unless said otherwise."),
            "recur": key(_RECUR, "Opens the next one."),
            "stages": key(listed(ref("name")), "Where it recurs; without it, in all stages that are not final."),
        },
    ),
    "dependentRequired": {"outcome": ["close_when"], "stages": ["recur"]},
}

_LANDING = table(
    "Where the accounts of an old stage go on.",
    ("to", "clock"),
    {
        "to": key(ref("name"), "A stage of this version."),
        "clock": key(words(StageClock), "Whether the time in stage goes on or begins anew; it goes on by default."),
    },
    required=("to",),
)

SEGMENT: dict[str, Json] = table(
    "The rules of one segment.",
    KEYS,
    {
        "schema": VERSION,
        "segment": key(ref("name"), "The name of the file without `.yaml`."),
        "title": _TITLE,
        "rank": key(
            ref("whole"), "Segments take accounts by rising rank, 100 by default; the first that matches wins."
        ),
        "applies_to": _APPLIES_TO,
        "initial": key(ref("name"), "The stage in which accounts begin."),
        "time_zone": key(
            either(ref("time_zone_name"), _TIME_ZONE),
            "Where days begin: one IANA name for all accounts, or the fact that names each one's; UTC by default.",
        ),
        "calendar": key(
            ref("name"), "In which business days such as `10bd` are counted; without it, Monday to Friday."
        ),
        "defaults": _DEFAULTS,
        "scorecard": _SCORECARD,
        "stages": named(_STAGE, "The stages, in the order of the journey.", least=1),
        "everywhere": key(
            listed(
                table(
                    "An exit of every stage but its target, the final ones and those under `except`.",
                    (*transitions.KEYS, "except"),
                    {**_TRANSITION, "except": _EXCEPT},
                    required=("key", "to"),
                )
            ),
            "Exits that all stages share.",
        ),
        "arrivals": named(
            {**either(ref("name"), _LANDING), "description": "A stage of this segment, or a table that names one."},
            "Where accounts from other segments go on: `stage` or `segment.stage` of theirs, and the stage here.",
        ),
        "migrations": named(
            {**either(ref("name"), _LANDING), "description": "A stage of this version, or a table that names one."},
            "Where accounts go on whose stage is no longer there: key of the old stage, and the new stage.",
        ),
        "milestones": named(_ACHIEVEMENT, "Milestones that data dates: keys of the catalog's `milestones`."),
        "alerts": named(_ALERT, "Conditions that open CTAs without moving the account."),
        "ctas": named(_CTA_RULE, "What CTAs do by themselves: a key of `templates`, and when it closes or recurs."),
    },
    required=REQUIRED,
)
