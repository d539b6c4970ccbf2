"""Onboarding and hand-off: R01 to R13."""

from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.cta_work import EditCta
from lifecycle_fsm.domain.plan import PlanStatus
from tests.recipes.scenes import Scene
from tests.recipes.table import Outcome, Recipe


def prospect(scene: Scene) -> Scene:
    """Sales works on the account, whose people are known."""
    return scene.sign(
        "onboarding", account__status="prospect", opportunity__stage="open", people__admin="ann", people__champion="cho"
    )


def customer(scene: Scene) -> Scene:
    """The contract begins today."""
    return prospect(scene).know(account__status="active", account__contract_start=0)


def in_onboarding(scene: Scene) -> Scene:
    """The kickoff was held on the first day."""
    return customer(scene).close("kickoff_call")


RECIPES = (
    Recipe(
        "R01",
        "r01_new_customer_signed",
        Outcome(
            customer,
            "new_customer",
            "Contract status is active, as needed. Days since Original contract date is 0 d, as needed. New "
            "Customer Signed is not reached.",
            ctas=("kickoff_call: lifecycle kickoff medium new, due 2026-03-16, ada, kickoff",),
            milestones={"new_customer_signed": "2026-03-02"},
        ),
        Outcome(
            lambda scene: prospect(scene).know(account__status="active", account__contract_start=5),
            "prospect",
            "Days since Original contract date is -5 d, needs at least 0 d: 5 d to go (on 2026-03-07).",
        ),
    ),
    Recipe(
        "R02",
        "r02_opportunity_won",
        Outcome(
            lambda scene: scene.sign(
                "onboarding", opportunity__stage="won", people__admin="ann", people__champion="cho"
            ),
            "new_customer",
            "Stage of the opportunity is won, as needed.",
            ctas=("kickoff_call: lifecycle kickoff medium new, due 2026-03-16, ada, kickoff",),
            milestones={"new_customer_signed": "2026-03-02"},
        ),
        Outcome(prospect, "prospect", "Stage of the opportunity is open, needs to be won."),
    ),
    Recipe(
        "R03",
        "r03_kicked_off",
        Outcome(
            lambda scene: prospect(scene).fire("start_proof").close("kickoff_call", CtaOutcome.FAILED),
            "kicked_off",
            "Closed CTAs about kickoff are 1, as needed.",
            ctas=("kickoff_call: lifecycle kickoff medium failed by person, due 2026-03-16, ada, kickoff",),
        ),
        Outcome(
            lambda scene: prospect(scene).fire("start_proof"),
            "proof_of_concept",
            "Closed CTAs about kickoff are 0, needs at least 1: 1 short.",
            ctas=("kickoff_call: lifecycle kickoff medium new, due 2026-03-16, ada, kickoff",),
        ),
    ),
    Recipe(
        "R04",
        "r04_kickoff_closed",
        Outcome(
            in_onboarding,
            "onboarding",
            "Success closed CTAs about kickoff are 1, as needed.",
            ctas=(
                "kickoff_call: lifecycle kickoff medium success by person, due 2026-03-16, ada, kickoff",
                "onboarding: lifecycle onboarding medium new, due 2026-04-01, ada",
            ),
            milestones={"new_customer_signed": "2026-03-02", "onboarding_started": "2026-03-02"},
        ),
        Outcome(
            lambda scene: customer(scene).close("kickoff_call", CtaOutcome.FAILED),
            "new_customer",
            "Success closed CTAs about kickoff are 0, needs at least 1: 1 short.",
            ctas=("kickoff_call: lifecycle kickoff medium failed by person, due 2026-03-16, ada, kickoff",),
            milestones={"new_customer_signed": "2026-03-02"},
        ),
    ),
    Recipe(
        "R05",
        "r05_onboarding_complete",
        Outcome(
            lambda scene: in_onboarding(scene).measure(setup_completion=85).plan("onboarding", PlanStatus.COMPLETED),
            "adoption",
            "Success plan Onboarding is completed, as needed. Setup completion is 85 %, as needed.",
            ctas=(
                "kickoff_call: lifecycle kickoff medium success by person, due 2026-03-16, ada, kickoff",
                "onboarding: lifecycle onboarding medium success by effect, due 2026-04-01, ada",
            ),
            milestones={
                "new_customer_signed": "2026-03-02",
                "onboarding": "2026-03-02",
                "onboarding_started": "2026-03-02",
            },
        ),
        Outcome(
            lambda scene: in_onboarding(scene).measure(setup_completion=79).plan("onboarding", PlanStatus.COMPLETED),
            "onboarding",
            "Setup completion is 79 %, needs at least 80 %: 1 % short.",
            ctas=(
                "kickoff_call: lifecycle kickoff medium success by person, due 2026-03-16, ada, kickoff",
                "onboarding: lifecycle onboarding medium new, due 2026-04-01, ada",
            ),
            milestones={"new_customer_signed": "2026-03-02", "onboarding_started": "2026-03-02"},
        ),
    ),
    Recipe(
        "R06",
        "r06_delayed_onboarding",
        Outcome(
            lambda scene: customer(scene).know(onboarding__training_on=1).days(90),
            "new_customer",
            "Days since Original contract date is 90 d, as needed.",
            ctas=(
                "delayed_onboarding: risk implementation medium new, due 2026-06-07, ada, late_onboarding",
                "kickoff_call: lifecycle kickoff medium new, due 2026-03-16, ada, kickoff",
            ),
            milestones={"new_customer_signed": "2026-03-02"},
        ),
        Outcome(
            lambda scene: customer(scene).know(onboarding__training_on=1).days(89),
            "new_customer",
            "Days since Original contract date is 89 d, needs at least 90 d: 1 d to go (on 2026-05-31).",
            ctas=("kickoff_call: lifecycle kickoff medium new, due 2026-03-16, ada, kickoff",),
            milestones={"new_customer_signed": "2026-03-02"},
        ),
    ),
    Recipe(
        "R07",
        "launch",
        Outcome(
            lambda scene: (
                customer(scene)
                .know(onboarding__training_on=1)
                .days(90)
                .work("delayed_onboarding", EditCta(flagged=True))
            ),
            "new_customer",
            "Launch is 0 points, at risk (healthy at least 75, neutral at least 50): 0 of 100, 0.0 points",
            ctas=(
                "delayed_onboarding: risk implementation medium new, due 2026-06-07, ada, late_onboarding, flagged",
                "kickoff_call: lifecycle kickoff medium new, due 2026-03-16, ada, kickoff",
            ),
            milestones={"new_customer_signed": "2026-03-02"},
        ),
        Outcome(
            customer,
            "new_customer",
            "Launch is 100 points, healthy (healthy at least 75, neutral at least 50): 100 of 100, 50.0 points",
            ctas=("kickoff_call: lifecycle kickoff medium new, due 2026-03-16, ada, kickoff",),
            milestones={"new_customer_signed": "2026-03-02"},
        ),
        is_measure=True,
    ),
    Recipe(
        "R08",
        "onboarding_sentiment",
        Outcome(
            lambda scene: in_onboarding(scene).begin("adoption").days(7).close("invite_users"),
            "onboarding",
            "Sentiment in onboarding is 0 points, at risk (healthy at least 75, neutral at least 50): 0 of "
            "100, 0.0 points",
            ctas=(
                "first_report: objective adoption_tasks medium new, due 2026-03-16, ada",
                "invite_users: objective adoption_tasks medium success by person, due 2026-03-09, ada",
                "kickoff_call: lifecycle kickoff medium success by person, due 2026-03-16, ada, kickoff",
                "onboarding: lifecycle onboarding medium new, due 2026-04-01, ada",
                "second_team: objective adoption_tasks low new, due 2026-04-01, ada",
                "train_users: objective adoption_tasks medium new, due 2026-03-16, ada",
            ),
            milestones={"new_customer_signed": "2026-03-02", "onboarding_started": "2026-03-02"},
        ),
        Outcome(
            lambda scene: (
                in_onboarding(scene)
                .begin("adoption")
                .days(7)
                .close("invite_users")
                .close("train_users")
                .close("first_report")
            ),
            "onboarding",
            "Sentiment in onboarding is 100 points, healthy (healthy at least 75, neutral at least 50): 100 "
            "of 100, 50.0 points",
            ctas=(
                "first_report: objective adoption_tasks medium success by person, due 2026-03-16, ada",
                "invite_users: objective adoption_tasks medium success by person, due 2026-03-09, ada",
                "kickoff_call: lifecycle kickoff medium success by person, due 2026-03-16, ada, kickoff",
                "onboarding: lifecycle onboarding medium new, due 2026-04-01, ada",
                "second_team: objective adoption_tasks low new, due 2026-04-01, ada",
                "train_users: objective adoption_tasks medium success by person, due 2026-03-16, ada",
            ),
            milestones={"new_customer_signed": "2026-03-02", "onboarding_started": "2026-03-02"},
        ),
        is_measure=True,
    ),
    Recipe(
        "R09",
        "r09_assign_csm_before_close",
        Outcome(
            lambda scene: (
                prospect(scene)
                .know(people__manager="mia", opportunity__number="O-7")
                .know(opportunity__stage="negotiating")
            ),
            "prospect",
            "Stage of the opportunity is negotiating, as needed.",
            ctas=("assign_csm: lifecycle assignment high new, due 2026-03-07, mia, opportunity:O-7",),
        ),
        Outcome(prospect, "prospect", "Stage of the opportunity is open, needs to be negotiating."),
    ),
    Recipe(
        "R10",
        "r10_no_admin_identified",
        Outcome(
            lambda scene: scene.sign(
                "onboarding", account__status="active", account__contract_start=0, people__champion="cho"
            ),
            "new_customer",
            "Administrator is not known.",
            ctas=(
                "kickoff_call: lifecycle kickoff medium new, due 2026-03-16, ada, kickoff",
                "no_admin: risk readiness medium new, due 2026-03-16, ada, find_a_contact",
            ),
            milestones={"new_customer_signed": "2026-03-02"},
        ),
        Outcome(
            customer,
            "new_customer",
            "Administrator is known, must not be.",
            ctas=("kickoff_call: lifecycle kickoff medium new, due 2026-03-16, ada, kickoff",),
            milestones={"new_customer_signed": "2026-03-02"},
        ),
    ),
    Recipe(
        "R11",
        "r11_no_adoption_champion",
        Outcome(
            lambda scene: scene.sign(
                "onboarding", account__status="active", account__contract_start=0, people__admin="ann"
            ),
            "new_customer",
            "Adoption champion is not known.",
            ctas=(
                "kickoff_call: lifecycle kickoff medium new, due 2026-03-16, ada, kickoff",
                "no_champion: risk readiness medium new, due 2026-03-16, ada, find_a_contact",
            ),
            milestones={"new_customer_signed": "2026-03-02"},
        ),
        Outcome(
            customer,
            "new_customer",
            "Adoption champion is known, must not be.",
            ctas=("kickoff_call: lifecycle kickoff medium new, due 2026-03-16, ada, kickoff",),
            milestones={"new_customer_signed": "2026-03-02"},
        ),
    ),
    Recipe(
        "R12",
        "r12_no_training_date",
        Outcome(
            lambda scene: in_onboarding(scene).days(92),
            "onboarding",
            "Days since Original contract date is 92 d, as needed. Training date is not known.",
            ctas=(
                "kickoff_call: lifecycle kickoff medium success by person, due 2026-03-16, ada, kickoff",
                "no_training: risk readiness medium new, due 2026-06-09, ada",
                "onboarding: lifecycle onboarding medium new, due 2026-04-01, ada",
            ),
            milestones={"new_customer_signed": "2026-03-02", "onboarding_started": "2026-03-02"},
        ),
        Outcome(
            lambda scene: in_onboarding(scene).know(onboarding__training_on=120).days(92),
            "onboarding",
            "Training date is known, must not be.",
            ctas=(
                "kickoff_call: lifecycle kickoff medium success by person, due 2026-03-16, ada, kickoff",
                "onboarding: lifecycle onboarding medium new, due 2026-04-01, ada",
            ),
            milestones={"new_customer_signed": "2026-03-02", "onboarding_started": "2026-03-02"},
        ),
    ),
    Recipe(
        "R13",
        "first_value",
        Outcome(
            lambda scene: in_onboarding(scene).days(20).measure(license_utilisation=10),
            "onboarding",
            "Licence utilisation is 10 %, as needed.",
            ctas=(
                "kickoff_call: lifecycle kickoff medium success by person, due 2026-03-16, ada, kickoff",
                "onboarding: lifecycle onboarding medium new, due 2026-04-01, ada",
            ),
            milestones={
                "first_value": "2026-03-22",
                "new_customer_signed": "2026-03-02",
                "onboarding_started": "2026-03-02",
            },
        ),
        Outcome(
            lambda scene: in_onboarding(scene).days(20).measure(license_utilisation=9.9),
            "onboarding",
            "Licence utilisation is 9.9 %, needs at least 10 %: 0.1 % short.",
            ctas=(
                "kickoff_call: lifecycle kickoff medium success by person, due 2026-03-16, ada, kickoff",
                "onboarding: lifecycle onboarding medium new, due 2026-04-01, ada",
            ),
            milestones={"new_customer_signed": "2026-03-02", "onboarding_started": "2026-03-02"},
        ),
    ),
)
