"""An account that has closed many CTAs, under rules that look back at them in every way."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from lifecycle_fsm.domain.cta import CloseSource, Cta, CtaOutcome, CtaStatus, CtaType
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.store.ctas import CtaRow, insert_ctas
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ids import new_id
from tests.worlds import Stage

CATALOG = b"""\
schema: lifecycle/v1
measures: {logins: {title: Logins, unit: logins, range: [0, any]}}
facts: {arr: {title: ARR, kind: number}}
reasons: {habits: Habits, kickoff: Kickoff}
plans:
  launch: {title: Launch, completes: with_objectives, objectives: [{cta: goals}]}
templates:
  goals: {title: Agree on goals, type: objective, reason: kickoff, priority: medium, due_in: 14d, owner: csm}
  review: {title: Review, type: activity, reason: habits, priority: low, due_in: 7d, owner: csm}
  rescue: {title: Rescue, type: risk, reason: habits, priority: high, due_in: 2d, owner: csm, cool_down: 30d}
"""
SEGMENT = b"""\
schema: lifecycle/v1
segment: all
applies_to: {when: {fact: arr, at_least: 1}}
initial: trial
stages:
  trial:
    transitions: [{key: begun, to: work, when: {measure: logins, at_least: 1}}]
  work:
    on_enter: [{open_plan: launch}]
    transitions:
      - {key: worn, to: worn, when: {ctas: {type: activity, status: closed, outcome: success}, at_least: LIMIT}}
      - {key: busy, to: worn, priority: 1, when: {ctas: {reason: habits, since: stage_entry}, at_least: 999999}}
  worn: {final: true}
alerts:
  unused: {when: {measure: logins, below: 5}, open_cta: rescue, closes: true}
ctas:
  review: {recur: {every: 20d, since: closing}}
"""


def files(limit: int) -> dict[str, bytes]:
    """Definitions under which an account is worn out by so many reviews."""
    return {"catalog.yaml": CATALOG, "segments/all.yaml": SEGMENT.replace(b"LIMIT", str(limit).encode())}


def an_account(stage: Stage, key: str = "ACME") -> UUID:
    """An account at work, ten days after it began."""
    account = account_id_for(key)
    stage.register(AccountRow(key, key, "ada", facts={"arr": 1}))
    stage.send(account, logins=20)
    stage.clock.turn(days=10)
    return account


def close_many(stage: Stage, connection: Connection, account: UUID, count: int) -> None:
    """Let it have closed so many reviews in the last days, one a second."""
    cta = next(iter(stage.open_ctas(account).values()))
    since = stage.clock() - timedelta(days=2)
    insert_ctas(connection, [CtaRow(account, new_id(0), 1, _closed(cta, since, number)) for number in range(count)])


def _closed(cta: Cta, since: datetime, number: int) -> Cta:
    at = since + timedelta(seconds=number)
    return replace(
        cta,
        id=None,
        cause_key=f"1.{number + 1000}",
        identity="activity:habits",
        template="review",
        type=CtaType.ACTIVITY,
        reason="habits",
        status=CtaStatus.CLOSED,
        outcome=CtaOutcome.SUCCESS,
        opened_at=at,
        closed_at=at,
        plan=None,
        close_source=CloseSource.PERSON,
        closed_seq=1,
    )
