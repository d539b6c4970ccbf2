"""Reports over whatever happened to accounts say what counting through the raw log says."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import dropwhile
from operator import itemgetter
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
from lifecycle_fsm.store.reports.scoping import UNASSIGNED
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


def check_funnel(stage: Stage, all_told: Sequence[Told], start: str | None, at: datetime) -> None:
    """Accounts begin by a stage, or their first one; of each stage the first entering since counts."""
    cohorts, steps = journeys(all_told, start, to_ms(at))
    who = Beginners(Cohorts.MONTH, DAYS, stage=start)

    for segment in (None, SEGMENT):
        found = funnel(stage.world, ADMIN, ReportScope(at, segment), who)

        assert {(each.segment, each.label): (each.accounts, each.judged) for each in found} == {
            key: tuple(sums) for key, sums in cohorts.items() if segment in {None, key[0]}
        }
        assert {
            (each.segment, each.label, step.stage): (step.reached, step.within)
            for each in found
            for step in each.stages
        } == {key: tuple(sums) for key, sums in steps.items() if segment in {None, key[0]}}


def journeys(
    all_told: Sequence[Told], start: str | None, now: int
) -> tuple[dict[tuple[str, str], list[int]], dict[tuple[str, str, str], list[int]]]:
    """Accounts and the judged of each cohort, and who reached each stage, ever and in time."""
    cohorts: dict[tuple[str, str], list[int]] = {}
    steps: dict[tuple[str, str, str], list[int]] = {}
    for each in all_told:
        for segment in {segment for segment, *_ in each.visits} - {UNASSIGNED}:
            came = [(key, entered) for found, key, entered, _ in each.visits if found == segment and entered <= now]
            came.sort(key=itemgetter(1))  # those of one instant stay in the order of the log
            since = list(dropwhile(lambda visit: start not in {None, visit[0]}, came))
            if not since:
                continue
            began = since[0][1]
            cohort, is_judged = (segment, Cohorts.MONTH.label(began // DAY_MS)), began + DAYS * DAY_MS <= now
            add(cohorts.setdefault(cohort, [0, 0]), is_judged)
            for stage, entered in dict(reversed(since)).items():
                add(steps.setdefault((*cohort, stage), [0, 0]), is_judged and entered - began <= DAYS * DAY_MS)
    return cohorts, steps


def add(sums: list[int], is_one: bool) -> None:
    sums[0] += 1
    sums[1] += is_one


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
        then = stage.clock() - timedelta(days=back + 1)
        for start in (None, "onboarding", "will_churn", "adoption"):
            check_funnel(stage, all_told, start, stage.clock())
            check_funnel(stage, all_told, start, then)
        check_dates(stage, all_told, then)
        check_milestone(stage, all_told, reached)

    with a_stage(url) as stage:
        accounts, reached = list[UUID](), dict[UUID, datetime]()
        run()


def test_reports_are_what_the_log_tells(database_url: str) -> None:
    check(database_url, 3)


@pytest.mark.long
def test_reports_are_what_many_logs_tell(database_url: str) -> None:
    check(database_url, 20)
