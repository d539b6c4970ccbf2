"""
Reports over a million accounts that have left three stages each.

Accounts and visits are made set-wise in PostgreSQL. Each report is asked for as its service
gives it; the floor is one scan of the accounts. Seconds on the wall, and of CPU of the client;
the server's are counted apart. The middle of three rounds.

Run: python -m benchmarks.reports [accounts]
"""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import create_engine, func, select, text

from benchmarks.many import ADMIN, ROUNDS, Bench, middle, postgres_bench, timed
from benchmarks.sweep_peer import NOW
from lifecycle_fsm.domain.fields import measure_field
from lifecycle_fsm.domain.moments import DAY_MS, to_ms
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.keeping import keep_entries
from lifecycle_fsm.services.reports import journeys, standing, trends, visits, vocabulary, work
from lifecycle_fsm.services.reports.behind import counted_of
from lifecycle_fsm.services.reports.counting import counting
from lifecycle_fsm.services.reports.journeys import Beginners, Cohorts
from lifecycle_fsm.services.reports.visits import Grouping
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.reports.achieved import count_milestone
from lifecycle_fsm.store.reports.dates import count_days
from lifecycle_fsm.store.tables.accounts import account_state

VISITS = 3

_FILL = """
INSERT INTO stage_visit (account_id, seq, segment, machine, stage, entered_at, left_at, to_stage, kind, transition,
                         csm, health_score, health_band)
SELECT a.account_id, v, a.segment, a.machine, 's' || v, {now} - (4 - v) * 60 * {day} - 70 * {day} + h % {spread},
       {now} - (3 - v) * 60 * {day} - 70 * {day} + h % {spread}, 's' || (v + 1), 'moved', 'advance', 'csm' || (h % 500),
       h % 100, CASE WHEN h % 100 >= 70 THEN 'healthy' WHEN h % 100 >= 40 THEN 'neutral' ELSE 'at_risk' END
FROM (SELECT account_id, segment, machine, abs(hashtext(CAST(account_id AS text))) AS h FROM account_state) AS a,
     generate_series(1, {visits}) AS v
"""

_ACHIEVE = """
INSERT INTO milestone_event (account_id, id, milestone, event, reached_at, recorded_at, source)
SELECT account_id, account_id, 'kickoff_done', 'reached', {now} - 170 * {day} + h % {spread}, {now}, 'bench'
FROM (SELECT account_id, abs(hashtext(CAST(account_id AS text))) AS h FROM account_state) AS a
"""

_CTAS = """
INSERT INTO cta (account_id, id, cause_key, identity, template, title, type, reason, priority, status, opened_at,
                 opened_seq, due_at, owner, outcome, closed_at, playbook)
SELECT account_id, CAST(md5(account_id || '/' || v) AS uuid), 'c' || v, 'c' || v, 't' || h % 20, 'A call', 'risk',
       'r' || h % 10, 'medium', CASE WHEN v = 1 THEN 'closed' ELSE 'new' END,
       {now} - (4 - v) * 30 * {day} - h % {spread}, v, {now} - (4 - v) * 20 * {day} + h % {spread}, 'csm' || (h % 500),
       CASE WHEN v = 1 THEN 'success' END, CASE WHEN v = 1 THEN {now} - 60 * {day} + h % {spread} END, 'p' || h % 5
FROM (SELECT account_id, abs(hashtext(CAST(account_id AS text))) AS h FROM account_state) AS a,
     generate_series(1, 2) AS v
"""

_SCORE = """
INSERT INTO fact_history (account_id, field, observed_at, recorded_at, id, number, source)
SELECT account_id, '{field}', {now} - v * 40 * {day} + h % {spread}, {now}, account_id, (h / v) % 100, 'bench'
FROM (SELECT account_id, abs(hashtext(CAST(account_id AS text))) AS h FROM account_state) AS a,
     generate_series(1, {visits}) AS v
"""


def visit(bench: Bench) -> None:
    """Give each account visits, a milestone, a closed and an open CTA, three scores and values of a measure."""
    spread = 50 * DAY_MS
    with bench.world.database.writing() as connection:
        scores = (_SCORE.replace("{field}", field) for field in ("health.score", measure_field("m0").key))
        for fill in (_FILL, _ACHIEVE, _CTAS, *scores):
            day = f"CAST({DAY_MS} AS bigint)"
            connection.execute(text(fill.format(now=to_ms(NOW), day=day, spread=spread, visits=VISITS)))
    while keep_entries(bench.world, ADMIN):
        pass
    engine = create_engine(bench.world.database.url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE stage_visit, stage_entry, milestone_event, cta, fact_history"))
    engine.dispose()


def scan(bench: Bench) -> None:
    """The floor: every account counted by a column that no index has."""
    with bench.world.database.reading() as connection:
        connection.execute(select(func.count()).where(account_state.c.n31.is_(None))).scalar_one()


def questions(bench: Bench) -> dict[str, Callable[[], object]]:
    """Each report by its name."""
    now, world = ReportScope(NOW), bench.world
    then = ReportScope(NOW.replace(year=NOW.year - 1, month=12))
    return {
        "one scan of the accounts": lambda: scan(bench),
        "stage distribution, present": lambda: standing.stage_distribution(world, ADMIN, now),
        "stage distribution, past date": lambda: standing.stage_distribution(world, ADMIN, then),
        "time in stage": lambda: visits.time_in_stage(world, ADMIN, now),
        "moves": lambda: visits.moves_made(world, ADMIN, now),
        "compliance by CSM": lambda: visits.stage_compliance(world, ADMIN, now, "s1", 30, Grouping.CSM),
        "coverage": lambda: visits.rule_coverage(world, ADMIN, now),
        "health": lambda: standing.stage_health(world, ADMIN, now),
        "pace": lambda: standing.stage_paces(world, ADMIN, now),
        "a measure": lambda: standing.stage_measure(world, ADMIN, now, "m0"),
        "data gaps": lambda: standing.data_gaps(world, ADMIN, now),
        "CTAs": lambda: work.cta_ages(world, ADMIN, now),
        "renewals ahead": lambda: renewals(bench),
        "share of healthy moves": lambda: journeys.healthy_moves(world, ADMIN, now, Grouping.QUARTER),
        "stage at two dates": lambda: journeys.stage_matrix(world, ADMIN, now, then.as_of),
        "recipe coverage": lambda: vocabulary.recipe_coverage(world, ADMIN, now),
        "health of a past date, by band": lambda: standing.stage_health(world, ADMIN, then),
        "a measure of a past date": lambda: standing.stage_measure(world, ADMIN, then, "m0"),
        "funnel by a starting stage": lambda: journeys.funnel(
            world, ADMIN, now, Beginners(Cohorts.MONTH, 90, stage="s2")
        ),
        "funnel by month": lambda: journeys.funnel(world, ADMIN, now, Beginners(Cohorts.MONTH, 90)),
        "milestone in time": lambda: milestone(bench, by_csm=False),
        "milestone in time, by CSM": lambda: milestone(bench, by_csm=True),
        "health at a past date": lambda: trends.health_trend(world, ADMIN, now, [then.as_of]),
        "movers of a month": lambda: trends.score_movers(
            world, ADMIN, now, NOW - timedelta(days=30), up=False, limit=10
        ),
        "time in stage, past date": lambda: visits.time_in_stage(world, ADMIN, then),
        "share of healthy moves, past date": lambda: journeys.healthy_moves(world, ADMIN, then, Grouping.QUARTER),
        "data gaps, past date": lambda: standing.data_gaps(world, ADMIN, then),
        "funnel by month, of half a year": lambda: journeys.funnel(
            world, ADMIN, replace(now, since=NOW - timedelta(days=182)), Beginners(Cohorts.MONTH, 90)
        ),
        "held by unknown": lambda: trends.held_by_unknown(world, ADMIN, now),
    }


def milestone(bench: Bench, *, by_csm: bool) -> None:
    """The store's part alone: the benchmark's catalog has no milestones."""
    parameters = {"days": "90", "milestone": "kickoff_done"}
    with counting(bench.world) as connection:
        count_milestone(connection, counted_of(connection, ADMIN, ReportScope(NOW), parameters), by_csm=by_csm)


def renewals(bench: Bench) -> None:
    """The store's part alone, by a measure: the benchmark's catalog has no dates."""
    day, revenue = (measure_field(key) for key in ("m0", "m1"))
    with counting(bench.world) as connection:
        layout = load_layout(connection)
        count_days(connection, ReportScope(NOW), ADMIN.portfolio, day, revenue, layout, 40, 60)


def main() -> None:
    """Print the figures."""
    accounts = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name, postgres_bench(Path(name), accounts) as bench:
        visit(bench)
        print(f"{accounts:,} accounts, {VISITS * accounts:,} visits")
        print(f"{'report':36}{'wall s':>8}{'server s':>10}{'client s':>10}")
        for report, ask in questions(bench).items():
            cost = middle([timed(bench, ask) for _ in range(ROUNDS)])
            print(f"{report:36}{cost.wall:8.2f}{cost.server:10.2f}{cost.client:10.2f}", flush=True)


if __name__ == "__main__":
    main()
