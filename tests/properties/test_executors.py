"""The plan of a query and graphql-core give the same bytes, over every field that the schema has."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from graphql import ExecutionResult, GraphQLObjectType, GraphQLSchema, OperationDefinitionNode, get_named_type
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from api.context import Context
from api.cost.actual import actual
from api.documents import Documents
from api.execution.executor import Executor
from api.ids import global_id
from api.limits import Limits
from api.payloads import Answered
from api.schema import make_schema
from api.threads import Threads
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.run import AsideCause
from lifecycle_fsm.services.browse import list_segments, view_accounts
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.quick import Quick, open_quick
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.direct import Direct, Values
from lifecycle_fsm.store.runs import SetAside, set_accounts_aside
from tests.api.conftest import ADMIN, an_account, register
from tests.api.counting import counted
from tests.api.definitions import FILES
from tests.builders import MONDAY
from tests.databases import PostgresServer, sqlite_database
from tests.fakes import Clock
from tests.properties.documents import Made, Pools, queries
from tests.properties.whole import asked_below, everything_below, fields_below, lists_with_pages

SCHEMA = make_schema()
GRAPHQL: GraphQLSchema = SCHEMA._schema
JSON_FIELDS = {
    name
    for each in GRAPHQL.type_map.values()
    if isinstance(each, GraphQLObjectType)
    for name, field in each.fields.items()
    if str(get_named_type(field.type)) == "JSON"
}
LIMITS = Limits(tokens=100_000, depth=40, fields=100_000, aliases=10_000)


@dataclass(frozen=True, slots=True)
class Counting(Direct):
    """Note what is read directly."""

    statements: list[str]

    async def fetch(self, query: str, *values: object) -> Sequence[Values]:
        self.statements.append(query)
        return await Direct.fetch(self, query, *values)


@dataclass
class Both:
    """The two executors over one store."""

    world: World
    threads: Threads
    quick: Quick | None
    runner: asyncio.Runner
    executor: Executor
    documents: Documents

    async def context(self) -> Context:
        context = Context(self.world, ADMIN, self.threads, self.quick)
        context.live_cursor = "c0"
        return context

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The statements that run meanwhile, whichever way."""
        with counted() as statements:
            if self.quick is None:
                yield statements
                return
            direct = self.quick.direct
            known = (direct.dsn, direct.seconds, direct.turns, direct.idle, direct.place)
            self.quick.direct = Counting(*known, statements)
            yield statements
            self.quick.direct = direct

    def planned(self, made: Made) -> tuple[Answered | ExecutionResult, OperationDefinitionNode]:
        document = self.documents.read(made.text)
        assert document.errors == ()
        operation = document.operation(None)
        assert isinstance(operation, OperationDefinitionNode)
        return self.runner.run(self.executor.execute(document, operation, made.variables, self.context)), operation

    def run(self, made: Made) -> tuple[Answered | ExecutionResult, ExecutionResult]:
        found, operation = self.planned(made)
        document, context = self.documents.read(made.text), self.runner.run(self.context())
        return found, self.runner.run(self.executor.interpret(document, operation, made.variables, context))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            file: Path = request.getfixturevalue("migrated_file")
            url = stack.enter_context(sqlite_database(tmp_path_factory.mktemp("executors"), file))
        else:
            server: PostgresServer = request.getfixturevalue("postgresql")
            url = stack.enter_context(server.database())
        yield from opened(url, stack.enter_context(asyncio.Runner()))


def opened(url: str, runner: asyncio.Runner) -> Iterator[Both]:
    world = World(Database(url), Clock(MONDAY))
    assert isinstance(publish(world, ADMIN, FILES), Published)
    register(world, an_account("ACME", setup=50.0), an_account("BETA"), an_account("GAMMA", logins=25.0))
    record_facts(world, ADMIN, RecordFacts((FactRow(account_id_for("ACME"), 85, measure="setup"),), "test", "batch-1"))
    for _ in range(3):
        run = sweep(world, ADMIN).run_id
        assert run is not None
        with world.database.writing() as connection:
            left = [
                SetAside(account_id_for(key), run, AsideCause.FAILED, "KeyError", MONDAY) for key in ("ACME", "BETA")
            ]
            set_accounts_aside(connection, left)
    threads, quick = Threads(4), open_quick(world)
    executor = Executor(SCHEMA, introspection=True)
    yield Both(world, threads, quick, runner, executor, Documents(GRAPHQL, LIMITS, introspection=True))
    if quick is not None:
        runner.run(quick.close())
    threads.close()
    world.database.dispose()


@pytest.fixture(scope="module")
def pools(both: Both) -> Pools:
    ids = [account_id_for(key) for key in ("ACME", "BETA", "GAMMA")]
    views = view_accounts(both.world, ADMIN, ids)
    digest = list_segments(both.world, ADMIN)[0].digest
    ctas = [global_id("Cta", each, cta.id or "") for each in ids for cta in views[each].lifecycle.ctas]
    accounts = [global_id("Account", each) for each in ids]
    records = [global_id("HistoryRecord", each, seq) for each in ids for seq in (1, 999)]
    others = [global_id("Machine", digest), global_id("Segment", "starter"), global_id("Segment", "none"), "nonsense"]
    return {
        "id": [*accounts * 4, *ctas * 4, *records, *others],
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


def test_a_plan_answers_as_graphql_core_does_and_most_queries_have_one(both: Both, pools: Pools) -> None:
    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def agree(data: st.DataObject) -> None:
        made = data.draw(queries(GRAPHQL, pools))

        assume(not both.documents.read(made.text).errors)

        found, expected = both.run(made)

        if isinstance(found, Answered):
            assert expected.errors is None
            assert found.data == orjson.dumps(expected.data)
            assert cost_of(both, made, orjson.loads(found.data)) == cost_of(both, made, expected.data)
        else:
            # What has no error has a plan; else a value was surprising that the schema allows.
            assert expected.errors
            assert (found.data, nulls_of(found)) == (expected.data, nulls_of(expected))

    agree()

    counts = both.executor.counts
    assert counts.planned > 40
    assert counts.planned > counts.refused
    # What has no plan ended in an error: a value that the schema cannot read.
    assert counts.unplanned * 4 <= counts.planned
    assert counts.reruns == 0


def cost_of(both: Both, made: Made, data: dict[str, Any] | None) -> int:
    """What the operation turned out to cost: every object once, and no less."""
    document = both.documents.read(made.text)
    operation = document.operation(None)
    assert document.ast is not None
    assert isinstance(operation, OperationDefinitionNode)
    cost = actual(GRAPHQL, document.ast, operation, made.variables, data)
    # A value of JSON is one leaf, whatever lies in it.
    assert cost >= objects_in(data) - 1 or any(name in made.text for name in JSON_FIELDS)
    return cost


def objects_in(value: Any) -> int:
    """How many objects an answer has, itself among them."""
    if isinstance(value, dict):
        return 1 + sum(map(objects_in, value.values()))
    return sum(map(objects_in, value)) if isinstance(value, list) else 0


def nulls_of(result: ExecutionResult) -> set[tuple[str | int, ...]]:
    """
    Where errors have left a null.

    Of several fields that may not be null and fail beside each other, the first to fail is told: a matter of time.
    """
    return {_null_of(result.data, tuple(error.path or ())) for error in result.errors or ()}


def _null_of(data: Any, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    for depth, key in enumerate(path):
        if data is None:
            return path[:depth]
        data = data[key]
    return path


def test_no_field_below_a_list_is_left_out_of_the_count() -> None:
    roots = lists_with_pages(GRAPHQL)
    asked = set().union(*(asked_below(GRAPHQL, root) for root in roots))

    assert set().union(*(fields_below(GRAPHQL, root) for root in roots)) - asked == set()


@pytest.mark.parametrize("root", lists_with_pages(GRAPHQL))
def test_a_list_takes_as_many_statements_as_one_item(both: Both, root: str) -> None:
    """Everything that the schema can reach from the list is asked for; the first run loads what stays."""
    several = Made(everything_below(GRAPHQL, root, 3), {})
    both.run(several)

    with both.counted() as one:
        found, _ = both.planned(Made(everything_below(GRAPHQL, root, 1), {}))
    with both.counted() as three:
        both.planned(several)

    assert isinstance(found, Answered)
    assert len(three) == len(one)


WHY = """query ($first: Int!) { accounts(first: $first) { nodes {
  now: whyNot(cta: "kickoff_call") { ... on WhyNoCta { hindrance suppressions { seq } } }
  then: whyNot(transition: "onboarded", asOf: "2026-03-02T09:00:00Z") { ... on WhyNoTransition { isInStage } }
} } }"""
RUNS = """query ($first: Int!) { runs(first: $first) { nodes {
  setAside { accountId cause } accounts(first: 2) { totalCount nodes { key } }
} } }"""


@pytest.mark.parametrize("query", [WHY, RUNS])
def test_what_is_asked_of_several_takes_as_many_statements_as_of_one(both: Both, query: str) -> None:
    both.run(Made(query, {"first": 3}))

    with both.counted() as one:
        both.planned(Made(query, {"first": 1}))
    with both.counted() as three:
        found, _ = both.planned(Made(query, {"first": 3}))

    assert isinstance(found, Answered)
    nodes = next(iter(orjson.loads(found.data).values()))["nodes"]
    assert len(nodes) == 3
    assert all(each.get("now", each.get("setAside")) for each in nodes)
    assert len(three) == len(one)


PAGE = """query ($id: ID!) { account(id: $id) {
  key name csm stage { key title pace timeInStage } health { score band }
  history(first: 10) { nodes { seq kind toStageKey effectiveAt } }
} }"""


RECORDS = """query ($one: ID!, $two: ID!) {
  one: node(id: $one) { __typename id ... on HistoryRecord { seq kind account { key } sentence } }
  two: node(id: $two) { __typename id ... on HistoryRecord { seq kind account { key } sentence } }
}"""


def test_records_by_their_ids_are_read_together(both: Both) -> None:
    one, two, none = (
        global_id("HistoryRecord", account_id_for(key), seq) for key, seq in (("ACME", 1), ("BETA", 1), ("ACME", 999))
    )
    both.run(Made(RECORDS, {"one": one, "two": two}))

    with both.counted() as for_one:
        gone, expected_gone = both.run(Made(RECORDS, {"one": one, "two": none}))
    with both.counted() as for_two:
        found, expected = both.run(Made(RECORDS, {"one": one, "two": two}))

    assert isinstance(gone, Answered)
    assert isinstance(found, Answered)
    assert (gone.data, found.data) == (orjson.dumps(expected_gone.data), orjson.dumps(expected.data))
    told = orjson.loads(found.data)
    assert [(each["__typename"], each["id"], each["seq"]) for each in told.values()] == [
        ("HistoryRecord", one, 1),
        ("HistoryRecord", two, 1),
    ]
    assert orjson.loads(gone.data) == {"one": told["one"], "two": None}
    assert len(for_two) == len(for_one)


def test_an_account_page_takes_one_statement_on_postgresql(both: Both, pools: Pools) -> None:
    made = Made(PAGE, {"id": pools["id"][0]})
    both.run(made)

    with both.counted() as statements:
        found, _ = both.planned(made)

    assert isinstance(found, Answered)
    if both.quick is not None:
        assert len(statements) == 1


def test_what_the_schema_says_about_itself_is_written_once(both: Both) -> None:
    made = Made('{ __schema { queryType { name } } __type(name: "Account") { kind } }', {})

    first, expected = both.run(made)
    again, _ = both.planned(made)

    assert isinstance(first, Answered)
    assert first.data == orjson.dumps(expected.data)
    assert again is first
