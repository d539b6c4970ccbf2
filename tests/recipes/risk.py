"""Health and risk: R22 to R30."""

from tests.recipes.scenes import Scene
from tests.recipes.table import Outcome, Recipe


def adopting(scene: Scene) -> Scene:
    """A customer whose contract runs for another year."""
    return scene.sign("risk", account__status="active", account__renewal_on=365)


def scored(scene: Scene, before: float, after: float) -> Scene:
    """The overall score, and what it is a week later."""
    return adopting(scene).measure(overall=before).days(7).measure(overall=after)


def risky(scene: Scene, *reasons: str) -> Scene:
    """People opened a risk for each of these reasons."""
    return adopting(scene).risks(*reasons)


RECIPES = (
    Recipe(
        "R22",
        "r22_measure_80_to_30",
        Outcome(
            lambda scene: adopting(scene).measure(adoption_score=80).days(35).measure(adoption_score=30),
            "adoption",
            "Adoption score is 30 %, as needed. Adoption score of 80 or more, change over 35d is -1, as needed.",
            ctas=("adoption_collapsed: risk health high new, due 2026-04-11, ada",),
        ),
        Outcome(
            lambda scene: adopting(scene).measure(adoption_score=79).days(35).measure(adoption_score=10),
            "adoption",
            "Adoption score of 80 or more, change over 35d is 0, needs at most -1: 1 over.",
        ),
    ),
    Recipe(
        "R23",
        "r23_health_drop_yellow",
        Outcome(
            lambda scene: scored(scene, 90, 75),
            "adoption",
            "Health score, change over 7d is -15 points, as needed. Health score, change over 7d is -15 "
            "points, as needed.",
            ctas=("health_dropped: risk health medium new, due 2026-03-14, ada",),
        ),
        Outcome(
            lambda scene: scored(scene, 90, 76),
            "adoption",
            "Health score, change over 7d is -14 points, needs at most -15 points: 1 point over.",
        ),
    ),
    Recipe(
        "R23",
        "r23_health_drop_red",
        Outcome(
            lambda scene: scored(scene, 90, 70).measure(overall=65),
            "adoption",
            "Health score, change over 7d is -25 points, as needed.",
            ctas=("health_dropped: risk health high new, due 2026-03-14, ada",),
        ),
        Outcome(
            lambda scene: scored(scene, 90, 66),
            "adoption",
            "Health score, change over 7d is -24 points, needs at most -25 points: 1 point over.",
            ctas=("health_dropped: risk health medium new, due 2026-03-14, ada",),
        ),
    ),
    Recipe(
        "R23",
        "r23_champion_change",
        Outcome(
            lambda scene: adopting(scene).measure(overall=95).know(people__champion_changed_on=0),
            "adoption",
            "Days since Change of the champion is 0 d, as needed.",
            ctas=("health_dropped: risk health high new, due 2026-03-07, ada",),
        ),
        Outcome(
            lambda scene: adopting(scene).measure(overall=95).know(people__champion_changed_on=-8),
            "adoption",
            "Days since Change of the champion is 8 d, needs between 0 d and 7 d: 1 d over.",
        ),
    ),
    Recipe(
        "R23",
        "r23_concerns",
        Outcome(
            lambda scene: adopting(scene).measure(overall=60, signals__concerns_7d=2),
            "adoption",
            "Mentions of concerns or competitors in 7 days is 2 mentions, as needed. Health band is neutral,"
            " as needed.",
            ctas=("health_dropped: risk health medium new, due 2026-03-07, ada",),
        ),
        Outcome(
            lambda scene: adopting(scene).measure(overall=40, signals__concerns_7d=2),
            "adoption",
            "Health band is at_risk, needs to be one of healthy, neutral.",
        ),
    ),
    Recipe(
        "R24",
        "r24_combined_risk",
        Outcome(
            lambda scene: adopting(scene).measure(usage__core_event_trend=-10, support__unresolved=2),
            "adoption",
            "Core events against the month before is -10 %, needs at most -50 %: 40 % over. Unresolved "
            "tickets is 2 tickets, as needed. Days until Renewal date is 365 d, needs between 0 d and 60 d: "
            "305 d to go (on 2027-01-01).",
            ctas=("combined_risk: risk health high new, due 2026-03-07, ada",),
        ),
        Outcome(
            lambda scene: adopting(scene).measure(usage__core_event_trend=-49, support__unresolved=1),
            "adoption",
            "One of these is needed: Core events against the month before is -49 %, needs at most -50 %: 1 %"
            " over; or Unresolved tickets is 1 ticket, needs at least 2 tickets: 1 ticket short; or days "
            "until Renewal date is 365 d, needs between 0 d and 60 d: 305 d to go (on 2027-01-01).",
        ),
    ),
    Recipe(
        "R25",
        "r25_high_priority_case_14d",
        Outcome(
            lambda scene: adopting(scene).know(support__case_number="C-3", support__case_opened_on=0).days(15),
            "adoption",
            "Days since Oldest open case of high priority is 15 d, as needed.",
            ctas=("old_case: risk support high new, due 2026-03-19, ada, case:C-3",),
        ),
        Outcome(
            lambda scene: adopting(scene).know(support__case_number="C-3", support__case_opened_on=0).days(14),
            "adoption",
            "Days since Oldest open case of high priority is 14 d, needs to be above 14 d: 1 d to go (on 2026-03-17).",
        ),
    ),
    Recipe(
        "R26",
        "r26_bug_high_priority",
        Outcome(
            lambda scene: adopting(scene).know(
                ticket__number="T-9", ticket__priority="high", ticket__tag="waiting_on_release"
            ),
            "adoption",
            "Priority of the ticket is high, as needed. Tag of the ticket is waiting_on_release, as needed.",
            ctas=("urgent_bug: risk quality high new, due 2026-03-04, ada, ticket:T-9",),
        ),
        Outcome(
            lambda scene: adopting(scene).know(
                ticket__number="T-9", ticket__priority="normal", ticket__tag="verified_bug"
            ),
            "adoption",
            "Priority of the ticket is normal, needs to be high.",
        ),
    ),
    Recipe(
        "R27",
        "r27_bug_volume_3",
        Outcome(
            lambda scene: adopting(scene).measure(support__bugs=3),
            "adoption",
            "Open tickets identified as bugs is 3 tickets, as needed.",
            ctas=("many_bugs: risk quality medium new, due 2026-03-09, ada",),
        ),
        Outcome(
            lambda scene: adopting(scene).measure(support__bugs=2),
            "adoption",
            "Open tickets identified as bugs is 2 tickets, needs at least 3 tickets: 1 ticket short.",
        ),
    ),
    Recipe(
        "R28",
        "r28_product_limitation",
        Outcome(
            lambda scene: adopting(scene).know(ticket__number="T-9", ticket__class="product_limitation"),
            "adoption",
            "Class of the ticket is product_limitation, as needed.",
            ctas=("product_limit: risk product medium new, due 2026-03-09, ada, ticket:T-9",),
        ),
        Outcome(
            lambda scene: adopting(scene).know(ticket__number="T-9", ticket__class="question"),
            "adoption",
            "Class of the ticket is question, needs to be product_limitation.",
        ),
    ),
    Recipe(
        "R29",
        "r29_exec_nps_180d",
        Outcome(
            lambda scene: adopting(scene).measure(sentiment__exec_nps=6),
            "adoption",
            "Answer of the executive sponsor is 6 points, as needed.",
            ctas=("unhappy_executive: risk sentiment high new, due 2026-03-07, ada",),
        ),
        Outcome(
            lambda scene: adopting(scene).measure(sentiment__exec_nps=7).days(180),
            "adoption",
            "Answer of the executive sponsor was last observed 180 d ago (7 points) and is stale, needs at "
            "most 6 points.",
        ),
    ),
    Recipe(
        "R30",
        "r30_multiple_recent_risks",
        Outcome(
            lambda scene: risky(scene, "implementation").close("by_hand").days(182).risks("habits", "support"),
            "adoption",
            "Risk CTAs about habits, implementation or support open or opened within 183d are 3, as needed.",
            ctas=(
                "by_hand: risk habits medium new, due 2026-09-07, ada",
                "by_hand: risk implementation medium success by person, due 2026-03-09, ada",
                "by_hand: risk support medium new, due 2026-09-07, ada",
                "many_risks: risk sentiment high new, due 2026-09-05, ada",
            ),
        ),
        Outcome(
            lambda scene: risky(scene, "implementation").close("by_hand").days(183).risks("habits", "support"),
            "adoption",
            "Risk CTAs about habits, implementation or support open or opened within 183d are 2, "
            "needs at least 3: 1 short.",
            ctas=(
                "by_hand: risk habits medium new, due 2026-09-08, ada",
                "by_hand: risk implementation medium success by person, due 2026-03-09, ada",
                "by_hand: risk support medium new, due 2026-09-08, ada",
            ),
        ),
    ),
)
