"""A CTA that changes the score it is opened for is told with the whole chain."""

import pytest

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.definition.diagnostics import Diagnostic, Severity

CATALOG = """\
schema: lifecycle/v1
measures:
  launch:
    title: Launch
    derived: {cases: [{when: {ctas: {reason: launch, status: open}, at_least: 1}, value: 0}], otherwise: 100}
  habits:
    title: Habits
    derived: {cases: [{when: {ctas: {template: rescue, status: open}, at_least: 1}, value: 40}], otherwise: 90}
  logins: {title: Logins, unit: logins, range: [0, any]}
reasons: {launch: Launch, habits: Habits}
templates:
  late: {title: Late, type: risk, reason: launch, priority: high, due_in: 7d, owner: csm}
  rescue: {title: Rescue, type: risk, reason: habits, priority: high, due_in: 7d, owner: csm}
"""

SEGMENT = """\
schema: lifecycle/v1
segment: any
applies_to: {manual: true}
initial: only
scorecard: {measures: {launch: {weight: 1}, logins: {weight: 1, healthy: 20, neutral: 5}}}
stages: {only: {}}
alerts:
"""


def cycles(*alerts: str) -> list[Diagnostic]:
    segment = SEGMENT + "".join(f"  {alert}\n" for alert in alerts)
    found = compile_configuration({"catalog.yaml": CATALOG.encode(), "segments/any.yaml": segment.encode()}).diagnostics
    assert [each.message for each in found if each.severity is Severity.ERROR] == []
    return [each for each in found if each.code is Code.CTA_SCORE_CYCLE]


def test_a_cta_that_lowers_the_score_it_is_opened_for() -> None:
    (found,) = cycles("low: {when: {measure: health.score, below: 40}, open_cta: late}")

    assert found.message == (
        "a CTA changes the score that it is opened for: the alert 'low' opens the CTA 'late'; that changes the measure "
        "'launch', which counts in the health score, which the alert 'low' reads"
    )
    assert (found.severity, found.line, found.related) == (Severity.WARNING, 8, ())


def test_a_chain_through_two_ctas_is_told_once_from_its_beginning() -> None:
    (found,) = cycles(
        "first: {when: {measure: habits, below: 50}, open_cta: late}",
        "second: {when: {measure: launch, change_over: 7d, below: -10}, open_cta: rescue}",
    )

    assert found.message == (
        "a CTA changes the score that it is opened for: the alert 'first' opens the CTA 'late'; that changes the "
        "measure 'launch', which the alert 'second' reads; the alert 'second' opens the CTA 'rescue'; that changes the "
        "measure 'habits', which the alert 'first' reads"
    )
    assert [related.span.line for related in found.related] == [9]


@pytest.mark.parametrize(
    "alert",
    [
        "low: {when: {measure: logins, below: 4}, open_cta: late}",
        "low: {when: {measure: health.score, below: 40}, open_cta: rescue}",
        "low: {when: {measure: habits, below: 40}, open_cta: late}",
    ],
)
def test_nothing_is_said_where_no_chain_leads_back(alert: str) -> None:
    assert cycles(alert) == []


def test_a_level_of_an_alert_reads_the_score_that_its_cta_lowers() -> None:
    level = "{severity: high, when: {measure: launch, below: 50}}"
    (found,) = cycles(f"quiet: {{when: {{measure: logins, below: 5}}, open_cta: late, levels: [{level}]}}")

    assert found.message == (
        "a CTA changes the score that it is opened for: the level 'high' of the alert 'quiet' opens the CTA 'late'; "
        "that changes the measure 'launch', which the level 'high' of the alert 'quiet' reads"
    )
