"""A small configuration that uses most of the language."""

CATALOG = """\
schema: lifecycle/v1
measures:
  setup_completion: {title: Setup completion, unit: "%", range: [0, 100], group: Onboarding, stale_after: 30d}
  usage.wau_ratio: {title: Weekly active users, unit: ratio, range: [0, 1]}
  usage.logins_30d: {title: Logins, unit: logins, range: [0, any]}
facts:
  account.arr: {title: ARR, kind: number, unit: USD}
  account.status: {title: Status, kind: text, one_of: [active, churned]}
  account.renewal_on: {title: Renewal date, kind: date}
milestones: {kickoff_done: Kickoff done, first_value: First value, onboarding_complete: Onboarding}
reasons: {kickoff: Kickoff, overdue: Stage overdue, habits: Habits}
plans: {onboarding: Onboarding}
playbooks:
  kickoff: {title: New customer kickoff, tasks: [{key: a, title: Call, due_in: 2d}]}
templates:
  kickoff_call: {title: Kick off, type: lifecycle, reason: kickoff, priority: medium, due_in: 14d, owner: csm,
                 fallback: lead, playbook: kickoff}
  stage_overdue: {title: Stage overdue, type: risk, reason: overdue, priority: medium, due_in: 3d,
                  owner: csm}
  usage_dropped: {title: Usage dropped, type: risk, reason: habits, priority: medium, due_in: 7d,
                  owner: csm}
  adoption_plan: {title: Adoption plan, type: lifecycle, reason: kickoff, priority: medium, due_in: 7d,
                  owner: csm}
calendars: {office: {title: Office, country: DE, years: [2025, 2026], holidays: {2026-12-24: Christmas Eve}}}
"""

SEGMENT = """\
schema: lifecycle/v1
segment: enterprise
title: Enterprise customer lifecycle
applies_to: {when: {all: [{fact: account.arr, at_least: 100000}]}}
initial: onboarding
defaults: {unknown: hold, min_dwell: 1d}
scorecard:
  roll_up: weighted
  measures:
    setup_completion: {weight: 3, healthy: 80, neutral: 50}
    usage.wau_ratio:  {weight: 2, healthy: 0.5, neutral: 0.25}
  stages:
    adoption: {setup_completion: {weight: 0}, usage.logins_30d: {weight: 1, healthy: 20, neutral: 5}}
stages:
  onboarding:
    expected: 60d
    stuck: 90d
    milestones: [{milestone: kickoff_done, within: 10bd}]
    on_enter: [{open_cta: kickoff_call}]
    on_exit:  [{close_ctas: {type: lifecycle, outcome: superseded}}]
    on_behind: [{open_cta: stage_overdue}]
    on_stuck:  [{escalate_cta: stage_overdue, priority: high}]
    transitions:
      - key: onboarded
        to: adoption
        kind: advance
        trigger: [auto, advance]
        requires: [kickoff_done, {milestone: first_value, since: stage_entry}]
        when:
          all:
            - {measure: health.score, at_least: 60}
            - {measure: health.score, change_over: 30d, above: -20}
            - {ctas: {type: lifecycle, status: closed, outcome: success}, at_least: 1}
            - {stage_age: {at_least: 14d}}
            - not: {ctas: {type: risk, status: open}, at_least: 1}
        do: [{open_cta: adoption_plan}, {reach: onboarding_complete}]
      - key: onboarding_risk
        to: at_risk
        kind: risk
        trigger: [auto]
        priority: 10
        when: {measure: health.score, below: 40, for: 7d}
  adoption:
    transitions: [{key: back, to: onboarding, trigger: [back], kind: regress}]
  at_risk:
    transitions: [{key: back, to: onboarding, trigger: [back], kind: regress}]
  churned: {final: true}
everywhere:
  - {key: churned, to: churned, kind: exit, trigger: [auto], priority: 100, min_dwell: 0d,
     when: {fact: account.status, is: churned}}
alerts:
  low_usage:
    stages: [adoption]
    when: {measure: usage.logins_30d, below: 5}
    clear_when: {measure: usage.logins_30d, at_least: 10}
    open_cta: usage_dropped
calendar: office
"""


def files(*, catalog: str = CATALOG, segment: str = SEGMENT) -> dict[str, bytes]:
    """The sample as `compile_configuration` takes it, with either file replaced."""
    return {"catalog.yaml": catalog.encode(), "segments/enterprise.yaml": segment.encode()}
