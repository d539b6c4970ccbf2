"""Generated Python: what the random trees do not reach."""

import pytest

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.guards.model import ALWAYS, All, AnyOf, Guard, Within
from lifecycle_fsm.guards.python import compile_guard
from tests.guards.builders import AS_OF, health, plan, risks


def test_reads_the_row_by_the_place_of_the_key() -> None:
    judge_row = compile_guard(health(Within(60.0)), ("stage.entered_at", "health.score"))

    assert judge_row((1, 60.0), AS_OF) is True
    assert judge_row((1, 59.0), AS_OF) is False
    assert judge_row((1, None), AS_OF) is None


def test_an_empty_guard_is_always_true() -> None:
    assert compile_guard(ALWAYS, ())((), AS_OF) is True


def test_a_field_that_no_key_names_is_refused_when_the_guard_is_compiled() -> None:
    with pytest.raises(InvalidInput, match=r"reads 'health\.score', which is not among the row's 1 keys"):
        compile_guard(health(Within(60.0)), ("stage.entered_at",))


def test_a_text_of_a_definition_never_becomes_source() -> None:
    text = "'); raise SystemExit #\n"

    judge_row = compile_guard(plan(text), ("plan.onboarding",))

    assert judge_row((text,), AS_OF) is True
    assert judge_row(("completed",), AS_OF) is False


def test_nesting_beyond_the_loops_that_python_allows_keeps_its_meaning() -> None:
    guard: Guard = health(Within(60.0))
    for level in range(60):
        guard = AnyOf((risks(Within(5)), All((health(Within(0.0)), guard)))) if level % 2 else All((guard, ALWAYS))

    judge_row = compile_guard(guard, ("health.score", risks(Within()).subject.field.key))

    assert judge_row((60.0, 0), AS_OF) is True
    assert judge_row((59.0, 0), AS_OF) is False
    assert judge_row((None, 0), AS_OF) is None
    assert judge_row((59.0, 5), AS_OF) is True
