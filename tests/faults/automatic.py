"""An account to which everything happened that happens by itself."""

from datetime import timedelta
from uuid import UUID

from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.cta_work import SnoozeCta
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.cta_work import WorkOnCta, work_on_cta
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.overrides import OverrideHealth, override_health
from lifecycle_fsm.services.pauses import PauseAccount, pause_account
from lifecycle_fsm.services.register import AccountRow
from tests.worlds import ADMIN, CSM, Stage

CATALOG = b"""\
schema: lifecycle/v1
measures:
  setup: {title: Setup, unit: "%", range: [0, 100]}
  logins: {title: Logins, unit: logins, range: [0, any]}
facts:
  arr: {title: ARR, kind: number}
  zone: {title: Zone, kind: text}
milestones: {live: Live, kickoff: Kickoff}
reasons: {kickoff: Kickoff, habits: Habits}
plans:
  launch:
    title: Launch
    completes: with_objectives
    objectives: [{cta: goals}, {cta: training, required: false}]
templates:
  goals: {title: Agree on goals, type: objective, reason: kickoff, priority: medium, due_in: 14d, owner: csm}
  training: {title: Train the team, type: objective, reason: habits, priority: low, due_in: 30d, owner: csm}
  low_usage: {title: Usage is low, type: risk, reason: habits, priority: medium, due_in: 7d, owner: csm}
  overdue: {title: Overdue, type: risk, reason: kickoff, priority: medium, due_in: 3d, owner: csm}
  review: {title: Review, type: activity, reason: habits, priority: low, due_in: 7d, owner: csm, cool_down: 5d}
  rescue: {title: Rescue, type: risk, reason: habits, priority: high, due_in: 2d, owner: csm, identity: rescue}
"""
SEGMENT = b"""\
schema: lifecycle/v1
segment: all
applies_to: {when: {fact: arr, at_least: 1}}
initial: onboarding
time_zone: {fact: zone, default: Europe/Berlin}
scorecard: {measures: {setup: {weight: 1, healthy: 80, neutral: 50}}}
milestones: {live: {when: {measure: setup, at_least: 90}}}
stages:
  onboarding:
    expected: 10bd
    stuck: 40d
    on_enter: [{open_plan: launch}, {open_cta: review}]
    on_behind: [{open_cta: overdue}]
    on_stuck: [{escalate_cta: overdue, priority: high}, {notify: {channel: leads, message: It is stuck}}]
    milestones: [{milestone: kickoff, within: 5bd, on_missed: [{open_cta: rescue}]}]
    transitions: [{key: onboarded, to: adoption, when: {plan: launch, is: completed}, do: [{open_cta: low_usage}]}]
  adoption:
    transitions: [{key: over, to: over, trigger: finish}]
  over: {final: true}
alerts:
  unused:
    when: {measure: logins, below: 5}
    clear_when: {measure: logins, at_least: 10}
    open_cta: low_usage
    closes: true
ctas:
  rescue: {close_when: {milestone: kickoff}, outcome: success}
  review: {recur: {every: 20d, since: closing}}
"""
FILES = {"catalog.yaml": CATALOG, "segments/all.yaml": SEGMENT}


def a_life(stage: Stage, key: str = "ACME") -> UUID:
    """Take an account through it, in a store where these definitions are published."""
    account = account_id_for(key)
    stage.register(AccountRow(key, key, "ada", facts={"arr": 1, "zone": "America/New_York"}))
    wait(stage, 1)
    close(stage, account, "review")
    until = stage.clock() + timedelta(days=4)
    training = stage.open_ctas(account)["training"].id
    assert training is not None
    work_on_cta(stage.world, CSM, WorkOnCta(account, training, SnoozeCta(until), stage.key()))
    override_health(stage.world, CSM, OverrideHealth(account, 60, until, "seen on site", stage.key(), "setup"))
    stage.send(account, logins=3)
    wait(stage, 5)
    pause_account(stage.world, CSM, PauseAccount(account, "merger", stage.key(), stage.clock() + timedelta(days=2)))
    wait(stage, 16)
    stage.send(account, logins=20, setup=95)
    wait(stage, 30)
    reach_milestone(stage.world, CSM, ReachMilestone(account, "kickoff", stage.key()))
    close(stage, account, "goals")
    return account


def wait(stage: Stage, days: float) -> None:
    """Let time pass, and data and time act."""
    stage.clock.turn(days=days)
    evaluate_waiting(stage.world, ADMIN)


def close(stage: Stage, account: UUID, template: str) -> None:
    """Close the open CTA of a template with success."""
    cta = stage.open_ctas(account)[template]
    assert cta.id is not None
    close_cta(stage.world, CSM, CloseCta(account, cta.id, CtaOutcome.SUCCESS, stage.key()))
