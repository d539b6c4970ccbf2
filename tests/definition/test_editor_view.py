"""The stand-in for an editor's YAML reads plain scalars as YAML 1.2 does."""

import math

from tests.definition.editor_view import editor_view


def test_plain_scalars_have_the_types_of_yaml_1_2() -> None:
    text = "[60, -0.5, 1e3, true, no, 2026-01-01, 14d, '60', null, ~, 1_000, 08, on]"

    assert editor_view(text) == [60, -0.5, 1000.0, True, "no", "2026-01-01", "14d", "60", None, None, "1_000", 8, "on"]
    assert editor_view("{a: , b: .inf}") == {"a": None, "b": math.inf}
