"""Conditions as JSON Schema: one subject, what may stand beside it, and one operator that suits it."""

from collections.abc import Container, Iterable, Mapping

from lifecycle_fsm.definition.guard_text import INSIDE, JOINS, MODIFIERS
from lifecycle_fsm.definition.json_schema.parts import (
    Json,
    Schema,
    either,
    exactly_one,
    headed,
    key,
    listed,
    pair,
    ref,
    table,
    words,
)
from lifecycle_fsm.definition.scales import COUNT, DAYS, OPERATORS, SPAN, number_scale, text_scale
from lifecycle_fsm.definition.selectors import Since
from lifecycle_fsm.definition.subjects import SUBJECTS
from lifecycle_fsm.domain.plan import PlanStatus
from lifecycle_fsm.domain.scorecard import Band

_HELD = key(ref("duration"), "True without a break for so long.")
_MODIFIERS: Mapping[str, Schema] = {
    "change_over": key(ref("duration"), "Compare the value now less the value so long ago."),
    "for": _HELD,
    "since": key(words(Since), "Only if it was reached since the present stage was entered."),
    "reached": key(ref("flag"), "Whether it has to be reached; true unless said otherwise."),
    "within": key(ref("duration"), "Reached, and not longer ago than this."),
}

_OPERATORS: Mapping[str, str] = {
    "at_least": "This value or a higher one.",
    "above": "A higher value.",
    "at_most": "This value or a lower one.",
    "below": "A lower value.",
    "between": "From the first value to the second, both included.",
    "is": "This value.",
    "is_not": "Any other value.",
    "in": "One of these values.",
    "not_in": "None of these values.",
    "is_known": "There is a value, and it is not outdated.",
    "is_unknown": "There is no value, or it is outdated.",
}

_SUBJECTS: Mapping[str, Schema] = {
    "measure": key(ref("name"), "A key of `measures`, or `health.score`: the score itself, 0 to 100."),
    "fact": key(ref("name"), "A key of `facts`; its kind decides which operators suit it."),
    "health": {"const": "band", "description": "The band of the health score."},
    "milestone": key(ref("name"), "A key of `milestones`."),
    "visits": key(ref("name"), "How often a stage was entered, this visit included."),
    "ctas": key(ref("selector"), "How many CTAs are like that; none is 0."),
    "plan": key(ref("name"), "A key of `plans`: the status of the newest success plan of that type."),
    "plan_progress": key(ref("name"), "A key of `plans`: the percentage of objectives met in the newest such plan."),
    "days_until": key(ref("name"), "Days until a date fact or milestone; negative once it has passed."),
    "days_since": key(ref("name"), "Days since a date fact or milestone; negative while it lies ahead."),
}

_INSIDE: Mapping[str, str] = {
    "stage_age": "The time since the present stage was entered.",
    "came_from": "The stage before the present one.",
}

_TESTS: Mapping[str, tuple[tuple[str, ...], Schema]] = {
    "measure": (number_scale(None).operators, ref("number")),
    "fact": (OPERATORS, ref("text")),
    "health": (text_scale(()).operators, words(Band)),
    "milestone": ((), {}),
    "stage_age": (SPAN.operators, ref("duration")),
    "visits": (COUNT.operators, ref("whole")),
    "ctas": (COUNT.operators, ref("whole")),
    "plan": (text_scale(()).operators, words(PlanStatus)),
    "plan_progress": (number_scale(None).operators, ref("number")),
    "days_until": (DAYS.operators, ref("whole")),
    "days_since": (DAYS.operators, ref("whole")),
    "came_from": (text_scale(()).operators, ref("name")),
}
"""The operators that suit each subject, and what it is compared with."""

_REACHED_OR_WITHIN: Schema = {"not": {"required": ["reached", "within"]}}


def condition(own: str, subjects: Iterable[str] = tuple(SUBJECTS), without: Container[str] = ()) -> dict[str, Json]:
    """The schema under `$defs` as `own`: a join of conditions, or one about a subject, `without` some of its words."""
    parts = _joins(ref(own))
    joins = (headed(word, {word: parts[word]}) for word in JOINS)
    return {
        **either(*joins, *(about(word, without) for word in subjects)),
        "description": "A condition: a subject and an operator, or a join.",
    }


def _joins(part: Schema) -> dict[str, Schema]:
    counted = table(
        "So many of these conditions.",
        ("n", "of"),
        {"n": key(ref("whole"), "How many have to be true."), "of": key(listed(part), "The conditions.")},
        required=("n", "of"),
    )
    return {
        "all": key(listed(part), "All of these are true."),
        "any": key(listed(part), "At least one of these is true."),
        "not": key(part, "This is false; unknown stays unknown."),
        "at_least_of": key(counted, "At least `n` of these are true."),
    }


def about(word: str, without: Container[str] = ()) -> dict[str, Json]:
    """A condition on one subject, such as `measure`."""
    return _inside(word) if word in INSIDE else _beside(word, without)


def _inside(word: str) -> dict[str, Json]:
    tests = _tests(word)
    inner = {**table(_INSIDE[word], tests, tests), **exactly_one(tests)}
    return headed(word, {word: inner})


def _beside(word: str, without: Container[str]) -> dict[str, Json]:
    tests = _tests(word)
    modifiers = {name: _MODIFIERS[name] for name in MODIFIERS.get(word, ()) if name not in without}
    parts = {word: _SUBJECTS[word], **modifiers, **tests}
    return {**headed(word, parts), **(exactly_one(tests) if tests else _REACHED_OR_WITHIN)}


def _tests(word: str) -> dict[str, Schema]:
    operators, value = _TESTS[word]
    return {operator: key(_operand(operator, value), _OPERATORS[operator]) for operator in operators}


def _operand(operator: str, value: Schema) -> Schema:
    if operator == "between":
        return pair(value)
    if operator in {"in", "not_in"}:
        return listed(value)
    return ref("flag") if operator in {"is_known", "is_unknown"} else value
