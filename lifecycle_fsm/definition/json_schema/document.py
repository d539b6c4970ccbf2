"""The schema of the whole language, as the file that is published."""

import orjson

from lifecycle_fsm.definition.catalog import SCHEMA
from lifecycle_fsm.definition.compile import OF_ACCOUNTS
from lifecycle_fsm.definition.json_schema.catalog import CATALOG
from lifecycle_fsm.definition.json_schema.conditions import about, condition
from lifecycle_fsm.definition.json_schema.effects import EFFECT, OPENING, SELECTOR
from lifecycle_fsm.definition.json_schema.parts import Json, either, ref
from lifecycle_fsm.definition.json_schema.scalars import SCALARS
from lifecycle_fsm.definition.json_schema.segment import SEGMENT
from lifecycle_fsm.definition.measures import SUBJECTS_OF_DERIVED
from lifecycle_fsm.definition.subjects import SUBJECTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Json]:
    """The schema; a file is a catalog or a segment, which also stand alone under `$defs`."""
    definitions: dict[str, Json] = {
        "catalog": {"title": "catalog", **CATALOG},
        "segment": {"title": "segment", **SEGMENT},
        "condition": condition("condition"),
        "account_condition": condition(
            "account_condition", (word for word in SUBJECTS if word in OF_ACCOUNTS), without=("for",)
        ),
        "derived_condition": condition("derived_condition", (word for word in SUBJECTS if word in SUBJECTS_OF_DERIVED)),
        "milestone_condition": about("milestone"),
        "selector": SELECTOR,
        "effect": EFFECT,
        "opening": OPENING,
        **SCALARS,
    }
    return {
        "$schema": DIALECT,
        "title": SCHEMA,
        "description": "A catalog or a segment of the lifecycle definition language.",
        **either(ref("catalog"), ref("segment")),
        "$defs": definitions,
    }


def schema_text() -> str:
    """The schema as it is committed."""
    return orjson.dumps(schema(), option=orjson.OPT_INDENT_2).decode() + "\n"
