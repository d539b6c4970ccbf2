"""The plan of a query and graphql-core give the same bytes, over every field that the schema has."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from graphql import ExecutionResult, GraphQLSchema, OperationDefinitionNode
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from api.context import Context
from api.documents import Documents
from api.execution.executor import Executor
from api.ids import global_id
from api.limits import Limits
from api.payloads import Answered
from api.schema import make_schema
from api.threads import Threads
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.browse import list_segments, view_accounts
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database
from tests.api.conftest import ADMIN, an_account, register
from tests.api.definitions import FILES
from tests.builders import MONDAY
from tests.databases import sqlite_database, sqlite_template
from tests.fakes import Clock
from tests.properties.documents import Made, Pools, queries

SCHEMA = make_schema()
GRAPHQL: GraphQLSchema = SCHEMA._schema
LIMITS = Limits(tokens=100_000, fields=100_000, aliases=10_000)


@dataclass
class Both:
    """The two executors over one store."""

    world: World
    threads: Threads
    runner: asyncio.Runner
    executor: Executor
    documents: Documents

    async def context(self) -> Context:
        context = Context(self.world, ADMIN, self.threads)
        await context.note_live_cursor()
        return context

    def run(self, made: Made) -> tuple[Answered | ExecutionResult, ExecutionResult]:
        document = self.documents.read(made.text)
        assume(not document.errors)
        operation = document.operation(None)
        assert isinstance(operation, OperationDefinitionNode)
        planned = self.executor.execute(document, operation, made.variables, self.context)
        found = self.runner.run(planned)
        context = self.runner.run(self.context())
        return found, self.runner.run(self.executor.interpret(document, operation, made.variables, context))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder: Path = tmp_path_factory.mktemp("executors")
    with sqlite_database(folder, sqlite_template(folder)) as url, asyncio.Runner() as runner:
        world = World(Database(url), Clock(MONDAY))
        assert isinstance(publish(world, ADMIN, FILES), Published)
        register(world, an_account("ACME", setup=50.0), an_account("BETA"), an_account("GAMMA", logins=25.0))
        rows = (FactRow(account_id_for("ACME"), 85, measure="setup"),)
        record_facts(world, ADMIN, RecordFacts(rows, "test", "batch-1"))
        threads = Threads(4)
        executor = Executor(SCHEMA, introspection=True)
        yield Both(world, threads, runner, executor, Documents(GRAPHQL, LIMITS, introspection=True))
        threads.close()
        world.database.dispose()


@pytest.fixture(scope="module")
def pools(both: Both) -> Pools:
    ids = [account_id_for(key) for key in ("ACME", "BETA", "GAMMA")]
    views = view_accounts(both.world, ADMIN, ids)
    digest = list_segments(both.world, ADMIN)[0].digest
    ctas = [global_id("Cta", each, cta.id or "") for each in ids for cta in views[each].lifecycle.ctas]
    accounts = [global_id("Account", each) for each in ids]
    others = [global_id("Machine", digest), global_id("Segment", "starter"), global_id("Segment", "none"), "nonsense"]
    return {
        "id": [*accounts * 4, *ctas * 4, *others],
        "key": ["ACME", "BETA", "GAMMA", "NOBODY"],
        "digest": [digest, "f" * 64],
        "segment": ["starter", "none"],
        "first": [1, 2, 5],
        "last": [1, 2],
        "after": ["nonsense"],
        "before": ["nonsense"],
        "search": ["A", "be"],
        "path": [*FILES, "odd.txt"],
        "content": ["segment: [", *(text.decode() for text in FILES.values())],
        "stages": ["onboarding", "launched"],
        "csms": ["ada", "bob"],
        "ID": accounts,
        "String": ["starter", "ada", ""],
        "Int": [0, 1, 3, 101],
        "Float": [0.0, 1.5, 100.0],
        "Boolean": [True, False],
        "DateTime": ["2026-01-05T09:00:00Z", "2025-12-01T00:00:00.5+02:00"],
        "Date": ["2026-01-05"],
        "Duration": ["P1D"],
        "Value": [1, "text", None],
    }


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_plan_answers_as_graphql_core_does(both: Both, pools: Pools, data: st.DataObject) -> None:
    made = data.draw(queries(GRAPHQL, pools))

    found, expected = both.run(made)

    if isinstance(found, Answered):
        assert expected.errors is None
        assert found.data == orjson.dumps(expected.data)
    else:
        # What has no error has a plan; else a value was surprising that the schema allows.
        assert expected.errors
        assert (found.data, found.errors) == (expected.data, expected.errors)


def test_most_made_up_queries_have_a_plan(both: Both) -> None:
    """Runs after the property and looks at what it ran."""
    counts = both.executor.counts

    assert counts.planned > 40
    assert counts.planned > counts.refused
    assert (counts.unplanned, counts.reruns) == (0, 0)
