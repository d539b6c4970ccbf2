"""What scorecards of segments and of the catalog share, as JSON Schema."""

from lifecycle_fsm.definition import scorecards
from lifecycle_fsm.definition.json_schema.parts import Json, Schema, either, key, listed, named, ref, table, words
from lifecycle_fsm.domain.scorecard import RollUp, Scheme

SCORED: dict[str, Schema] = {
    "weight": key(ref("number"), "How much it counts; 0 takes it out where it is refined."),
    "healthy": key(ref("number"), "Healthy from here on; below `neutral` it means that less is better."),
    "neutral": key(ref("number"), "Neutral from here on, at risk beyond."),
}
_ROLL_UP = words(RollUp)
_GROUP = table(
    "Measures that become one score of their own first.",
    scorecards.GROUP_KEYS,
    {
        "group": key(ref("text"), "A `group` of measures in the catalog."),
        "weight": key(ref("number"), "How much it counts among the groups."),
        "roll_up": key(_ROLL_UP, "How its measures become one score; `weighted` by default."),
    },
    required=("group", "weight"),
)
_GRADE = table(
    "A name for scores.",
    scorecards.GRADE_KEYS,
    {
        "grade": key(ref("text"), "The name, such as `A`."),
        "at_least": key(ref("number"), "The lowest score of 0 to 100 that has it; the last grade begins at 0."),
    },
    required=scorecards.GRADE_KEYS,
)
_SHARE = table(
    "No score without so much of the weight.",
    ("unknown_above",),
    {"unknown_above": key(ref("number"), "The share of missing weight, 0 to 1, above which there is no score.")},
    required=("unknown_above",),
)
SCORECARD_RULES: dict[str, Schema] = {
    "roll_up": key(_ROLL_UP, "The weighted mean, or the worst measure; of the groups, where there are any."),
    "groups": key(listed(_GROUP), "Groups that roll up first; every measure belongs to one of them."),
    "missing": key(
        either(words(scorecards.MissingWord), _SHARE),
        "What missing and stale measures do: they are left out (the default), or count as 0, "
        "or leave no score above a share of the weight.",
    ),
    "scheme": key(words(Scheme), "What people see first: the score (the default), the grade or the colour."),
    "grades": key(listed(_GRADE), "Names for scores, best first."),
    "measures": named(
        table("How a measure counts.", scorecards.MEASURE_KEYS, SCORED),
        "The measures that make up health, by their keys.",
    ),
}
SHARED_SCORECARD: dict[str, Json] = table(
    "A scorecard that segments refine.", scorecards.SHARED_KEYS, SCORECARD_RULES, required=("measures",)
)
