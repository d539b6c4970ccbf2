"""The columns of the row that guards are judged on: one field for each thing known about an account."""

from dataclasses import dataclass
from enum import StrEnum

Value = float | int | str | None
"""What a field holds: a double, an integer, a text, or None for unknown."""


class FieldKind(StrEnum):
    """How a field's value is stored and compared."""

    NUMBER = "number"
    """A finite double."""
    INTEGER = "integer"
    """A whole number of at most 53 bits: counts."""
    FLAG = "flag"
    """0 or 1."""
    INSTANT = "instant"
    """Milliseconds since 1970 in UTC."""
    DAY = "day"
    """Days since 1970-01-01."""
    TEXT = "text"
    """A text, compared for equality only, byte by byte."""


@dataclass(frozen=True, slots=True, order=True)
class Field:
    """
    Name one value of an account's row.

    Keys carry their family: `measure.usage.logins_30d`, `fact.account.arr`,
    `milestone.kickoff_done`, `stage.entered_at`, `health.score`; a trailing `@`
    names the instant at which the value was observed.
    """

    key: str
    kind: FieldKind


STAGE_ENTERED_AT = Field("stage.entered_at", FieldKind.INSTANT)
CAME_FROM = Field("stage.came_from", FieldKind.TEXT)
HEALTH_SCORE = Field("health.score", FieldKind.NUMBER)
HEALTH_BAND = Field("health.band", FieldKind.TEXT)
ZONE_SHIFT = Field("zone.shift", FieldKind.INTEGER)
"""How far the clocks of the account's time zone are ahead of UTC at the evaluation date, in milliseconds."""
CSM_LEAD_FIELD = "csm.lead"
"""Where the lead of the account's CSM stands among its facts; no guard reads it."""


def measure_field(key: str) -> Field:
    """The current value of a measure."""
    return Field(f"measure.{key}", FieldKind.NUMBER)


def derived_field(key: str) -> Field:
    """The current value of a measure that follows from what else is known."""
    return Field(f"derived.{key}", FieldKind.NUMBER)


def is_derived_measure(key: str) -> bool:
    """Whether the field is the current value of such a measure."""
    return key.startswith("derived.") and ".change." not in key


def fact_field(key: str, kind: FieldKind) -> Field:
    """The current value of a fact."""
    return Field(f"fact.{key}", kind)


def observed_field(field: Field) -> Field:
    """The instant at which the field's value was observed."""
    return Field(f"{field.key}@", FieldKind.INSTANT)


def milestone_field(key: str) -> Field:
    """The instant at which the milestone was reached, None while it is not."""
    return Field(f"milestone.{key}", FieldKind.INSTANT)


def fresh_milestone_field(key: str) -> Field:
    """The same, but None when the milestone was reached before the present stage was entered."""
    return Field(f"milestone.{key}.since_entry", FieldKind.INSTANT)


def local_day_field(field: Field) -> Field:
    """The day in the account's time zone on which an instant falls."""
    return Field(f"day.{field.key}", FieldKind.DAY)


def visits_field(stage: str) -> Field:
    """How many times the stage was entered, the present visit included."""
    return Field(f"visits.{stage}", FieldKind.INTEGER)


CTAS = "ctas."
"""Before the key of a selector, in the key of a field that counts CTAs."""


def ctas_field(selector_key: str) -> Field:
    """How many CTAs the selector with this key chooses."""
    return Field(f"{CTAS}{selector_key}", FieldKind.INTEGER)


def plan_field(plan_type: str) -> Field:
    """The status of the newest success plan of a type, None while there is none."""
    return Field(f"plan.{plan_type}", FieldKind.TEXT)


def plan_progress_field(plan_type: str) -> Field:
    """The progress of the newest success plan of a type in percent, None while there is none."""
    return Field(f"plan_progress.{plan_type}", FieldKind.NUMBER)


def baseline_key(key: str, window_ms: int) -> str:
    """The key under which a field's value a window ago is kept, as read from history."""
    return f"{key}.before.{window_ms}"


def change_field(field: Field, window_ms: int) -> Field:
    """The field's value less its value a window ago."""
    return Field(f"{field.key}.change.{window_ms}", FieldKind.NUMBER)


def held_field(digest: str) -> Field:
    """The instant since which the condition with this digest has been true without a break."""
    return Field(f"held.{digest}", FieldKind.INSTANT)


def change_parts(key: str) -> tuple[str, int] | None:
    """The key of the changing field and the window in milliseconds, for a key that `change_field` made."""
    base, mark, window = key.rpartition(".change.")
    return (base, int(window)) if mark else None
