"""Accounts with a history worth auditing."""

from uuid import UUID

from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.fire import FireTransition, fire_transition
from tests.worlds import ADMIN, CSM, Stage

ROWS = 7
"""How many rows `a_long_story` leaves."""


def a_long_story(stage: Stage, key: str = "ACME") -> UUID:
    """
    Take an enterprise account through seven rows.

    Assigned; alert opened; kickoff closed with a comment; moved by data; alert cleared;
    refused; moved by an override with a reason.
    """
    account = stage.sign(key, arr=250_000)
    kickoff = stage.open_ctas(account)["kickoff_call"]
    assert kickoff.id is not None
    stage.clock.turn(hours=1)
    close_cta(stage.world, CSM, CloseCta(account, kickoff.id, CtaOutcome.SUCCESS, f"{key}-1", "a good start"))
    stage.send(account, setup_completion=0)
    stage.clock.turn(hours=1)
    fire_transition(stage.world, CSM, FireTransition(account, "start_onboarding", f"{key}-2"))
    stage.clock.turn(hours=1)
    insisted = FireTransition(account, "start_onboarding", f"{key}-3", None, "began on site", override=True)
    fire_transition(stage.world, ADMIN, insisted)
    return account
