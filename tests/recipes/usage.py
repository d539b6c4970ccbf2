"""Adoption and usage: R14 to R21."""

from datetime import timedelta

from lifecycle_fsm.domain.cta_work import SnoozeCta
from tests.recipes.scenes import Scene
from tests.recipes.table import Outcome, Recipe


def adopting(scene: Scene) -> Scene:
    """A customer who uses the product since today."""
    return scene.sign("usage", account__status="active", account__contract_start=0)


def snoozed(scene: Scene) -> Scene:
    """The users are on holiday for three weeks, and the CSM knows it; meanwhile one login came and went."""
    adopting(scene).measure(usage__logins_7d=4)
    scene.work("low_logins", SnoozeCta(scene.stage.clock() + timedelta(days=21)))
    return scene.days(7).measure(usage__logins_7d=5).days(7).measure(usage__logins_7d=4)


RECIPES = (
    Recipe(
        "R14",
        "r14_logins_drop_25",
        Outcome(
            lambda scene: adopting(scene).measure(usage__logins_to_average=0.75),
            "adoption",
            "Logins against the weekly average of the quarter is 0.75 ratio, as needed.",
            ctas=("logins_dropped: risk habits medium new, due 2026-03-09, ada, usage_recovery",),
        ),
        Outcome(
            lambda scene: adopting(scene).measure(usage__logins_to_average=0.76),
            "adoption",
            "Logins against the weekly average of the quarter is 0.76 ratio, needs at most 0.75 ratio: 0.01 "
            "ratio over.",
        ),
    ),
    Recipe(
        "R15",
        "r15_low_logins",
        Outcome(
            lambda scene: adopting(scene).measure(usage__logins_7d=4),
            "adoption",
            "Logins in 7 days is 4 logins, as needed.",
            ctas=("low_logins: risk habits medium new, due 2026-03-09, ada",),
        ),
        Outcome(
            lambda scene: adopting(scene).measure(usage__logins_7d=5),
            "adoption",
            "Logins in 7 days is 5 logins, needs to be below 5 logins.",
        ),
    ),
    Recipe(
        "R15",
        "low_logins",
        Outcome(
            lambda scene: adopting(scene).measure(usage__logins_7d=4),
            "adoption",
            "open: alerts.r15_low_logins.open_cta",
            ctas=("low_logins: risk habits medium new, due 2026-03-09, ada",),
        ),
        Outcome(
            snoozed,
            "adoption",
            "snoozed: alerts.r15_low_logins.open_cta",
            ctas=("low_logins: risk habits medium new, due 2026-03-09, ada",),
        ),
    ),
    Recipe(
        "R16",
        "low_usage",
        Outcome(
            lambda scene: adopting(scene).measure(usage__sessions_30d=10).measure(usage__sessions_30d=20),
            "adoption",
            "Open low_usage CTAs are 1, as needed. Sessions in 30 days is 20 sessions, as needed.",
            ctas=("low_usage: risk habits medium recovered by rule, due 2026-03-09, ada, usage_recovery",),
        ),
        Outcome(
            lambda scene: adopting(scene).measure(usage__sessions_30d=10).measure(usage__sessions_30d=19),
            "adoption",
            "Sessions in 30 days is 19 sessions, needs at least 20 sessions: 1 session short.",
            ctas=("low_usage: risk habits medium new, due 2026-03-09, ada, usage_recovery",),
        ),
    ),
    Recipe(
        "R17",
        "r17_pipelines_drop",
        Outcome(
            lambda scene: adopting(scene).measure(usage__pipeline_trend=-20),
            "adoption",
            "Pipelines against the month before is -20 %, as needed.",
            ctas=("pipelines_dropped: risk habits medium new, due 2026-03-09, ada",),
        ),
        Outcome(
            lambda scene: adopting(scene).measure(usage__pipeline_trend=-19),
            "adoption",
            "Pipelines against the month before is -19 %, needs at most -20 %: 1 % over.",
        ),
    ),
    Recipe(
        "R17",
        "r17_pipelines_rare",
        Outcome(
            lambda scene: adopting(scene).reach("onboarding").days(91).measure(usage__pipeline_share=49),
            "adoption",
            "Days since Onboarding is 91 d, as needed. Projects with pipelines is 49 %, as needed.",
            ctas=("pipelines_rare: risk habits medium new, due 2026-06-08, ada",),
            milestones={"onboarding": "2026-03-02"},
        ),
        Outcome(
            lambda scene: adopting(scene).reach("onboarding").days(90).measure(usage__pipeline_share=49),
            "adoption",
            "Days since Onboarding is 90 d, needs at least 91 d: 1 d to go (on 2026-06-01).",
            milestones={"onboarding": "2026-03-02"},
        ),
    ),
    Recipe(
        "R17",
        "r17_no_pipelines",
        Outcome(
            lambda scene: adopting(scene).reach("onboarding").days(30).measure(usage__pipelines=0),
            "adoption",
            "Days since Onboarding is 30 d, as needed. Pipelines in a month is 0 pipelines, as needed.",
            ctas=("no_pipelines: risk habits high new, due 2026-04-06, ada",),
            milestones={"onboarding": "2026-03-02"},
        ),
        Outcome(
            lambda scene: adopting(scene).reach("onboarding").days(30).measure(usage__pipelines=1),
            "adoption",
            "Pipelines in a month is 1 pipeline, needs at most 0 pipelines: 1 pipeline over.",
            milestones={"onboarding": "2026-03-02"},
        ),
    ),
    Recipe(
        "R18",
        "r18_disengaged",
        Outcome(
            lambda scene: adopting(scene).measure(usage__logins_60d=4, engagement__emails_60d=0),
            "adoption",
            "Logins in 60 days is 4 logins, as needed. E-mails sent in 60 days is 0 e-mails, as needed.",
            ctas=("disengaged: risk habits high new, due 2026-03-07, ada",),
        ),
        Outcome(
            lambda scene: adopting(scene).measure(usage__logins_60d=4, engagement__emails_60d=1),
            "adoption",
            "E-mails sent in 60 days is 1 e-mail, needs at most 0 e-mails: 1 e-mail over.",
        ),
    ),
    Recipe(
        "R19",
        "active",
        Outcome(
            lambda scene: adopting(scene).measure(usage__core_events_30d=3, usage__active_users_30d=2),
            "adoption",
            "Active is yes, healthy (healthy at least 1, neutral at least 0.5): 100 of 100, 100.0 points",
        ),
        Outcome(
            lambda scene: adopting(scene).measure(usage__core_events_30d=9, usage__active_users_30d=1),
            "adoption",
            "Active is no, at risk (healthy at least 1, neutral at least 0.5): 0 of 100, 0.0 points",
        ),
        is_measure=True,
    ),
    Recipe(
        "R20",
        "license_matrix",
        Outcome(
            lambda scene: adopting(scene).measure(license_utilisation=60).days(183),
            "adoption",
            "Licences by age of the contract is 60 points, neutral (healthy at least 75, neutral at least "
            "50): 60 of 100, 60.0 points",
        ),
        Outcome(
            lambda scene: adopting(scene).measure(license_utilisation=60).days(60),
            "adoption",
            "Licences by age of the contract is missing: it takes no part",
        ),
        is_measure=True,
    ),
    Recipe(
        "R21",
        "usage.engagement",
        Outcome(
            lambda scene: adopting(scene).measure(usage__engagement=49.9),
            "adoption",
            "Active users in 28 days per billable user is 49.9 %, at risk (healthy at least 80, neutral at "
            "least 50): 49.9 of 100, 49.9 points",
        ),
        Outcome(
            lambda scene: adopting(scene).measure(usage__engagement=80),
            "adoption",
            "Active users in 28 days per billable user is 80 %, healthy (healthy at least 80, neutral at "
            "least 50): 75 of 100, 75.0 points",
        ),
        is_measure=True,
    ),
)
