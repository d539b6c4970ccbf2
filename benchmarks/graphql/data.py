"""A large store made by SQL: one published segment, accounts in its stages, and their history."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import psycopg
from sqlalchemy import make_url

from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.browse import list_segments
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.layout import load_layout
from tests.api.definitions import FILES
from tests.databases import postgres_server

ADMIN = Actor("bench", frozenset({Role.ADMIN}))
NOW = datetime(2026, 11, 1, tzinfo=UTC)

_IDS = "CREATE TABLE bench_id (g bigint PRIMARY KEY, id uuid NOT NULL)"

_PROFILES = """INSERT INTO account_profile (account_id, key, name, csm_name, attributes, created_at)
SELECT id, 'KEY-' || g, 'Account ' || g, 'Ada', '{}', 1760000000000 FROM bench_id"""

_STATES = """INSERT INTO account_state (account_id, segment, machine, stage, entered_at, came_from, state_version,
facts_version, head_hash, noted_pace, health_score, health_band, csm, more, bookkeeping, {columns})
SELECT id, 'starter', %(machine)s, (array['onboarding', 'launched', 'adoption'])[1 + g %% 3],
1790000000000 + g, 'onboarding', %(rows)s, 1, '\\x00'::bytea, 'on_track', g %% 100, 'neutral', 'csm-' || g %% 200,
'{{}}', '{{}}', {values} FROM bench_id"""

_LOG = """INSERT INTO transition_log (account_id, seq, kind, from_stage, to_stage, transition, trigger, cause, actor,
effective_at, recorded_at, machine, evaluator, effects, prev_hash, hash)
SELECT id, s, 'moved', 'onboarding', (array['onboarding', 'launched', 'adoption'])[1 + s %% 3], 'onboarded',
'advance', 'person', 'ada', 1780000000000 + s * 1000, 1780000000000 + s * 1000, %(machine)s, '1',
'[{"did":"milestone_reached","milestone":"kickoff_done","reached_at":1780000000000}]', '\\x00'::bytea, '\\x00'::bytea
FROM bench_id, generate_series(1, %(rows)s) s"""

_TALLY = """INSERT INTO stage_tally SELECT '00000000-0000-0000-0000-000000000000', gen_random_uuid(), segment, machine,
stage, count(*) FROM account_state GROUP BY segment, machine, stage"""

_FOR_PEER = """CREATE VIEW stage_distribution AS SELECT segment, stage, sum(accounts)::bigint AS count FROM stage_tally
GROUP BY segment, stage;
COMMENT ON TABLE transition_log IS E'@foreignKey (account_id) references account_state (account_id)';
COMMENT ON TABLE account_profile IS E'@foreignKey (account_id) references account_state (account_id)'"""


class Store:
    """A filled database and what is needed to ask for its accounts."""

    def __init__(self, url: str, token: str, ids: list[UUID]) -> None:
        self.url, self.token, self.ids = url, token, ids
        self.movable: list[UUID] = []
        """Accounts that `finish` takes to their last stage."""

    @property
    def plain_url(self) -> str:
        """The address as drivers other than SQLAlchemy take it."""
        return make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def filled(accounts: int, rows: int) -> Iterator[Store]:
    """Lend a database with so many accounts and so many history rows for each."""
    with TemporaryDirectory() as folder, postgres_server(Path(folder)) as server, server.database() as url:
        world = World(Database(url), lambda: NOW)
        assert isinstance(publish(world, ADMIN, FILES), Published)
        digest = list_segments(world, ADMIN)[0].digest
        token = issue_token(world, ADMIN, "bench", [Role.ADMIN], None).token
        with world.database.reading() as connection:
            slots = load_layout(connection).slots
        world.database.dispose()
        store = Store(url, token, [])
        with psycopg.connect(store.plain_url, autocommit=True) as connection:
            _fill(connection, accounts, {"rows": rows, "machine": digest}, slots)
            found = connection.execute("SELECT account_id FROM account_state ORDER BY account_id LIMIT 2000")
            store.ids.extend(row[0] for row in found)
            adopting = "SELECT account_id FROM account_state WHERE stage = 'adoption' ORDER BY account_id LIMIT 30000"
            store.movable.extend(row[0] for row in connection.execute(adopting))
        yield store


def _fill(connection: psycopg.Connection, accounts: int, numbers: dict[str, object], slots: Mapping[str, str]) -> None:
    known = {slots[key]: f"(g %% {size})::float8" for key, size in (("measure.setup", 100), ("measure.logins", 40))}
    known |= {slots[f"{key}@"]: "1790000000000" for key in ("measure.setup", "measure.logins")}
    states = _STATES.format(columns=", ".join(known), values=", ".join(known.values()))
    connection.execute(_IDS.encode())
    with connection.cursor().copy("COPY bench_id FROM STDIN") as copy:
        for number in range(1, accounts + 1):
            copy.write_row((number, account_id_for(f"KEY-{number}")))
    for statement in (_PROFILES, states, _LOG, _TALLY):
        connection.execute(statement.encode(), numbers)
    connection.execute(_FOR_PEER.encode())
    connection.execute("ANALYZE account_state, account_profile, transition_log")
