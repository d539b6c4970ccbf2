"""The demo starts on an empty store, goes on with its own, and leaves every other alone."""

import pytest

from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.errors import Unauthenticated
from lifecycle_fsm.services.demo.condition import Condition, condition_of
from lifecycle_fsm.services.demo.play import ACCOUNTS, DAYS, SEED
from lifecycle_fsm.services.demo.population import make_population
from lifecycle_fsm.services.demo.tokens import issue_demo_tokens
from lifecycle_fsm.services.tokens import actor_of_token
from tests.worlds import ADMIN, Stage

FIRST = make_population(ACCOUNTS, DAYS, SEED)[0].key


def test_a_store_without_accounts_is_empty(stage: Stage) -> None:
    assert condition_of(stage.world) is Condition.EMPTY


def test_a_demo_without_tokens_was_interrupted(stage: Stage) -> None:
    stage.sign(FIRST)

    assert condition_of(stage.world) is Condition.INTERRUPTED


def test_a_demo_with_tokens_was_played_even_when_they_have_expired(stage: Stage) -> None:
    stage.sign(FIRST)
    issue_demo_tokens(stage.world, ADMIN)
    stage.clock.turn(days=30)

    assert condition_of(stage.world) is Condition.PLAYED


def test_one_account_of_somebody_else_makes_a_store_foreign(stage: Stage) -> None:
    stage.sign(FIRST)
    stage.sign("ACME")
    issue_demo_tokens(stage.world, ADMIN)

    assert condition_of(stage.world) is Condition.FOREIGN


def test_each_role_has_a_new_token_at_each_start_and_none_of_the_last(stage: Stage) -> None:
    last, new = (issue_demo_tokens(stage.world, ADMIN) for _ in range(2))

    assert [actor_of_token(stage.world, new[role].token) for role in Role] == [
        Actor(f"demo-{role}", frozenset({role})) for role in Role
    ]
    for issued in last.values():
        with pytest.raises(Unauthenticated):
            actor_of_token(stage.world, issued.token)


def test_the_tokens_end_after_seven_days(stage: Stage) -> None:
    issued = issue_demo_tokens(stage.world, ADMIN)[Role.CSM]

    stage.clock.turn(days=7)

    with pytest.raises(Unauthenticated):
        actor_of_token(stage.world, issued.token)
