"""A sweep that moves accounts of one kind together leaves every table as a sweep that gives each to the engine does."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import orjson
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from sqlalchemy import select, update

from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.domain.run import RunSummary, counts_of
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.publish import Authority, bring_into_force
from lifecycle_fsm.services.register import AccountRow, register_accounts
from lifecycle_fsm.services.sweeping import alike
from lifecycle_fsm.services.sweeping import sweep as sweeping
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.candidates import Candidate
from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.tables import metadata
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.work import dirty
from tests.builders import MONDAY
from tests.databases import PostgresServer, sqlite_database
from tests.fakes import Clock
from tests.properties.chance import chances
from tests.properties.definitions import CATALOG, Table, effects, guards, machine_of, plain_effects, scorecards
from tests.properties.quiescence import EDITION
from tests.tallies import counted_in, kept_in
from tests.worlds import ADMIN, FEED

KEYS = tuple(f"A{number}" for number in range(12))
CHANCE = frozenset({"id", "cta_id", "salt", "hash", "prev_hash", "head_hash", "inputs_hash", "run_id", "change_order"})
"""Columns that two runs of the same thing have otherwise: random ids and salts, hashes of them, and places in order."""

Rows = list[tuple[str, ...]]
Lend = Callable[[], AbstractContextManager[str]]

depths = st.sampled_from((None, 0.0, 40.0, 40.0, 75.0, 100.0))
logins = st.sampled_from((-5.0, 0.0, 20.0, 20.0, 1e6))
population = st.lists(st.tuples(depths, logins, st.sampled_from((0, 0, 5, 9))), min_size=len(KEYS), max_size=len(KEYS))


plain = st.sampled_from(
    (
        {"measure": "depth", "at_least": "40"},
        {"measure": "depth", "below": "90"},
        {"measure": "usage.logins", "between": ["0", "50"]},
        {"measure": "health.score", "at_least": "30"},
        {"health": "band", "not_in": ["at_risk"]},
        {"fact": "seats", "at_least": "5"},
        {"not": {"fact": "seats", "at_least": "5"}},
        {"fact": "arr", "below": "5"},
        {"stage_age": {"at_least": "5d"}},
        {"days_since": "seen_at", "is_unknown": "true"},
        {"visits": "alpha", "is": "0"},
        {"ctas": {"status": "open"}, "is": "0"},
        {"milestone": "value", "reached": "false"},
        {"measure": "usage.logins", "below": "0"},
    )
)
condition = st.one_of(plain, plain, plain, st.lists(plain, min_size=1, max_size=3).map(lambda parts: {"all": parts}))
mostly_plain = st.one_of(*[plain_effects] * 9, effects)
"""A success plan is left to the engine, so plans are rare."""
sometimes_odd = st.one_of(*[condition] * 9, guards)


def a_stage(key: str, after: str) -> st.SearchStrategy[Table]:
    """A stage with a way on and a way out, of which the second is rarely open."""
    way_out = {"key": "out", "to": "gone", "trigger": "auto", "when": {"measure": "depth", "below": "0"}}
    on = st.fixed_dictionaries(
        {"key": st.just("on"), "to": st.just(after), "trigger": st.just("auto"), "when": sometimes_odd},
        optional={"do": mostly_plain, "min_dwell": st.just("3d"), "priority": st.just("1")},
    )
    return st.fixed_dictionaries(
        {"transitions": on.map(lambda way: [way, way_out])},
        optional={
            "expected": st.just("30d"),
            "stuck": st.sampled_from(("45d", "400d")),
            "on_enter": mostly_plain,
            "on_exit": mostly_plain,
        },
    )


segments: st.SearchStrategy[Table] = st.fixed_dictionaries(
    {
        "schema": st.just("lifecycle/v1"),
        "segment": st.just("any"),
        "initial": st.just("zeta"),
        "stages": st.fixed_dictionaries(
            {
                "zeta": a_stage("zeta", "alpha"),
                "alpha": a_stage("alpha", "mid"),
                "mid": st.just({"final": "true"}),
                "gone": st.just({"final": "true"}),
            }
        ),
    },
    optional={
        "scorecard": scorecards,
        "alerts": st.fixed_dictionaries(
            {
                "quiet": st.fixed_dictionaries(
                    {"when": plain, "open_cta": st.just("rescue")},
                    optional={"levels": st.just([{"severity": "high", "after": "1d"}])},
                )
            }
        ),
    },
)


class Counting(alike.Alike):
    """Counts how many accounts were moved together."""

    together = 0

    def move(
        self, connection: Connection, page: Sequence[Candidate], stamp: Stamp
    ) -> tuple[RunSummary, frozenset[UUID]]:
        summary, done = super().move(connection, page, stamp)
        Counting.together += len(done)
        return summary, done


@pytest.fixture(autouse=True)
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "Alike", Counting)
    Counting.together = 0


def swept(lend: Lend, segment: Table, people: Sequence[tuple[Outside, Outside, int]]) -> tuple[Rows, object]:
    """All that a sweep leaves of accounts that came to an end of a month with values that nobody acted on."""
    with lend() as url:
        world = World(Database(url), Clock(MONDAY), small_batch=0)
        try:
            begin(world, segment)
            observe(world, people)
            lose_marks(world)
            summary = sweeping.sweep(world, ADMIN)
            if Counting.together:
                assert verify(world, ADMIN).flaws == []
            aside = tuple(sorted((each.account_id, each.cause, each.detail) for each in summary.set_aside))
            return contents(world), (counts_of(summary), aside)
        finally:
            world.database.dispose()


def begin(world: World, segment: Table) -> None:
    taken = {**segment, "applies_to": {"when": {"fact": "tier", "is": "gold"}}}
    edition = replace(EDITION, machines=(machine_of(orjson.dumps(CATALOG), orjson.dumps(taken)),))
    with world.database.writing() as connection:
        bring_into_force(connection, edition, Authority("root", world.clock()))
    assert isinstance(world.clock, Clock)
    for batch in (KEYS[:5], KEYS[5:]):
        register_accounts(world, FEED, [AccountRow(key, key, "ada", facts={"tier": "gold"}) for key in batch], "t")
        evaluate_waiting(world, ADMIN)
        world.clock.turn(hours=1)


def observe(world: World, people: Sequence[tuple[Outside, Outside, int]]) -> None:
    assert isinstance(world.clock, Clock)
    world.clock.turn(days=20)
    rows: list[FactRow] = []
    for number, (key, (depth, count, seats)) in enumerate(zip(KEYS, people, strict=True)):
        account, at = account_id_for(key), world.clock() - timedelta(seconds=number)
        rows.append(FactRow(account, depth, measure="depth", observed_at=at))
        rows.append(FactRow(account, count, measure="usage.logins", observed_at=at))
        rows.append(FactRow(account, seats, fact="seats", observed_at=at))
    record_facts(world, FEED, RecordFacts(tuple(rows), "t", "key"))


def lose_marks(world: World) -> None:
    """Leave it to the set-wise decision to find the accounts."""
    with world.database.writing() as connection:
        connection.execute(dirty.delete())
        connection.execute(update(account_state).values(next_check_at=None))


def contents(world: World) -> Rows:
    rows: Rows = []
    with world.database.reading() as connection:
        for table in metadata.sorted_tables:
            if table.name == "stage_tally":
                # A transaction's rows stand for all that it moved; only what they add up to has to be the same.
                kept = kept_in(connection)
                assert kept == counted_in(connection)
                rows += [(table.name, *map(repr, item)) for item in kept.items()]
            elif "account_id" in table.primary_key.columns or table.name == "run":
                columns = [column for column in table.columns if column.name not in CHANCE]
                rows += [(table.name, *map(repr, row)) for row in connection.execute(select(*columns))]
    return sorted(rows)


def compare(lend: Lend, segment: Table, people: Sequence[tuple[Outside, Outside, int]]) -> int:
    """Sweep the same accounts together and one by one; give how many were moved together."""
    Counting.together = 0
    together, one = swept(lend, segment, people)
    count, fewest = Counting.together, alike.FEWEST
    alike.FEWEST = len(KEYS) + 1
    try:
        apart, another = swept(lend, segment, people)
    finally:
        alike.FEWEST = fewest
    assert Counting.together == count
    assert together == apart
    assert one == another
    return count


def without_milestones(segment: Table) -> Table:
    """The segment without milestones that data dates, which no accounts reach together."""
    return {key: part for key, part in segment.items() if key != "milestones"}


def search(lend: Lend, examples: int) -> int:
    total = 0

    @chances(examples)
    @given(segment=segments | segments.map(without_milestones), people=population)
    def run(segment: Table, people: list[tuple[Outside, Outside, int]]) -> None:
        nonlocal total
        count = compare(lend, segment, people)
        total += count
        event(f"moved together: {count > 0}")

    run()
    return total


def test_every_table_is_the_same_under_common_machines(tmp_path: Path, migrated_file: Path) -> None:
    # Which machines are drawn changes with the language: whether any account is moved together, the last test says.
    search(lambda: sqlite_database(tmp_path, migrated_file), 8)


@pytest.mark.long
def test_every_table_is_the_same_under_many_common_machines(tmp_path: Path, migrated_file: Path) -> None:
    assert search(lambda: sqlite_database(tmp_path, migrated_file), 150) > 0


@pytest.mark.long
def test_every_table_is_the_same_on_postgresql(postgresql: PostgresServer) -> None:
    assert search(postgresql.database, 40) > 0


SEGMENT: Table = {
    "schema": "lifecycle/v1",
    "segment": "any",
    "initial": "zeta",
    "scorecard": {"measures": {"usage.logins": {"weight": "2", "healthy": "60", "neutral": "20"}}},
    "stages": {
        "zeta": {
            "expected": "90d",
            "transitions": [
                {
                    "key": "on",
                    "to": "alpha",
                    "trigger": "auto",
                    "when": {"all": [{"measure": "depth", "at_least": "40"}, {"stage_age": {"at_least": "5d"}}]},
                    "do": [
                        {"open_cta": "call"},
                        {"reach": "value"},
                        {"notify": {"channel": "leads", "message": "5%"}},
                    ],
                }
            ],
        },
        "alpha": {
            "on_enter": [{"open_cta": "rescue"}],
            "expected": "30d",
            "transitions": [
                {"key": "on", "to": "mid", "trigger": "auto", "when": {"measure": "depth", "at_least": "100"}},
                {
                    "key": "idle",
                    "to": "zeta",
                    "trigger": "auto",
                    "when": {"fact": "arr", "below": "5"},
                    "priority": "1",
                },
            ],
        },
        "mid": {"final": "true"},
    },
    "alerts": {"quiet": {"when": {"measure": "usage.logins", "below": "0"}, "open_cta": "rescue"}},
}
"""Ten of twelve below move; one of these goes on at once, and one has an alert."""
PEOPLE: list[tuple[Outside, Outside, int]] = [
    *[(40.0 + number, 20.0 * number, 1) for number in range(8)],
    (100.0, 20.0, 1),
    (75.0, -5.0, 1),
    (0.0, 20.0, 1),
    (None, 20.0, 1),
]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_whoever_ends_otherwise_is_left_to_the_engine(
    kind: str, tmp_path: Path, migrated_file: Path, postgresql: PostgresServer
) -> None:
    lend = postgresql.database if kind == "postgresql" else lambda: sqlite_database(tmp_path, migrated_file)

    assert compare(lend, SEGMENT, PEOPLE) == 8
