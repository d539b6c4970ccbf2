"""A small configuration whose answers are known by heart."""

from collections.abc import Mapping

CATALOG = b"""
schema: lifecycle/v1
measures:
  setup: {title: Setup completion, unit: "%", range: [0, 100], group: Onboarding, stale_after: 45d}
  logins: {title: Logins in 30 days, unit: logins, range: [0, any], group: Usage, stale_after: 30d}
facts:
  arr: {title: Annual recurring revenue, kind: number, unit: USD}
  renewal_on: {title: Renewal date, kind: date}
  notice_given: {title: Notice given, kind: flag}
milestones:
  kickoff_done: Kickoff
  first_login: First login
reasons:
  kickoff: Kickoff
playbooks:
  kickoff:
    title: Kickoff
    tasks:
      - {key: invite, title: Invite the sponsor, due_in: 5d}
      - {key: hold, title: Hold the call, due_in: 14d, required: false}
templates:
  kickoff_call:
    title: Hold the kickoff
    type: lifecycle
    reason: kickoff
    priority: medium
    due_in: 14d
    owner: csm
    fallback: lead
    playbook: kickoff
"""

SEGMENT = b"""
schema: lifecycle/v1
segment: starter
title: Starter lifecycle
rank: 10
applies_to: {when: {fact: arr, at_least: 1}}
initial: onboarding

scorecard:
  roll_up: weighted
  measures:
    setup: {weight: 3, healthy: 80, neutral: 40}
    logins: {weight: 1, healthy: 20, neutral: 5}

stages:
  onboarding:
    title: Onboarding
    expected: 30d
    stuck: 60d
    milestones: [{milestone: kickoff_done, within: 14d}]
    on_enter: [{open_cta: kickoff_call}]
    transitions:
      - key: onboarded
        to: adoption
        trigger: [advance]
        requires: [kickoff_done]
        when: {measure: setup, at_least: 80}
      - key: kicked_off
        to: launched
        trigger: auto
        when: {ctas: {reason: kickoff, status: closed, outcome: success}, at_least: 1}
  launched:
    title: Launched
    transitions:
      - key: adopted
        to: adoption
        trigger: auto
        when: {measure: logins, at_least: 20}
  adoption:
    title: Adoption
    transitions:
      - key: over
        to: over
        kind: exit
        trigger: [finish]
  over:
    title: Over
    final: true
"""

FILES = {"catalog.yaml": CATALOG, "segments/starter.yaml": SEGMENT}

RICH = {
    "catalog.yaml": CATALOG.replace(b"reasons:\n", b"reasons:\n  goals: Goals\n  usage: Usage\n")
    + b"""
  launch_call: {title: Call about the launch, type: lifecycle, reason: goals, priority: high, due_in: 5bd,
                owner: [csm_lead, csm], cool_down: 30d}
  usage_low: {title: Usage is low, type: risk, reason: usage, priority: high, due_in: 3d, owner: csm, cool_down: 10d}
  goals: {title: Agree on goals, type: objective, reason: goals, priority: medium, due_in: 10d, owner: csm}
  training: {title: Train the team, type: objective, reason: goals, priority: low, due_in: 20d, owner: csm}
plans:
  success:
    title: First success
    due_in: 60d
    completes: with_objectives
    objectives: [{cta: goals}, {cta: training, due_in: 30d, required: false}]
""",
    "segments/starter.yaml": SEGMENT.replace(
        b"    title: Launched\n",
        b"    title: Launched\n    on_enter: [{open_cta: launch_call}, {open_plan: success}]\n",
    )
    + b"""
alerts:
  low_usage: {when: {measure: logins, below: 5}, clear_when: {measure: logins, at_least: 10}, open_cta: usage_low}
ctas:
  usage_low: {close_when: {measure: logins, at_least: 50}, outcome: success}
milestones:
  first_login: {when: {measure: logins, at_least: 1}}
""",
}
"""The same with alerts, success plans, and CTAs that rest and close by themselves."""


def in_zones(files: Mapping[str, bytes], declared: bytes) -> dict[str, bytes]:
    """The same configuration, with a fact `zone`, and this for the time zone of every segment."""
    return {
        name: text.replace(b"facts:\n", b"facts:\n  zone: {title: Time zone, kind: text}\n")
        if name == "catalog.yaml"
        else text.replace(b"\ninitial:", b"\ntime_zone: " + declared + b"\ninitial:")
        for name, text in files.items()
    }
