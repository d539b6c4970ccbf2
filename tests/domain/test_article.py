"""Articles in what errors say."""

import pytest

from lifecycle_fsm.domain.article import one


@pytest.mark.parametrize(
    ("word", "spoken"),
    [("Account", "an Account"), ("instant", "an instant"), ("Run", "a Run"), ("unit", "a unit"), ("Cta", "a Cta")],
)
def test_a_word_is_written_with_its_article(word: str, spoken: str) -> None:
    assert one(word) == spoken
