"""Reports over whatever happened to accounts say what counting through the raw log says."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_fsm.domain.moments import DAY_MS, to_ms
from lifecycle_fsm.domain.reports.cohorts import Cohorts
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.domain.reports.shares import quartiles
from lifecycle_fsm.services.keeping import keep_entries
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.reports.journeys import Beginners, funnel, milestone_in_time, stage_matrix
from lifecycle_fsm.services.reports.trends import health_trend, score_movers
from lifecycle_fsm.services.reports.visits import Grouping
from lifecycle_fsm.store.series import fact_series
from tests.properties.chance import chances
from tests.properties.test_stage_visits import Deed, deeds, do, told_by_log
from tests.worlds import ADMIN, CSM, Stage, a_stage

DAYS = 60
SEGMENT = "tech_touch"
FOREVER = 2**60


@dataclass(frozen=True)
class Told:
    """What the log tells of one account: its visits as (segment, stage, entered, left), and its scores."""

    account: UUID
    visits: list[tuple[str, str, int, int]]
    scores: list[tuple[int, float | None]]

    def at(self, instant: int) -> tuple[str | None, str | None]:
        return next(((seg, key) for seg, key, came, left in self.visits if came <= instant < left), (None, None))

    def score(self, instant: int) -> float | None:
        return next((value for seen, value in reversed(self.scores) if seen <= instant), None)


def told(stage: Stage, account: UUID) -> Told:
    lifecycle, begun = stage.see(account).lifecycle, datetime(2020, 1, 1, tzinfo=stage.clock().tzinfo)
    past = [(each.segment, each.stage, each.entered_at, each.left_at) for each in told_by_log(stage, account)]
    running = (lifecycle.segment, lifecycle.stage, to_ms(lifecycle.entered_at), FOREVER)
    with stage.world.database.reading() as connection:
        seen = fact_series(connection, account, "health.score", begun, stage.clock())
    scores = [(to_ms(each.observed_at), None if each.value is None else float(each.value)) for each in seen]
    return Told(account, [*past, running], scores)


def beginnings(all_told: Sequence[Told], now: int) -> Iterator[tuple[Told, int, bool]]:
    for each in all_told:
        came = [entered for segment, _, entered, _ in each.visits if segment == SEGMENT]
        if came:
            yield each, min(came), min(came) + DAYS * DAY_MS <= now


def check_funnel(stage: Stage, all_told: Sequence[Told]) -> None:
    now = to_ms(stage.clock())
    accounts, judged, reached, within = (Counter[tuple[str, str]]() for _ in range(4))
    for each, began, is_judged in beginnings(all_told, now):
        label = Cohorts.MONTH.label(began // DAY_MS)
        accounts[label, ""] += 1
        judged[label, ""] += is_judged
        for key in {key for segment, key, _, _ in each.visits if segment == SEGMENT}:
            first = min(came for segment, found, came, _ in each.visits if (segment, found) == (SEGMENT, key))
            reached[label, key] += 1
            within[label, key] += is_judged and first - began <= DAYS * DAY_MS

    found = funnel(stage.world, ADMIN, ReportScope(stage.clock(), SEGMENT), Beginners(Cohorts.MONTH, DAYS))

    assert {(each.label, ""): (each.accounts, each.judged) for each in found} == {
        key: (number, judged[key]) for key, number in accounts.items()
    }
    assert {(each.label, step.stage): (step.reached, step.within) for each in found for step in each.stages} == {
        key: (number, within[key]) for key, number in reached.items()
    }


def check_funnel_from(stage: Stage, all_told: Sequence[Told], start: str) -> None:
    """Accounts begin when they first enter a stage; of each stage the first entering since counts."""
    now = to_ms(stage.clock())
    reached, within, began_in = Counter[str](), Counter[str](), Counter[str]()
    judged = 0
    for each in all_told:
        came = [(key, entered) for segment, key, entered, _ in each.visits if segment == SEGMENT]
        began = min((entered for key, entered in came if key == start), default=None)
        if began is None:
            continue
        began_in[Cohorts.MONTH.label(began // DAY_MS)] += 1
        judged += began + DAYS * DAY_MS <= now
        since = [(key, entered) for key, entered in came if entered >= began]
        for key in {key for key, _ in since}:
            first = min(entered for found, entered in since if found == key)
            reached[key] += 1
            within[key] += began + DAYS * DAY_MS <= now and first - began <= DAYS * DAY_MS

    who = Beginners(Cohorts.MONTH, DAYS, stage=start)
    found = funnel(stage.world, ADMIN, ReportScope(stage.clock(), SEGMENT), who)

    steps = [step for each in found for step in each.stages]
    assert {each.label: each.accounts for each in found} == began_in
    assert sum(each.judged for each in found) == judged
    assert {key: sum(step.reached for step in steps if step.stage == key) for key in reached} == reached
    assert {key: sum(step.within for step in steps if step.stage == key) for key in reached} == dict(within)
    assert {step.stage for step in steps} == reached.keys()


def check_dates(stage: Stage, all_told: Sequence[Told], since: datetime) -> None:
    then, now = to_ms(since), to_ms(stage.clock())
    passed = Counter((*each.at(then), *each.at(now)) for each in all_told)
    scope = ReportScope(stage.clock())

    matrix = stage_matrix(stage.world, ADMIN, scope, since)
    trend = health_trend(stage.world, ADMIN, scope, [since, stage.clock()])
    moved = [score_movers(stage.world, ADMIN, scope, since, up=up, limit=100) for up in (True, False)]

    assert {each[:4]: each.accounts for each in matrix} == passed
    for date in (since, stage.clock()):
        places: dict[tuple[str | None, str | None], list[float | None]] = {}
        for each in all_told:
            places.setdefault(each.at(to_ms(date)), []).append(each.score(to_ms(date)))
        places.pop((None, None), None)
        assert {(p.segment, p.stage): (p.accounts, p.scores) for p in trend if p.at == date} == {
            place: (len(scores), quartiles(Counter(round(s, 2) for s in scores if s is not None)))
            for place, scores in places.items()
        }
    changes = {
        each.account: after - before
        for each in all_told
        if (before := each.score(then)) is not None and (after := each.score(now)) is not None and after != before
    }
    assert {each.account_id: each.after - each.before for found in moved for each in found} == changes
    for found, sign in zip(moved, (-1, 1), strict=True):
        ordered = [sign * (each.after - each.before) for each in found]
        assert ordered == sorted(ordered)


def check_milestone(stage: Stage, all_told: Sequence[Told], reached: dict[UUID, datetime]) -> None:
    outcomes = Counter[str]()
    for each, began, is_judged in beginnings(all_told, to_ms(stage.clock())):
        at = reached.get(each.account)
        in_time = at is not None and to_ms(at) - began <= DAYS * DAY_MS
        outcomes["pending" if not is_judged else "in_time" if in_time else "late"] += 1
        outcomes["reached"] += at is not None

    scope, who = ReportScope(stage.clock(), SEGMENT), Beginners(Cohorts.MONTH, DAYS)
    found = milestone_in_time(stage.world, ADMIN, scope, "first_login", who, Grouping.SEGMENT)

    assert [(each.in_time, each.late, each.pending, each.reached) for each in found] == (
        [tuple(outcomes[key] for key in ("in_time", "late", "pending", "reached"))] if outcomes else []
    )


def check(url: str, examples: int) -> None:
    @chances(examples)
    @given(st.lists(deeds, min_size=1, max_size=3), st.integers(0, 200), st.sets(st.integers(0, 13), max_size=3))
    def run(all_deeds: list[list[Deed]], back: int, followed: set[int]) -> None:
        for done in all_deeds:
            account = stage.sign(stage.key(), arr=5_000)
            accounts.append(account)
            if len(accounts) % 2:
                reach_milestone(stage.world, CSM, ReachMilestone(account, "first_login", stage.key()))
                reached[account] = stage.clock()
            for number, deed in enumerate(done):
                do(stage, account, deed)
                if number in followed:
                    keep_entries(stage.world, ADMIN)
        all_told = [told(stage, account) for account in accounts]
        check_funnel(stage, all_told)
        for start in ("onboarding", "will_churn", "adoption"):
            check_funnel_from(stage, all_told, start)
        check_dates(stage, all_told, stage.clock() - timedelta(days=back + 1))
        check_milestone(stage, all_told, reached)

    with a_stage(url) as stage:
        accounts, reached = list[UUID](), dict[UUID, datetime]()
        run()


def test_reports_are_what_the_log_tells(database_url: str) -> None:
    check(database_url, 3)


@pytest.mark.long
def test_reports_are_what_many_logs_tell(database_url: str) -> None:
    check(database_url, 20)
