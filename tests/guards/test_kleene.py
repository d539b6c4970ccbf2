"""Logic with three values."""

import pytest

from lifecycle_fsm.guards.kleene import at_least, conjunction, disjunction, negation
from lifecycle_fsm.guards.model import Truth


@pytest.mark.parametrize(("truth", "opposite"), [(True, False), (False, True), (None, None)])
def test_negation_leaves_unknown_unknown(truth: Truth, opposite: Truth) -> None:
    assert negation(truth) is opposite


@pytest.mark.parametrize(
    ("truths", "answer"),
    [([], True), ([True, True], True), ([True, None], None), ([None, False], False), ([False, True], False)],
)
def test_one_false_part_settles_a_conjunction(truths: list[Truth], answer: Truth) -> None:
    assert conjunction(truths) is answer


@pytest.mark.parametrize(
    ("truths", "answer"),
    [([], False), ([False, False], False), ([False, None], None), ([None, True], True), ([False, True], True)],
)
def test_one_true_part_settles_a_disjunction(truths: list[Truth], answer: Truth) -> None:
    assert disjunction(truths) is answer


@pytest.mark.parametrize(
    ("count", "truths", "answer"),
    [
        (0, [], True),
        (1, [], False),
        (2, [True, True, False], True),
        (2, [True, None, False], None),
        (2, [None, False, False], False),
        (2, [True, True, None], True),
    ],
)
def test_at_least_is_false_only_when_the_unknown_parts_cannot_help(
    count: int, truths: list[Truth], answer: Truth
) -> None:
    assert at_least(count, truths) is answer
