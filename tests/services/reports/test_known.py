"""Stages as of one date, as known at another: the report and the accounts one by one tell the same."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from lifecycle_fsm.domain.access import EVERYTHING
from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.fields import Field, FieldKind
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.domain.reports.address import Address, ReportName, read_address
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.fire import FireTransition, fire_transition
from lifecycle_fsm.services.health import Moment, accounts_at
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.planning.content import Existing, Options
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.reports.behind import accounts_behind
from lifecycle_fsm.services.reports.standing import stage_distribution
from lifecycle_fsm.services.undo import UndoRun, undo_run
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.reports.distribution import count_stages
from tests.builders import MONDAY
from tests.services.test_apply import RENAMED, adopted, applied, changed
from tests.worlds import ADMIN, CSM, Stage, a_stage

KEYS = ("ACME", "BOLT", "CORE")


def day(number: float) -> datetime:
    return MONDAY + timedelta(days=number)


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """ACME moves on day 2 and is taken back on day 4; BOLT moves on day 3; CORE is signed on day 5."""
    with a_stage(database_url, "time") as opened:
        for key in KEYS[:2]:
            sign(opened, key)
        opened.clock.turn(days=2)
        opened.send(account_id_for("ACME"), usage__license_share=12)
        run = page_history(opened.world, ADMIN, [account_id_for("ACME")], PageRequest(1))
        opened.clock.turn(days=1)
        opened.send(account_id_for("BOLT"), usage__license_share=12)
        opened.clock.turn(days=1)
        run_id = run[account_id_for("ACME")].items[0].run_id
        assert run_id is not None
        undo_run(opened.world, ADMIN, UndoRun(run_id, "the figures were of another account"))
        opened.clock.turn(days=1)
        sign(opened, "CORE")
        fire_transition(opened.world, CSM, FireTransition(account_id_for("BOLT"), "implement_again", "k1"))
        opened.clock.turn(days=1)
        yield opened


def sign(stage: Stage, key: str) -> None:
    facts = {"account.status": "active", "account.contract_start": "2026-03-02"}
    stage.register(AccountRow(key, key, "ada", facts=facts))


def counted(stage: Stage, scope: ReportScope) -> Counter[str]:
    found = stage_distribution(stage.world, ADMIN, scope, with_revenue=False)
    return Counter({each.stage: each.accounts for each in found})


def counted_with_values(stage: Stage, scope: ReportScope) -> Counter[str]:
    """Counted as they are where a value is added up, too."""
    value = Field("measure.usage.license_share", FieldKind.NUMBER)
    with stage.world.database.reading() as connection:
        found = count_stages(connection, scope, EVERYTHING, value, load_layout(connection))
    return Counter({each.stage: each.accounts for each in found})


def one_by_one(stage: Stage, as_of: datetime, known_at: datetime | None) -> Counter[str]:
    ids = [account_id_for(key) for key in KEYS]
    return Counter(
        view.lifecycle.stage for view in accounts_at(stage.world, ADMIN, ids, Moment(as_of, known_at)).values()
    )


def test_the_report_and_the_accounts_agree_at_every_pair_of_dates(stage: Stage) -> None:
    dates = [day(each) for each in (-0.5, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5)]
    for as_of, known_at in product(dates, (None, *dates)):
        scope = ReportScope(as_of, known_at=known_at)
        expected = one_by_one(stage, as_of, known_at)
        assert counted(stage, scope) == counted_with_values(stage, scope) == expected, (as_of, known_at)


def test_what_was_taken_back_later_was_known_before(stage: Stage) -> None:
    then, now = ReportScope(day(3.5)), ReportScope(day(5.5))

    assert counted(stage, then) == {"adoption": 1, "onboarding": 1}
    assert counted(stage, replace(then, known_at=day(3.5))) == {"adoption": 2}
    assert counted(stage, replace(now, known_at=day(1))) == {"onboarding": 2}
    assert counted(stage, replace(now, known_at=day(-1))) == {}


@pytest.mark.parametrize(("csm", "segment"), [("bob", None), ("ada", None), (None, "none")])
def test_scopes_limit_what_is_known(stage: Stage, csm: str | None, segment: str | None) -> None:
    scope = ReportScope(day(3.5), segment, csm, known_at=day(3.5))
    expected = counted(stage, replace(scope, segment=None, csm=None)) if csm == "ada" else Counter[str]()

    assert counted(stage, scope) == expected


def test_the_address_of_a_number_remembers_what_was_known(stage: Stage) -> None:
    scope = ReportScope(day(3.5), known_at=day(3.5))
    text = Address(ReportName.STAGES, scope).of(stage="adoption")

    with stage.world.database.reading() as connection:
        ids = connection.execute(accounts_behind(stage.world, connection, ADMIN, read_address(text))).scalars().all()

    assert sorted(ids) == sorted(account_id_for(key) for key in ("ACME", "BOLT"))


def test_what_was_written_down_later_was_not_known(database_url: str) -> None:
    """A milestone dated back, a CTA that it closed and another owner of one: none of it was known on day 3."""
    with a_stage(database_url, "time") as stage:
        sign(stage, "ACME")
        account = account_id_for("ACME")
        stage.clock.turn(days=20)
        evaluate_waiting(stage.world, ADMIN)
        (before,) = accounts_at(stage.world, ADMIN, [account], Moment(day(20))).values()
        stage.clock.turn(days=5)
        dated = ReachMilestone(account, "kickoff_done", "k1", reached_at=day(10))
        reach_milestone(stage.world, CSM, dated)
        close_open(stage, account)

        moment = Moment(day(25), day(20))
        (unknown,) = accounts_at(stage.world, ADMIN, [account], moment).values()
        (known,) = accounts_at(stage.world, ADMIN, [account], replace(moment, known_at=None)).values()
        (back,) = accounts_at(stage.world, ADMIN, [account], Moment(day(12))).values()
        (not_yet,) = accounts_at(stage.world, ADMIN, [account], Moment(day(12), day(13))).values()

    assert unknown.lifecycle.ctas == before.lifecycle.ctas
    assert [cta.is_open for cta in unknown.lifecycle.ctas] == [True]
    assert [cta.is_open for cta in known.lifecycle.ctas] == [False]
    assert ("kickoff_done" in unknown.lifecycle.milestones, known.lifecycle.milestones["kickoff_done"]) == (
        False,
        day(10),
    )
    assert back.lifecycle.milestones["kickoff_done"] == day(10)
    assert "kickoff_done" not in not_yet.lifecycle.milestones


def close_open(stage: Stage, account: UUID) -> None:
    for cta in stage.open_ctas(account).values():
        assert cta.id is not None
        close_cta(stage.world, CSM, CloseCta(account, cta.id, CtaOutcome.SUCCESS, stage.key()))


def test_a_stage_that_was_renamed_later_was_known_by_its_earlier_name(database_url: str) -> None:
    with a_stage(database_url) as stage:
        adopted(stage)
        then = stage.clock()
        stage.clock.turn(days=40)
        applied(stage, changed(*RENAMED), Options(Existing.EVALUATE, {"adoption": "using"}))
        scope = ReportScope(then, known_at=then + timedelta(days=20))

        assert counted(stage, replace(scope, known_at=None)) == {"using": 1}
        assert counted(stage, scope) == counted_with_values(stage, scope) == {"adoption": 1}
        assert counted(stage, replace(scope, known_at=stage.clock())) == {"using": 1}


def test_a_segment_that_was_assigned_later_was_not_known(database_url: str) -> None:
    with a_stage(database_url) as stage:
        account = stage.sign("ACME", arr=5_000)
        then = stage.clock()
        stage.clock.turn(days=40)
        stage.tell(account, arr=500_000)
        evaluate_waiting(stage.world, ADMIN)
        scope = ReportScope(then, known_at=then + timedelta(days=20))
        found = stage_distribution(stage.world, ADMIN, scope, with_revenue=False)

        assert [(each.segment, each.accounts) for each in found] == [("tech_touch", 1)]
