"""The lines that tell people what a verification came to."""

from collections import Counter
from uuid import UUID

from lifecycle_fsm.cli.verified import verified
from lifecycle_fsm.domain.audit import Check, Flaw
from lifecycle_fsm.services.audit.verify import Report

ACCOUNT = UUID(int=7)
WAY = "Chains were followed row by row."


def test_what_holds_is_told_with_what_no_guard_decided() -> None:
    excepted = {"assigned": 2, "migrated": 1, "cta_closed": 1, "override": 1, "milestone_reached": 1200}
    report = Report(2, 1300, 1250, 90, 3, 4, 5, 6, 7, 8, 2, Counter({**excepted, "earlier_release": 2}))

    assert verified(report, WAY) == [
        "Chains: 1,300 rows of 2 accounts. Published texts: 5.",
        "Evidence: 1,250 rows as committed to, 3 erased by law, 4 let go by age.",
        "Log: 7 leaves, 8 records not yet in it; 6 audit entries.",
        "Checkpoints: 2.",
        WAY,
        "Decisions: 90 made again. No guard decides 2 first assignments and 1 migration.",
        "Not decided by guards besides: 1,200 milestones dated by people, 1 CTA closed, 1 override of guards.",
        "Not made again: 2 rows of earlier releases, which kept no evidence.",
        "Everything that was checked holds.",
    ]


def test_what_does_not_hold_is_told_by_its_place() -> None:
    flaws = [
        Flaw(Check.CHAIN, "it was changed", ACCOUNT, 3),
        Flaw(Check.ENTRY, "it was changed", None, 2, "audit entries"),
        Flaw(Check.LOG, "it is shorter"),
    ]
    report = Report(1, 1, 1, excepted=Counter({"assigned": 1, "earlier_release": 1}), flaws=flaws, failed=3)

    assert verified(report, WAY) == [
        "Chains: 1 row of 1 account. Published texts: 0.",
        "Evidence: 1 row as committed to, 0 erased by law.",
        "Log: 0 leaves, 0 records not yet in it; 0 audit entries.",
        "Checkpoints: 0.",
        WAY,
        "Decisions: 0 made again. No guard decides 1 first assignment and 0 migrations.",
        "Not decided by guards besides: nothing.",
        "Not made again: 1 row of an earlier release, which kept no evidence.",
        f"chain: account {ACCOUNT}, row 3: it was changed",
        "entry: audit entries, row 2: it was changed",
        "log: it is shorter",
        "History does not hold: 3 flaws.",
    ]


def test_flaws_that_are_not_listed_are_counted() -> None:
    one, many = (Report(flaws=[Flaw(Check.LOG, "it is shorter")], failed=failed) for failed in (1, 1204))

    assert (verified(one, WAY)[-1], verified(many, WAY)[-1]) == (
        "History does not hold: 1 flaw.",
        "History does not hold: 1,204 flaws; the first 1 are listed.",
    )
