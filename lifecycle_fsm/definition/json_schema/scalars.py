"""
Single values.

The compiler reads every value as text, quoted or not. An editor sees what YAML 1.2 makes
of it: `60` is a number, `true` a boolean, and an empty value null. Both views are
accepted, except null: an empty value is a mistake, and a text `null` has to be quoted.
"""

import re

from lifecycle_fsm.definition.json_schema.parts import Json, Schema
from lifecycle_fsm.definition.values import LONGEST_NAME, NAME, NUMBER, WHOLE
from lifecycle_fsm.domain.calendars import BUSINESS_DAYS
from lifecycle_fsm.domain.moments import DURATION

SPAN = re.compile(f"{DURATION.pattern}|{BUSINESS_DAYS.pattern}")


def whole_text(pattern: re.Pattern[str]) -> str:
    """The pattern for a text as a whole."""
    return f"^(?:{pattern.pattern})$"


TEXT: Schema = {"type": ["string", "number", "boolean"], "minLength": 1}
FLAG: Schema = {"enum": [True, False, "true", "false"]}
YES: Schema = {"enum": [True, "true"]}

SCALARS: dict[str, Json] = {
    "text": {**TEXT, "description": "Any text that is not empty."},
    "name": {
        "description": "Lower case letters, digits and `_`, in groups joined by `.`.",
        "type": "string",
        "pattern": whole_text(NAME),
        "maxLength": LONGEST_NAME,
    },
    "number": {
        "description": "A number without a unit: `0.4`, never `40%`.",
        "type": ["number", "string"],
        "pattern": whole_text(NUMBER),
    },
    "whole": {"description": "A whole number.", "type": ["integer", "string"], "pattern": whole_text(WHOLE)},
    "flag": {**FLAG, "description": "`true` or `false`."},
    "span": {
        "description": "A duration such as `14d`, or business days such as `10bd`.",
        "type": "string",
        "pattern": whole_text(SPAN),
    },
    "duration": {
        "description": "A whole number with a unit: `45s`, `30m`, `12h`, `14d`, `2w`.",
        "type": "string",
        "pattern": whole_text(DURATION),
    },
    "time_zone_name": {
        "description": "An IANA name: `Europe/Berlin`, `UTC`.",
        "type": "string",
        "minLength": 1,
        "maxLength": 60,
    },
    "days": {
        "description": "Whole days: `14d`, `2w`; or business days: `10bd`.",
        "type": "string",
        "pattern": whole_text(re.compile(f"{DURATION.pattern}|{BUSINESS_DAYS.pattern}")),
    },
}
