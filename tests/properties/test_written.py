"""Accounts that are written straight from PostgreSQL's rows are, byte for byte, what graphql-core answers."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from api.execution.executor import Executor
from api.ids import global_id
from api.payloads import Answered
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.fire import FireTransition, fire_transition
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.overrides import OverrideHealth, override_health
from lifecycle_fsm.services.pauses import PauseAccount, pause_account
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.tables.accounts import account_profile, account_state
from tests.api.conftest import ADMIN, an_account, register
from tests.databases import PostgresServer
from tests.fakes import Clock
from tests.properties.documents import Made
from tests.properties.test_executors import SCHEMA, Both, opened

STRANGE = 'Ta" Back\\slash Æ 漢字 🚀 </script>'
STRANGER = f"{STRANGE}\t\n\r\b\f\u0001\u001f\u007f\u2028"
KEYS = ("ACME", "BETA", "GAMMA", "DELTA", "OMEGA", STRANGE, "NOBODYS")

STAGE = ("key", "title", "isFinal", "enteredAt", "pace", "timeInStage", "daysInStage", "cameFrom", "__typename")
RECORD = (
    "seq",
    "kind",
    "fromStageKey",
    "toStageKey",
    "transition",
    "trigger",
    "subject",
    "cause",
    "actor",
    "onBehalfOf",
    "effectiveAt",
    "recordedAt",
    "machineDigest",
    "commandId",
    "evaluator",
    "prevHash",
    "hash",
    "__typename",
)
EFFECT = ("kind", "template", "milestone", "plan", "field", "channel", "message", "__typename")


@pytest.fixture(scope="module")
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    server: PostgresServer = request.getfixturevalue("postgresql")
    with server.database() as url, asyncio.Runner() as runner:
        for each in opened(url, runner):
            live(each.world)
            yield each


def live(world: World) -> None:
    """Accounts of every sort: moved, paused, overridden, late, with odd names, and in no segment."""
    clock = world.clock
    assert isinstance(clock, Clock)
    register(
        world,
        an_account("DELTA", setup=90.0),
        replace(an_account("OMEGA", logins=3.0), csm=None),
        AccountRow(STRANGE, STRANGE, csm=STRANGE, facts={"arr": 7_000}),
        AccountRow("NOBODYS", "Nobody's"),
    )
    clock.turn(days=1)
    clock.at += timedelta(milliseconds=1_234.567)
    for key in ("ACME", "DELTA"):
        reach_milestone(world, ADMIN, ReachMilestone(account_id_for(key), "kickoff_done", f"m-{key}"))
        fire_transition(world, ADMIN, FireTransition(account_id_for(key), "advance", f"f-{key}"))
    clock.turn(days=20)
    pause_account(world, ADMIN, PauseAccount(account_id_for("BETA"), "holidays", "p-1"))
    until = clock() + timedelta(days=30)
    override_health(world, ADMIN, OverrideHealth(account_id_for("OMEGA"), 12.5, until, "a call", "o-1"))
    clock.turn(days=15)


def some(names: Sequence[str]) -> st.SearchStrategy[str]:
    """Some fields, now and then under other names."""
    field = st.tuples(st.sampled_from(names), st.integers(0, 4)).map(
        lambda drawn: f"x{drawn[1]}{drawn[0].strip('_')}: {drawn[0]}" if drawn[1] < 2 else drawn[0]
    )
    return st.lists(field, min_size=1, max_size=5, unique=True).map(" ".join)


@st.composite
def histories(draw: st.DrawFn) -> str:
    effects = draw(some(EFFECT).map(lambda fields: f"effects {{ {fields} }}") | st.just(""))
    nodes = f"nodes {{ {draw(some(RECORD))} {effects} }}"
    info = draw(
        st.sampled_from(("", "pageInfo { hasNextPage hasPreviousPage }", "i: pageInfo { __typename hasNextPage }"))
    )
    parts = draw(st.permutations([nodes, info, draw(st.sampled_from(("", "__typename")))]))
    return f"history(first: {draw(st.sampled_from(('1', '2', '100', '$first')))}) {{ {' '.join(parts)} }}"


@st.composite
def accounts(draw: st.DrawFn) -> str:
    fields = [
        draw(some(("id", "key", "name", "csm", "csmName", "revision", "__typename"))),
        draw(some(STAGE).map(lambda below: f"stage {{ {below} }}") | st.just("")),
        draw(some(("score", "band", "__typename")).map(lambda below: f"health {{ {below} }}") | st.just("")),
        draw(histories() | st.just("")),
        draw(histories().map(lambda text: f"again: {text}") | st.just("")),
    ]
    return " ".join(draw(st.permutations(fields)))


@st.composite
def documents(draw: st.DrawFn) -> Made:
    first = draw(st.integers(1, 30))
    one = f"account(id: $id) {{ {draw(accounts())} }}"
    order = draw(st.sampled_from(("", "order: {field: ENTERED_AT, descending: true}", "order: {field: HEALTH_SCORE}")))
    choose = draw(
        st.sampled_from(("", 'filter: {stages: ["onboarding"]}', 'filter: {csms: ["ada"]}', 'filter: {search: "Ta"}'))
    )
    info = draw(st.sampled_from(("", "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }")))
    size = draw(st.sampled_from(("first: 3", "first: 50", "last: 2", "first: $first")))
    many = f"many: accounts({order} {choose} {size}) {{ {info} nodes {{ {draw(accounts())} }} }}"
    body = " ".join(draw(st.sampled_from(([one], [many], [one, many]))))
    used = [f"${name}: {kind}" for name, kind in (("id", "ID!"), ("first", "Int!")) if f"${name}" in body]
    declared = f"query ({', '.join(used)})" if used else ""
    key = draw(st.sampled_from((*KEYS, "UNKNOWN")))
    return Made(f"{declared} {{ {body} }}", {"id": global_id("Account", account_id_for(key)), "first": first})


@pytest.mark.parametrize("examples", [40, pytest.param(200, marks=pytest.mark.long)])
def test_what_is_written_is_what_graphql_core_answers(both: Both, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(made=documents())
    def agree(made: Made) -> None:
        found, expected = both.run(made)

        assert isinstance(found, Answered), expected.errors
        assert expected.errors is None
        assert found.data == orjson.dumps(expected.data)

    agree()

    assert (both.executor.counts.reruns, both.executor.counts.unplanned) == (0, 0)


PAGE = """{ accounts(first: 20) { nodes {
  key stage { title pace } health { score band } history(first: 3) { nodes { kind effects { kind } } }
} } }"""


def test_a_page_with_history_takes_a_statement_for_ids_and_one_for_rows(both: Both) -> None:
    both.planned(Made(PAGE, {}))

    with both.counted() as statements:
        both.planned(Made(PAGE, {}))

    # The third views the accounts that are paused or overridden.
    assert len(statements) == 3


def test_whoever_sees_a_part_gets_the_same_the_usual_way(both: Both) -> None:
    """A page of rows is nothing for an actor with a portfolio: it would show all accounts."""
    narrow = replace(ADMIN, portfolio=replace(ADMIN.portfolio, csms=frozenset({"nobody"})))

    assert context_of(both, narrow) == orjson.dumps({"accounts": {"nodes": []}})


def context_of(both: Both, actor: object) -> bytes:
    document = both.documents.read(PAGE)
    operation = document.operation(None)

    async def context() -> object:
        made = await both.context()
        made.actor = actor  # type: ignore[assignment] # one of ours
        return made

    executor = Executor(SCHEMA, introspection=True)
    found = both.runner.run(executor.execute(document, operation, {}, context))  # type: ignore[arg-type] # as above
    assert isinstance(found, Answered)
    return found.data


def test_fields_that_moved_to_another_layout_are_read_anew(both: Both) -> None:
    assert both.quick is not None
    both.planned(Made(PAGE, {}))
    kept = both.quick.layout
    assert kept is not None
    both.quick.layout = replace(kept, slots={**dict(kept.slots), "measure.gone": "n31"})

    found, expected = both.run(Made(PAGE, {}))

    assert isinstance(found, Answered)
    assert found.data == orjson.dumps(expected.data)
    assert both.quick.layout == kept


def test_texts_in_rows_are_written_as_json_is(both: Both) -> None:
    page = "nodes { key name csm history(first: 9) { nodes { actor subject } } }"
    made = Made(f'{{ accounts(filter: {{search: "Ta"}}, first: 1) {{ {page} }} }}', {})
    here = account_id_for(STRANGE)
    with both.world.database.writing() as connection:
        connection.execute(update(account_state).where(account_state.c.account_id == here).values(csm=STRANGER))
        connection.execute(update(account_profile).where(account_profile.c.account_id == here).values(name=STRANGER))

    found, expected = both.run(made)

    assert isinstance(found, Answered)
    assert found.data == orjson.dumps(expected.data)
    (node,) = orjson.loads(found.data)["accounts"]["nodes"]
    assert (node["name"], node["csm"]) == (STRANGER, STRANGER)


def test_the_present_distribution_is_one_statement(both: Both) -> None:
    for scope in ("", '(scope: {segment: "starter"})'):
        made = Made(f"{{ reports{scope} {{ stageDistribution {{ segment stage count }} }} }}", {})

        with both.counted() as statements:
            found, _ = both.planned(made)

        assert isinstance(found, Answered)
        assert found.data == orjson.dumps(both.run(made)[1].data)
        assert ["stage_tally" in each for each in statements] == [True]
