"""One mistake has one diagnostic, and a question that takes too long has no answer."""

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.definition.diagnostics import Severity
from tests.definition.corpus import BROKEN, broken

FLAGS = [f"f{number}" for number in range(14)]
TRUE = ", ".join(f"{{fact: {flag}, is: true}}" for flag in FLAGS)
FALSE = ", ".join(f"{{fact: {flag}, is: false}}" for flag in FLAGS)
CATALOG = "schema: lifecycle/v1\nfacts:\n" + "".join(f"  {flag}: {{title: {flag}, kind: flag}}\n" for flag in FLAGS)
SEGMENT = f"""\
schema: lifecycle/v1
segment: flags
applies_to: {{manual: true}}
initial: first
stages:
  first:
    transitions:
      - key: halves
        to: last
        when:
          all:
            - at_least_of: {{n: 7, of: [{TRUE}]}}
            - at_least_of: {{n: 8, of: [{FALSE}]}}
  last: {{final: true}}
"""


def codes(text: str) -> list[str]:
    files = {"catalog.yaml": (BROKEN / "catalog.yaml").read_bytes(), "segments/case.yaml": text.encode()}
    return [found.code.value for found in compile_configuration(files).diagnostics]


def a_segment(stages: str) -> str:
    return f"schema: lifecycle/v1\nsegment: case\napplies_to: {{manual: true}}\ninitial: first\nstages:\n{stages}"


def test_a_question_that_takes_too_many_boxes_is_not_decided() -> None:
    found = compile_configuration({"catalog.yaml": CATALOG.encode(), "segments/flags.yaml": SEGMENT.encode()})

    (note,) = found.diagnostics
    assert (note.code, note.severity, note.line) == (Code.NOT_DECIDED, Severity.NOTE, 11)
    assert found.configuration is not None


def test_an_exit_that_is_never_true_overlaps_nothing_and_shadows_nothing() -> None:
    never = "{all: [{measure: setup, below: 10}, {measure: setup, above: 20}]}"

    assert codes(
        a_segment(
            "  first:\n    transitions:\n"
            f"      - {{key: one, to: last, priority: 1, when: {never}}}\n"
            "      - {key: two, to: last, when: {measure: setup, below: 10}}\n"
            "  last: {final: true}\n"
        )
    ) == ["never-true"]


def test_a_stage_behind_an_exit_that_is_never_true_is_named_with_it() -> None:
    case = next(case for case in broken() if case.name == "never_only_way_in")

    (found,) = compile_configuration(case.files).diagnostics

    assert [related.message for related in found.related] == ["contradicts this", "so this stage is never reached"]


def test_a_contradiction_in_an_exit_from_everywhere_is_reported_once() -> None:
    never = "{all: [{fact: status, is: active}, {fact: status, is: paused}]}"

    assert codes(
        a_segment(
            "  first: {transitions: [{key: on, to: second, trigger: on}]}\n"
            "  second: {transitions: [{key: back, to: first, trigger: back}, {key: end, to: last, trigger: end}]}\n"
            f"  last: {{final: true}}\neverywhere: [{{key: left, to: last, when: {never}}}]\n"
        )
    ) == ["never-true"]


def test_an_alert_that_never_opens_is_not_blamed_for_not_clearing() -> None:
    never = "{all: [{measure: setup, below: 10}, {measure: setup, above: 20}]}"

    assert codes(
        a_segment(
            "  first: {transitions: [{key: on, to: last, trigger: on}]}\n  last: {final: true}\n"
            f"alerts: {{low: {{when: {never}, clear_when: {never}, open_cta: low_usage}}}}\n"
        )
    ) == ["never-true"]


def test_a_stage_behind_a_shadowed_exit_is_named_with_it() -> None:
    text = a_segment(
        "  first:\n    transitions:\n"
        "      - {key: one, to: last, priority: 1, trigger: go}\n"
        "      - {key: two, to: second, trigger: go, when: {measure: setup, below: 10}}\n"
        "  second: {final: true}\n  last: {final: true}\n"
    )
    files = {"catalog.yaml": (BROKEN / "catalog.yaml").read_bytes(), "segments/case.yaml": text.encode()}

    (found,) = compile_configuration(files).diagnostics

    assert found.code is Code.SHADOWED_EXIT
    assert [(related.message, related.span.line) for related in found.related] == [
        ("is taken instead", 8),
        ("so this stage is never reached", 10),
    ]


def a_segment_of_berlin(condition: str) -> str:
    stages = (
        "  first:\n    transitions:\n"
        f"      - {{key: one, to: last, when: {{all: [{condition}]}}}}\n"
        "  last: {final: true}\n"
    )
    return a_segment(stages).replace("initial: first\n", "initial: first\ntime_zone: Europe/Berlin\n")


def test_local_days_contradict_each_other_as_days_of_utc_do() -> None:
    days = "{days_since: kickoff, at_least: 3}, {days_since: kickoff, below: 3}"

    assert "never-true" in codes(a_segment_of_berlin(days))


def test_what_is_impossible_only_where_all_days_have_24_hours_is_not_decided() -> None:
    """On the day that clocks are put on, 24 hours after 23:30 it is the day after the next one."""
    mixed = "{days_since: kickoff, at_least: 2}, {milestone: kickoff, within: 24h}"
    berlin = a_segment_of_berlin(mixed)
    files = {"catalog.yaml": (BROKEN / "catalog.yaml").read_bytes(), "segments/case.yaml": berlin.encode()}

    (note,) = [each for each in compile_configuration(files).diagnostics if each.code is Code.NOT_DECIDED]

    why = "an instant is compared by its local day and by its date or age, and days are not of one length"
    assert note.message == f"whether this can be true was not decided since {why}; write it more simply"
    assert "never-true" in codes(berlin.replace("time_zone: Europe/Berlin\n", ""))
