"""Renewal and churn: R31 to R37."""

from tests.recipes.scenes import Scene
from tests.recipes.table import Outcome, Recipe


def onboarding(scene: Scene, renewal_on: int = 365) -> Scene:
    """A contract that begins today and is renewed so many days from now."""
    return scene.sign("renewal", account__status="active", account__renewal_on=renewal_on, opportunity__number="O-7")


def adopting(scene: Scene, renewal_on: int = 365) -> Scene:
    """The same, onboarded on the first day."""
    return onboarding(scene, renewal_on).fire("finish_onboarding")


def before_renewal(scene: Scene, days: int, overall: float) -> Scene:
    """An account that is looked at so many days before its renewal."""
    return scene.sign("forecast", account__renewal_on=days).measure(overall=overall, adoption_score=70, risk_score=20)


RECIPES = (
    Recipe(
        "R31",
        "r31_renewal_window",
        Outcome(
            lambda scene: adopting(scene, 91).days(1),
            "renewal",
            "Days until Renewal date is 90 d, as needed.",
            ctas=(
                "onboarding: lifecycle onboarding medium success by effect, due 2026-04-01, ada",
                "renewal: lifecycle renewal high new, due 2026-05-02, ada, before_renewal",
            ),
        ),
        Outcome(
            lambda scene: adopting(scene, 91),
            "adoption",
            "Days until Renewal date is 91 d, needs between 0 d and 90 d: 1 d to go (on 2026-03-03).",
            ctas=("onboarding: lifecycle onboarding medium success by effect, due 2026-04-01, ada",),
        ),
    ),
    Recipe(
        "R32",
        "r32_lapsed_on_the_day",
        Outcome(
            lambda scene: adopting(scene, 100).days(10).days(91),
            "renewal",
            "Days until Renewal date is -1 d, as needed. Contract status is active, as needed.",
            ctas=(
                "lapsed_on_the_day: risk renewal high new, due 2026-06-16, ada, lapsed_renewal, opportunity:O-7",
                "lapsed_renewal: risk renewal high new, due 2026-06-16, ada, lapsed_renewal, opportunity:O-7",
                "onboarding: lifecycle onboarding medium success by effect, due 2026-04-01, ada",
                "renewal: lifecycle renewal high new, due 2026-05-11, ada, before_renewal",
            ),
        ),
        Outcome(
            lambda scene: adopting(scene, -2),
            "adoption",
            "Days until Renewal date is -2 d, needs between -1 d and 0 d: 1 d short.",
            ctas=(
                "lapsed_renewal: risk renewal high new, due 2026-03-07, ada, lapsed_renewal, opportunity:O-7",
                "onboarding: lifecycle onboarding medium success by effect, due 2026-04-01, ada",
            ),
        ),
    ),
    Recipe(
        "R32",
        "r32_lapsed_renewal",
        Outcome(
            lambda scene: adopting(scene, -2),
            "adoption",
            "Days until Renewal date is -2 d, as needed. Contract status is active, as needed.",
            ctas=(
                "lapsed_renewal: risk renewal high new, due 2026-03-07, ada, lapsed_renewal, opportunity:O-7",
                "onboarding: lifecycle onboarding medium success by effect, due 2026-04-01, ada",
            ),
        ),
        Outcome(
            lambda scene: adopting(scene, 1),
            "renewal",
            "Days until Renewal date is 1 d, needs at most 0 d: 1 d to go (on 2026-03-03).",
            ctas=(
                "onboarding: lifecycle onboarding medium success by effect, due 2026-04-01, ada",
                "renewal: lifecycle renewal high new, due 2026-05-01, ada, before_renewal",
            ),
        ),
    ),
    Recipe(
        "R33",
        "r33_6m_confirmed",
        Outcome(
            lambda scene: before_renewal(scene, 183, 80).know(renewal_risk__csm_6m="good"),
            "confirmed_6m",
            "Renewal risk by figures at 6 months is 100 points, as needed. Assessment of the CSM at 6 months"
            " is good, as needed.",
        ),
        Outcome(
            lambda scene: before_renewal(scene, 183, 80).know(renewal_risk__csm_6m="monitor"),
            "checkpoint_6m",
            "Assessment of the CSM at 6 months is monitor, needs to be good.",
        ),
    ),
    Recipe(
        "R33",
        "r33_6m_confirmed_with_plan",
        Outcome(
            lambda scene: before_renewal(scene, 183, 70).know(renewal_risk__csm_6m="monitor"),
            "confirmed_6m",
            "Renewal risk by figures at 6 months is 50 points, as needed. Assessment of the CSM at 6 months "
            "is monitor, as needed. Renewal risk by figures at 6 months is 50 points, needs at most 0 "
            "points: 50 points over. Assessment of the CSM at 6 months is monitor, needs to be at_risk.",
            ctas=("action_plan: risk forecast high new, due 2026-03-12, ada",),
        ),
        Outcome(
            lambda scene: before_renewal(scene, 183, 70).know(renewal_risk__csm_6m="at_risk"),
            "checkpoint_6m",
            "One of these is needed: Assessment of the CSM at 6 months is at_risk, needs to be monitor; or "
            "Renewal risk by figures at 6 months is 50 points, needs at most 0 points: 50 points over.",
        ),
    ),
    Recipe(
        "R33",
        "r33_6m_decided",
        Outcome(
            lambda scene: (
                before_renewal(scene, 183, 70).know(renewal_risk__csm_6m="good").know(renewal_risk__final_6m="good")
            ),
            "confirmed_6m",
            "Assessment of the CSM at 6 months is known. Decision of the leads at 6 months is good, as needed.",
        ),
        Outcome(
            lambda scene: before_renewal(scene, 183, 70).know(renewal_risk__csm_6m="good"),
            "checkpoint_6m",
            "Decision of the leads at 6 months is not known, needs to be good.",
        ),
    ),
    Recipe(
        "R33",
        "r33_6m_decided_with_plan",
        Outcome(
            lambda scene: (
                before_renewal(scene, 183, 70).know(renewal_risk__csm_6m="good").know(renewal_risk__final_6m="at_risk")
            ),
            "confirmed_6m",
            "Assessment of the CSM at 6 months is known. Decision of the leads at 6 months is at_risk, as needed.",
            ctas=("action_plan: risk forecast high new, due 2026-03-12, ada",),
        ),
        Outcome(
            lambda scene: before_renewal(scene, 183, 70).know(renewal_risk__csm_6m="good"),
            "checkpoint_6m",
            "Decision of the leads at 6 months is not known, needs to be one of monitor, at_risk.",
        ),
    ),
    Recipe(
        "R33",
        "r33_3m_confirmed",
        Outcome(
            lambda scene: before_renewal(scene, 91, 70).know(renewal_risk__csm_3m="good"),
            "confirmed_3m",
            "Renewal risk by figures at 3 months is 100 points, as needed. Assessment of the CSM at 3 months"
            " is good, as needed.",
        ),
        Outcome(
            lambda scene: before_renewal(scene, 91, 55).know(renewal_risk__csm_3m="good"),
            "checkpoint_3m",
            "Renewal risk by figures at 3 months is 0 points, needs at least 100 points: 100 points short.",
        ),
    ),
    Recipe(
        "R33",
        "r33_3m_confirmed_with_plan",
        Outcome(
            lambda scene: before_renewal(scene, 91, 55).know(renewal_risk__csm_3m="at_risk"),
            "confirmed_3m",
            "Renewal risk by figures at 3 months is 0 points, as needed. Assessment of the CSM at 3 months "
            "is at_risk, as needed.",
            ctas=("action_plan: risk forecast high new, due 2026-03-12, ada",),
        ),
        Outcome(
            lambda scene: before_renewal(scene, 91, 70).know(renewal_risk__csm_3m="at_risk"),
            "checkpoint_3m",
            "Renewal risk by figures at 3 months is 100 points, needs at most 0 points: 100 points over.",
        ),
    ),
    Recipe(
        "R33",
        "r33_3m_decided",
        Outcome(
            lambda scene: (
                before_renewal(scene, 91, 55).know(renewal_risk__csm_3m="good").know(renewal_risk__final_3m="good")
            ),
            "confirmed_3m",
            "Assessment of the CSM at 3 months is known. Decision of the leads at 3 months is good, as needed.",
        ),
        Outcome(
            lambda scene: before_renewal(scene, 91, 55).know(renewal_risk__csm_3m="good"),
            "checkpoint_3m",
            "Decision of the leads at 3 months is not known, needs to be good.",
        ),
    ),
    Recipe(
        "R33",
        "r33_3m_decided_with_plan",
        Outcome(
            lambda scene: (
                before_renewal(scene, 91, 55).know(renewal_risk__csm_3m="good").know(renewal_risk__final_3m="at_risk")
            ),
            "confirmed_3m",
            "Assessment of the CSM at 3 months is known. Decision of the leads at 3 months is at_risk, as needed.",
            ctas=("action_plan: risk forecast high new, due 2026-03-12, ada",),
        ),
        Outcome(
            lambda scene: before_renewal(scene, 91, 55).know(renewal_risk__csm_3m="good"),
            "checkpoint_3m",
            "Decision of the leads at 3 months is not known, needs to be at_risk.",
        ),
    ),
    Recipe(
        "R34",
        "r34_renewed",
        Outcome(
            lambda scene: adopting(scene, 90).days(30).know(account__renewal_on=425),
            "adoption",
            "Days until Renewal date is 425 d, as needed.",
            ctas=(
                "onboarding: lifecycle onboarding medium success by effect, due 2026-04-01, ada",
                "renewal: lifecycle renewal high success by effect, due 2026-05-01, ada, before_renewal",
            ),
            milestones={"renewal": "2026-04-01"},
        ),
        Outcome(
            lambda scene: adopting(scene, 90).days(30).know(account__renewal_on=80),
            "renewal",
            "Days until Renewal date is 80 d, needs to be above 90 d: 11 d short.",
            ctas=(
                "onboarding: lifecycle onboarding medium success by effect, due 2026-04-01, ada",
                "renewal: lifecycle renewal high new, due 2026-05-01, ada, before_renewal",
            ),
        ),
    ),
    Recipe(
        "R35",
        "reference_status",
        Outcome(
            lambda scene: adopting(scene, 365).days(305),
            "renewal",
            "Reference status is caution, neutral (healthy at least 75, neutral at least 50): 50 of 100, 50.0 points",
            ctas=(
                "onboarding: lifecycle onboarding medium success by effect, due 2026-04-01, ada",
                "renewal: lifecycle renewal high new, due 2027-01-31, ada, before_renewal",
            ),
        ),
        Outcome(
            lambda scene: adopting(scene, 365).days(304),
            "renewal",
            "Reference status is good, healthy (healthy at least 75, neutral at least 50): 100 of 100, 100.0 points",
            ctas=(
                "onboarding: lifecycle onboarding medium success by effect, due 2026-04-01, ada",
                "renewal: lifecycle renewal high new, due 2027-01-31, ada, before_renewal",
            ),
        ),
        is_measure=True,
    ),
    Recipe(
        "R36",
        "r36_churned",
        Outcome(
            lambda scene: adopting(scene, 80).know(account__status="churned"),
            "churned",
            "Contract status is churned, as needed.",
            ctas=(
                "onboarding: lifecycle onboarding medium success by effect, due 2026-04-01, ada",
                "renewal: lifecycle renewal high invalid by effect, due 2026-04-21, ada, before_renewal",
            ),
        ),
        Outcome(
            lambda scene: adopting(scene, 80),
            "renewal",
            "Contract status is active, needs to be churned.",
            ctas=(
                "onboarding: lifecycle onboarding medium success by effect, due 2026-04-01, ada",
                "renewal: lifecycle renewal high new, due 2026-04-21, ada, before_renewal",
            ),
        ),
    ),
    Recipe(
        "R37",
        "stage_overdue",
        Outcome(
            lambda scene: onboarding(scene).days(22),
            "onboarding",
            "open: stages.onboarding.on_behind, stages.onboarding.on_stuck",
            ctas=(
                "onboarding: lifecycle onboarding medium new, due 2026-04-01, ada",
                "stage_overdue: risk stage_overdue medium new, due 2026-03-27, ada",
            ),
        ),
        Outcome(
            lambda scene: onboarding(scene).days(21),
            "onboarding",
            "never_asked: stages.onboarding.on_behind, stages.onboarding.on_stuck",
            ctas=("onboarding: lifecycle onboarding medium new, due 2026-04-01, ada",),
        ),
    ),
    Recipe(
        "R37",
        "stage_overdue",
        Outcome(
            lambda scene: onboarding(scene).days(22).days(24),
            "onboarding",
            "open: stages.onboarding.on_behind, stages.onboarding.on_stuck",
            ctas=(
                "onboarding: lifecycle onboarding medium new, due 2026-04-01, ada",
                "stage_overdue: risk stage_overdue high new, due 2026-03-27, ada",
            ),
        ),
        Outcome(
            lambda scene: onboarding(scene).days(22).days(23),
            "onboarding",
            "open: stages.onboarding.on_behind, stages.onboarding.on_stuck",
            ctas=(
                "onboarding: lifecycle onboarding medium new, due 2026-04-01, ada",
                "stage_overdue: risk stage_overdue medium new, due 2026-03-27, ada",
            ),
        ),
    ),
)
