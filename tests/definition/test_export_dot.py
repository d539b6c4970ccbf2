"""Graphviz drawings: exact for a small machine, and balanced whatever titles hold."""

import re

from lifecycle_fsm.definition.export.dot import dot
from tests.definition.charts import HOSTILE, a_hostile_machine, a_small_machine

STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


def test_a_small_machine_is_drawn_like_this() -> None:
    assert dot(a_small_machine()) == (
        'digraph "test" {\n'
        '    graph [rankdir=LR, label="Test"];\n'
        "    node [shape=box, style=rounded];\n"
        '    "*" [shape=point];\n'
        '    "new" [label="New"];\n'
        '    "note" [label="Note: taken"];\n'
        '    "lost" [label="Lost", peripheries=2];\n'
        '    "*" -> "new";\n'
        '    "new" -> "lost" [label="auto [not usage at least 50 or milestone first_value reached]"];\n'
        '    "new" -> "note" [label="auto [time in stage at least 1 d and usage at least 20 for 7 d]"];\n'
        '    "new" -> "note" [label="go [usage at least 20 for 7 d]"];\n'
        '    "note" -> "note" [label="auto [time in stage at least 1 d]"];\n'
        '    "note" -> "lost" [label="auto"];\n'
        "}\n"
    )


def test_outside_of_strings_nothing_of_a_hostile_title_is_left() -> None:
    drawn = dot(a_hostile_machine())

    assert STRING.sub("S", drawn).splitlines()[1:] == [
        "    graph [rankdir=LR, label=S];",
        "    node [shape=box, style=rounded];",
        "    S [shape=point];",
        "    S [label=S];",
        "    S [label=S];",
        "    S -> S;",
        "    S -> S [label=S];",
        "    S -> S [label=S];",
        "}",
    ]


def test_a_hostile_title_is_shown_as_it_is() -> None:
    drawn = dot(a_hostile_machine())

    label = STRING.findall(drawn)[1]
    shown = label.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\").replace("&amp;", "&")
    assert shown == HOSTILE.replace("\x07", " ")
