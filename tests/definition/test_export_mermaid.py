"""Mermaid drawings: exact for a small machine, and no text of a person breaks out of its place."""

import re

from lifecycle_fsm.definition.export.mermaid import mermaid
from lifecycle_fsm.definition.export.summaries import brief, summary
from lifecycle_fsm.guards.model import ALWAYS, All, AnyOf, AtLeastOf, Not
from tests.builders import a_machine, a_transition, reached, stage_age, usage
from tests.definition.charts import HOSTILE, a_hostile_machine, a_small_machine

ONE_LINE = HOSTILE.replace("\n", " ").replace("\x07 ", "")


def shown(text: str) -> str:
    """What Mermaid shows for a text."""
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text)


def test_a_small_machine_is_drawn_like_this() -> None:
    assert mermaid(a_small_machine()) == (
        "stateDiagram-v2\n"
        '    state "New" as new\n'
        '    state "Note#58; taken" as Stage_note\n'
        '    state "Lost" as lost\n'
        "    [*] --> new\n"
        "    new --> lost: auto [not usage at least 50 or milestone first_value reached]\n"
        "    new --> Stage_note: auto [time in stage at least 1 d and usage at least 20 for 7 d]\n"
        "    new --> Stage_note: go [usage at least 20 for 7 d]\n"
        "    Stage_note --> Stage_note: auto [time in stage at least 1 d]\n"
        "    Stage_note --> lost: auto\n"
        "    lost --> [*]\n"
    )


def test_triggers_that_ask_for_the_same_share_an_arrow() -> None:
    machine = a_machine(a_transition("go", "a", "b", usage(1.0), "auto", "go"))

    assert "    a --> b: auto, go [usage at least 1]\n" in mermaid(machine)


def test_hostile_titles_stay_one_line_without_signs_of_mermaid() -> None:
    lines = mermaid(a_hostile_machine()).splitlines()

    title = re.fullmatch(r'    state "([^":;<>{}`\\]*(?:#\d+;[^":;<>{}`\\]*)*)" as a\.b', lines[1])
    assert len(lines) == 6
    assert title is not None
    assert shown(title[1]) == ONE_LINE
    assert lines[4].startswith("    a.b --> a: on.auto [")
    assert not re.search(r"[:;]", re.sub(r"#\d+;", "", lines[4].removeprefix("    a.b --> a: ")))
    assert not [line for line in lines if "%%" in line]


def test_a_condition_reads_as_a_phrase() -> None:
    either = AnyOf((reached("kickoff_done"), Not(All((usage(1.0), usage(below=5.0))))))

    assert summary(All((stage_age(2), either))) == (
        "time in stage at least 2 d and (milestone kickoff_done reached or not (usage at least 1 and usage below 5))"
    )
    assert summary(AtLeastOf(2, (usage(1.0), usage(2.0), either))).startswith(
        "at least 2 of: usage at least 1, usage at least 2, (milestone"
    )
    assert (summary(ALWAYS), summary(AnyOf(()))) == ("", "never")


def test_a_long_condition_is_cut_in_a_label() -> None:
    guard = All(tuple(usage(float(low)) for low in range(5)))

    assert brief(guard) == "usage at least 0 and usage at least 1 and usage at least 2 and 2 more"
