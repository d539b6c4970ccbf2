"""A plan comes into force as it was shown, and accounts go over with a history row that names both versions."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.errors import Forbidden, NotApproved, PlanIncomplete, PlanNotFound, StalePlan
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.planning.apply import Applied, Terms, apply, approve
from lifecycle_fsm.services.planning.content import Existing, Options
from lifecycle_fsm.services.planning.kept import files_of, list_publications, read_plan
from lifecycle_fsm.services.planning.migrating import roll_out_page
from lifecycle_fsm.services.planning.plan import Plan, plan
from lifecycle_fsm.services.planning.rollout import ONLY_NEW, RollOut
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.publishing_pages import RollOutProgress
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.views import HistoryRecord
from tests.worlds import ADMIN, CSM, Stage, definitions

OTHER_ADMIN = Actor("eve", frozenset({Role.ADMIN}))
AT_ONCE = Options(Existing.EVALUATE)
EARLIER_RENEWAL = ("account.renewal_on, at_most: 60}", "account.renewal_on, at_most: 120}")
"""Renewal begins 120 days ahead instead of 60."""


def changed(*edits: tuple[str, str]) -> dict[str, bytes]:
    """The demo's definitions with texts of the tech-touch segment replaced."""
    files = definitions("demo")
    text = files["segments/tech_touch.yaml"].decode()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return {**files, "segments/tech_touch.yaml": text.encode()}


def planned(stage: Stage, files: Mapping[str, bytes], options: Options = AT_ONCE) -> Plan:
    made = plan(stage.world, ADMIN, files, options)
    assert isinstance(made, Plan), made
    return made


def applied(
    stage: Stage, files: Mapping[str, bytes], options: Options = AT_ONCE, terms: Terms | None = None
) -> Applied:
    return apply(stage.world, ADMIN, planned(stage, files, options).digest, terms)


def gone(done: Applied) -> RollOutProgress:
    """How far the accounts have gone over, where some were to."""
    assert done.roll_out is not None
    return done.roll_out


def adopted(stage: Stage, key: str = "ACME", renewal_in: int = 100) -> UUID:
    """A tech-touch account in adoption, whose renewal is so many days ahead."""
    facts: dict[str, Outside] = {
        "account.arr": 5_000,
        "account.status": "active",
        "account.notice_given": False,
        "account.renewal_on": (stage.clock() + timedelta(days=renewal_in)).date().isoformat(),
    }
    stage.register(AccountRow(key, key.title(), "ada", facts=facts, stage="adoption"))
    return account_id_for(key)


def history(stage: Stage, account: UUID) -> list[HistoryRecord]:
    return list(page_history(stage.world, ADMIN, [account], PageRequest(100))[account].items)


def test_accounts_go_over_and_are_evaluated_at_once(stage: Stage) -> None:
    account, other = adopted(stage), adopted(stage, "LATER", renewal_in=300)
    old = stage.see(account).lifecycle.machine

    done = applied(stage, changed(EARLIER_RENEWAL), terms=Terms(reason="earlier renewals"))

    new = done.digests["tech_touch"]
    assert (done.changed, gone(done).migrated, gone(done).moved) == (("tech_touch",), 2, 1)
    moved, migrated, *_ = history(stage, account)
    assert (migrated.kind, migrated.cause, migrated.machine, migrated.subject) == (
        RecordKind.MIGRATED,
        Cause.MIGRATION,
        new,
        old,
    )
    assert (migrated.actor, migrated.reason, migrated.effects) == ("root", "earlier renewals", ())
    assert (moved.kind, moved.from_stage, moved.to_stage) == (RecordKind.MOVED, "adoption", "renewal")
    assert (stage.see(other).lifecycle.stage, stage.see(other).lifecycle.machine) == ("adoption", new)


def test_from_the_next_change_on_nothing_moves_before_something_changes(stage: Stage) -> None:
    account = adopted(stage)

    applied(stage, changed(EARLIER_RENEWAL), Options(Existing.FROM_NEXT_CHANGE))
    before = stage.see(account).lifecycle.stage
    stage.send(account, usage__logins_30d=50)

    assert before == "adoption"
    assert stage.see(account).lifecycle.stage == "renewal"


def test_applying_twice_changes_nothing(stage: Stage) -> None:
    account = adopted(stage)
    made = planned(stage, changed(EARLIER_RENEWAL))
    apply(stage.world, ADMIN, made.digest)
    rows = len(history(stage, account))

    again = apply(stage.world, ADMIN, made.digest)

    assert (again.changed, again.roll_out and again.roll_out.migrated) == ((), 0)
    assert roll_out_page(stage.world) is None
    assert len(history(stage, account)) == rows


def test_a_plan_on_other_definitions_is_stale(stage: Stage) -> None:
    account = adopted(stage)
    made = planned(stage, changed(EARLIER_RENEWAL))
    assert isinstance(publish(stage.world, ADMIN, changed(("expected: 21d", "expected: 20d"))), Published)

    with pytest.raises(StalePlan, match="tech_touch: the machine in use is not the one"):
        apply(stage.world, ADMIN, made.digest)

    assert stage.see(account).lifecycle.stage == "adoption"


def test_a_plan_may_be_tied_to_the_accounts_that_it_saw(stage: Stage) -> None:
    account = adopted(stage)
    made = planned(stage, changed(EARLIER_RENEWAL))
    stage.send(account, usage__logins_30d=50)

    with pytest.raises(StalePlan, match="accounts have changed"):
        apply(stage.world, ADMIN, made.digest, Terms(same_accounts=True))


def test_an_unknown_plan_is_named(stage: Stage) -> None:
    with pytest.raises(PlanNotFound, match="no plan begins with 'abcdef'"):
        apply(stage.world, ADMIN, "abcdef")


def test_a_plan_without_the_choice_about_existing_accounts_is_refused(stage: Stage) -> None:
    adopted(stage)

    with pytest.raises(PlanIncomplete, match="--existing evaluate"):
        applied(stage, changed(EARLIER_RENEWAL), Options())


RENAMED = (
    ("  adoption:\n    title: Adoption", "  using:\n    title: Adoption"),
    ("to: adoption", "to: using"),
    ("launched: adoption", "launched: using"),
    ("[adoption, renewal]", "[using, renewal]"),
)
"""The stage adoption gets another key."""


def test_a_removed_stage_with_accounts_needs_a_landing(stage: Stage) -> None:
    account = adopted(stage)
    made = planned(stage, changed(*RENAMED))

    assert [(each.segment, each.stage, each.accounts) for each in made.content.missing] == [
        ("tech_touch", "adoption", 1)
    ]
    with pytest.raises(PlanIncomplete, match="1 account stands in the stage 'adoption'"):
        apply(stage.world, ADMIN, made.digest)
    assert stage.see(account).lifecycle.stage == "adoption"


def test_a_renamed_stage_keeps_its_clock(stage: Stage) -> None:
    account = adopted(stage)
    entered_at = stage.see(account).lifecycle.entered_at
    stage.clock.turn(days=1)

    done = applied(stage, changed(*RENAMED), Options(Existing.EVALUATE, {"adoption": "using"}))

    lifecycle = stage.see(account).lifecycle
    assert gone(done).migrated == 1
    assert (lifecycle.stage, lifecycle.entered_at, lifecycle.visits) == ("using", entered_at, {"using": 1})
    assert (history(stage, account)[0].from_stage, history(stage, account)[0].to_stage) == ("adoption", "using")


def test_a_clock_restarts_where_the_file_says_so(stage: Stage) -> None:
    account = adopted(stage)
    stage.clock.turn(days=1)
    landing = ("alerts:\n", "migrations: {adoption: {to: using, clock: restart}}\nalerts:\n")

    applied(stage, changed(*RENAMED, landing))

    assert stage.see(account).lifecycle.entered_at == stage.clock()


def test_only_new_accounts_get_the_new_version(stage: Stage) -> None:
    pinned = adopted(stage)

    done = applied(stage, changed(EARLIER_RENEWAL), Options(Existing.EVALUATE), Terms(ONLY_NEW))
    fresh = adopted(stage, "FRESH")

    assert done.roll_out is None
    assert stage.see(pinned).lifecycle.stage == "adoption"
    assert (stage.see(fresh).lifecycle.stage, stage.see(fresh).lifecycle.machine) == (
        "renewal",
        done.digests["tech_touch"],
    )


def test_a_roll_out_is_widened_by_applying_again(stage: Stage) -> None:
    accounts = [adopted(stage, f"account {number}") for number in range(30)]
    made = planned(stage, changed(EARLIER_RENEWAL))

    first = apply(stage.world, ADMIN, made.digest, Terms(RollOut(40)))
    stage.clock.turn(hours=1)
    chosen = {each for each in accounts if stage.see(each).lifecycle.stage == "renewal"}
    second = apply(stage.world, ADMIN, made.digest, Terms(RollOut(100)))

    assert gone(first).migrated == len(chosen) == sum(RollOut(40).takes(each) for each in accounts) == 14
    assert gone(second).migrated == 16
    kept = read_plan(stage.world, ADMIN, made.digest)
    assert [each.roll_out for each in kept.publications] == ["ramp:40", "all"]


def test_a_new_plan_of_definitions_for_new_accounts_takes_the_existing_ones_over(stage: Stage) -> None:
    files, pinned = changed(EARLIER_RENEWAL), adopted(stage)
    applied(stage, files, AT_ONCE, Terms(ONLY_NEW))
    stage.clock.turn(days=1)

    made = planned(stage, files)
    done = apply(stage.world, ADMIN, made.digest)

    (tech_touch,) = [each for each in made.content.segments if each.segment == "tech_touch"]
    assert [(each.stage, each.moving.samples) for each in tech_touch.stages] == [("adoption", (pinned,))]
    assert (gone(done).migrated, done.changed, stage.see(pinned).lifecycle.stage) == (1, (), "renewal")


def test_accounts_are_taken_to_other_segments_by_a_later_plan_of_the_same_definitions(stage: Stage) -> None:
    account = adopted(stage)
    files = changed(("account.arr, below: 20000", "account.arr, below: 2000"))
    mid = files["segments/mid_market.yaml"].replace(b"account.arr, at_least: 20000", b"account.arr, at_least: 2000")
    files["segments/mid_market.yaml"] = mid
    stage.clock.turn(days=1)
    applied(stage, files, AT_ONCE, Terms(ONLY_NEW))
    before = stage.see(account).lifecycle.segment
    stage.clock.turn(days=1)

    made = planned(stage, files)
    done = apply(stage.world, ADMIN, made.digest)

    assert (before, stage.see(account).lifecycle.segment) == ("tech_touch", "mid_market")
    assert gone(done).looked_at == 1
    (there,) = [each for each in made.content.segments if each.segment == "mid_market"]
    assert [each.accounts.samples for each in there.arrivals] == [(account,)]


def test_accounts_land_where_the_arrivals_of_their_new_segment_say(stage: Stage) -> None:
    account = adopted(stage)
    files = changed(("account.arr, below: 20000", "account.arr, below: 2000"))
    mid = files["segments/mid_market.yaml"].replace(b"account.arr, at_least: 20000", b"account.arr, at_least: 2000")
    mid = mid.replace(b"arrivals: {", b"arrivals: {tech_touch.adoption: {to: onboarding, clock: restart}, ")
    stage.clock.turn(days=1)

    made = planned(stage, {**files, "segments/mid_market.yaml": mid})
    apply(stage.world, ADMIN, made.digest)

    (there,) = [each for each in made.content.segments if each.segment == "mid_market"]
    assert [(each.from_stage, each.to_stage) for each in there.arrivals] == [("adoption", "onboarding")]
    landed = stage.see(account).lifecycle
    assert (landed.segment, landed.stage, landed.entered_at) == ("mid_market", "onboarding", stage.clock())


def test_somebody_else_must_approve_where_that_is_configured(stage: Stage) -> None:
    stage.world = replace(stage.world, approval=True)
    adopted(stage)
    made = planned(stage, changed(EARLIER_RENEWAL))

    with pytest.raises(NotApproved, match="needs the approval of somebody else"):
        apply(stage.world, ADMIN, made.digest)
    with pytest.raises(Forbidden, match="somebody else has to approve"):
        approve(stage.world, ADMIN, made.digest)
    approve(stage.world, OTHER_ADMIN, made.digest, "looks right")
    done = apply(stage.world, ADMIN, made.digest)

    assert gone(done).migrated == 1
    kept = read_plan(stage.world, ADMIN, made.digest[:12])
    assert [(each.approved_by, each.comment) for each in kept.approvals] == [("eve", "looks right")]
    assert [(each.published_by, each.roll_out) for each in kept.publications] == [("root", "all")]
    assert kept.content == made.content


def test_a_rollback_is_a_plan_of_the_older_files(stage: Stage) -> None:
    account = adopted(stage, renewal_in=300)
    old = stage.see(account).lifecycle.machine
    stage.clock.turn(hours=1)
    applied(stage, changed(EARLIER_RENEWAL))
    first = list_publications(stage.world, ADMIN)[-1]

    done = applied(stage, files_of(stage.world, ADMIN, first))

    assert done.digests["tech_touch"] == old
    assert stage.see(account).lifecycle.machine == old
    assert gone(done).migrated == 1


def test_a_plan_applied_again_after_going_back_is_in_force_again(stage: Stage) -> None:
    account = adopted(stage, renewal_in=300)
    made = planned(stage, changed(EARLIER_RENEWAL))
    first = apply(stage.world, ADMIN, made.digest)
    stage.clock.turn(hours=1)
    applied(stage, definitions("demo"))
    stage.clock.turn(hours=1)

    again = apply(stage.world, ADMIN, made.digest)

    assert gone(again).migrated == 1
    machines = {stage.see(each).lifecycle.machine for each in (account, adopted(stage, "FRESH"))}
    assert machines == {first.digests["tech_touch"]}


def test_accounts_that_another_rule_takes_change_their_segment(stage: Stage) -> None:
    account = adopted(stage)
    files = changed(("account.arr, below: 20000", "account.arr, below: 2000"))
    mid = files["segments/mid_market.yaml"].replace(b"account.arr, at_least: 20000", b"account.arr, at_least: 2000")
    old = stage.see(account).lifecycle.machine

    made = planned(stage, {**files, "segments/mid_market.yaml": mid})
    done = apply(stage.world, ADMIN, made.digest)

    (arrival,) = next(each for each in made.content.segments if each.segment == "mid_market").arrivals
    assert (arrival.from_segment, arrival.from_stage, arrival.to_stage) == ("tech_touch", "adoption", "adoption")
    assert (arrival.accounts.number, arrival.accounts.samples) == (1, (account,))
    assert (gone(done).reassigned, gone(done).migrated) == (1, 0)
    newest = next(each for each in history(stage, account) if each.kind is RecordKind.REASSIGNED)
    assert (newest.subject, newest.machine) == (old, done.digests["mid_market"])
    assert stage.see(account).lifecycle.segment == "mid_market"


def test_an_account_that_no_rule_takes_any_more_is_reported_and_stays(stage: Stage) -> None:
    account = adopted(stage)

    made = planned(stage, changed(("account.arr, below: 20000", "account.arr, below: 2000")))
    apply(stage.world, ADMIN, made.digest)

    assert made.content.left.samples == (account,)
    assert stage.see(account).lifecycle.segment == "tech_touch"


def test_a_csm_may_neither_plan_nor_apply_nor_approve(stage: Stage) -> None:
    made = planned(stage, changed(EARLIER_RENEWAL))

    with pytest.raises(Forbidden):
        plan(stage.world, CSM, definitions("demo"), AT_ONCE)
    with pytest.raises(Forbidden):
        apply(stage.world, CSM, made.digest)
    with pytest.raises(Forbidden):
        approve(stage.world, CSM, made.digest)
    assert len(list_publications(stage.world, ADMIN)) == 1


def test_what_a_command_leaves_workers_take_over(stage: Stage) -> None:
    accounts = [adopted(stage, f"A{number}") for number in range(3)]
    made = planned(stage, changed(EARLIER_RENEWAL))

    done = apply(stage.world, ADMIN, made.digest, pages=0)
    before = [stage.see(each).lifecycle.stage for each in accounts]
    progress = roll_out_page(stage.world)

    assert (done.roll_out, before) == (None, ["adoption"] * 3)
    assert progress is not None
    assert (progress.total, progress.looked_at, progress.migrated, progress.moved, progress.left) == (3, 3, 3, 3, 0)
    assert [stage.see(each).lifecycle.stage for each in accounts] == ["renewal"] * 3
    (migrated,) = [row for row in history(stage, accounts[0]) if row.kind is RecordKind.MIGRATED]
    assert (migrated.actor, migrated.cause) == ("root", Cause.MIGRATION)
    assert roll_out_page(stage.world) is None


def test_an_interrupted_roll_out_is_gone_on_with_and_published_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lifecycle_fsm.services.planning.migrating.PAGE", 2)
    accounts = [adopted(stage, f"A{number}") for number in range(5)]
    made = planned(stage, changed(EARLIER_RENEWAL))
    first = apply(stage.world, ADMIN, made.digest, pages=1)

    told: list[int] = []
    second = apply(stage.world, ADMIN, made.digest, told=lambda progress: told.append(progress.left), pages=None)

    assert (gone(first).migrated, gone(first).left, gone(second).migrated, told) == (2, 3, 5, [1, 0])
    assert len(read_plan(stage.world, ADMIN, made.digest).publications) == 1
    rows = [row.kind for each in accounts for row in history(stage, each)]
    assert rows.count(RecordKind.MIGRATED) == 5


def test_rules_of_assignment_count_for_all_only_when_all_have_gone_over(stage: Stage) -> None:
    account = adopted(stage)
    stage.clock.turn(days=1)
    wider = changed(("account.arr, below: 20000", "account.arr, below: 4000"))
    mid = wider["segments/mid_market.yaml"].replace(b"account.arr, at_least: 20000", b"account.arr, at_least: 4000")
    made = planned(stage, {**wider, "segments/mid_market.yaml": mid})
    apply(stage.world, ADMIN, made.digest, pages=0)

    stage.send(account, usage__logins_30d=50)
    before = stage.see(account).lifecycle.segment
    progress = roll_out_page(stage.world)

    assert before == "tech_touch"
    assert progress is not None
    assert (progress.reassigned, stage.see(account).lifecycle.segment) == (1, "mid_market")
