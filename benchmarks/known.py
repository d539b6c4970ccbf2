"""
The distribution of stages as of a past date, and as it was known at another, beside that of today.

A million accounts have left three stages each, with a history row for each visit; PostgreSQL. Of one in a hundred
something was recorded in the last day. The server's CPU, the middle of three rounds; aim: the past under twice today's.

Run: python -m benchmarks.known [accounts]
"""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.many import ADMIN, ROUNDS, Bench, middle, postgres_bench, timed
from benchmarks.reports import VISITS, scan, visit
from benchmarks.sweep_peer import NOW
from lifecycle_fsm.domain.moments import DAY_MS, to_ms
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.reports import standing

_TELL = """
INSERT INTO transition_log (account_id, seq, kind, from_stage, to_stage, transition, trigger, cause, effective_at,
                            recorded_at, machine, evaluator, effects, prev_hash, hash)
SELECT v.account_id, v.seq, 'moved', v.stage, v.to_stage, v.transition, 'advance', 'automatic', v.left_at,
       CASE WHEN v.seq = {visits} AND v.left_at % 100 = 0 THEN {now} ELSE least(v.left_at, {before}) END,
       v.machine, '1', '[]', sha256(''), sha256('')
FROM stage_visit AS v
"""


def tell(bench: Bench) -> None:
    """Give every visit the row of history that ended it; the last of one in a hundred was written down today."""
    with bench.world.database.writing() as connection:
        connection.execute(text(_TELL.format(visits=VISITS, now=to_ms(NOW), before=to_ms(NOW) - 2 * DAY_MS)))
    engine = create_engine(bench.world.database.url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE transition_log"))
    engine.dispose()


def questions(bench: Bench) -> dict[str, Callable[[], object]]:
    """Each question by its name."""
    today = ReportScope(NOW)
    then = ReportScope(NOW - timedelta(days=90))
    yesterday = NOW - timedelta(milliseconds=DAY_MS)

    def ask(scope: ReportScope) -> Callable[[], object]:
        return lambda: standing.stage_distribution(bench.world, ADMIN, scope, with_revenue=False)

    return {
        "one scan of the accounts": lambda: scan(bench),
        "today": ask(today),
        "as of 90 days ago": ask(then),
        "as of then, known yesterday": ask(replace(then, known_at=yesterday)),
        "as of then, known then": ask(replace(then, known_at=then.as_of)),
    }


def main() -> None:
    """Print the figures."""
    accounts = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name, postgres_bench(Path(name), accounts) as bench:
        visit(bench)
        tell(bench)
        print(f"{accounts:,} accounts, {VISITS * accounts:,} visits")
        for title, ask in questions(bench).items():
            cost = middle([timed(bench, ask) for _ in range(ROUNDS)])
            print(f"{title:32}{cost.wall:8.2f} s wall{cost.server:8.2f} s server CPU", flush=True)


if __name__ == "__main__":
    main()
