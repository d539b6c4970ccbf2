"""Changes as they happen: none missed, none twice, none for the wrong eyes, each executed once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
import pytest

from api.gate import Gate, Prepared
from api.ids import global_id
from api.incoming import Incoming
from api.limits import Limits
from api.live.hub import Hub, Leave
from api.live.sink import MOST_WAITING, Waiting
from api.schema import make_schema
from api.threads import Threads
from lifecycle_fsm.domain.access import Actor, Portfolio, Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.domain.run import RunKind
from lifecycle_fsm.services.browse import page_accounts
from lifecycle_fsm.services.feed import Position, live_cursor
from lifecycle_fsm.services.run_feed import RunPosition
from lifecycle_fsm.services.sweeping.shown import page_runs
from lifecycle_fsm.services.tokens import Identity
from lifecycle_fsm.services.views import AccountFilter, AccountOrder
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.runs import Run, keep_run
from tests.api.conftest import ADMIN, an_account, register
from tests.api.door import Door
from tests.builders import MONDAY
from tests.feeds import BEGINNING, BEGINNING_OF_RUNS, settled, settled_runs

HISTORY = """subscription ($after: String, $filter: ChangeFilter) {
  historyRecorded(after: $after, filter: $filter) { cursor record { seq kind } account { key } }
}"""


class Heard:
    """Remember what a subscription was given, and let tests wait for it."""

    def __init__(self) -> None:
        self.payloads: list[bytes] = []
        self.ends: list[bytes | None] = []
        self._more = asyncio.Event()

    def next(self, payload: bytes) -> None:
        self.payloads.append(payload)
        self._more.set()

    def end(self, errors: bytes | None = None) -> None:
        self.ends.append(errors)
        self._more.set()

    def restart(self, errors: bytes) -> None:
        self.end(errors)

    def expel(self, errors: bytes) -> None:
        self.end(errors)

    async def events(self, count: int) -> list[dict[str, Any]]:
        """The first so many events, once they have come."""
        async with asyncio.timeout(20):
            while len(self.payloads) < count:
                self._more.clear()
                await self._more.wait()
        assert len(self.payloads) == count
        return [next(iter(orjson.loads(payload)["data"].values())) for payload in self.payloads]

    async def until(self, text: bytes) -> None:
        """Wait for an event with a text in it."""
        async with asyncio.timeout(20):
            while not self.payloads or text not in self.payloads[-1]:
                self._more.clear()
                await self._more.wait()

    async def keys(self, count: int) -> list[str]:
        return [event["account"]["key"] for event in await self.events(count)]


class Live:
    """A hub over a world, and subscriptions to it."""

    def __init__(self, world: World, settings: Settings) -> None:
        self.gate = Gate(make_schema(), world, settings, Threads(4), Limits())
        self.hub = Hub(self.gate, pause=0.01)
        self.world = world

    async def join(self, query: str, actor: Actor = ADMIN, **variables: Any) -> tuple[Heard, Leave]:
        heard = Heard()
        joined = await self.hub.join(self.prepared(query, actor, variables), heard)
        assert not isinstance(joined, Mapping), joined
        return heard, joined

    def prepared(self, query: str, actor: Actor, variables: dict[str, Any]) -> Prepared:
        identity = Identity(actor, actor.name)
        prepared = self.gate.prepare(Incoming(query, variables, None, may_change=True), identity)
        assert isinstance(prepared, Prepared), prepared
        return prepared

    async def register(self, *keys: str) -> None:
        await asyncio.to_thread(register, self.world, *(an_account(key) for key in keys))

    async def cursor(self) -> str:
        return await asyncio.to_thread(live_cursor, self.world, ADMIN)


Scene = Callable[[Live], Awaitable[None]]


@pytest.fixture
def live(world: World, settings: Settings) -> Callable[[Scene], None]:
    """Play a scene with a hub, whose tokens are never looked up, once the feed has come to the account of the world."""
    assert len(settled(world, BEGINNING, 1)) == 1

    def play(scene: Scene) -> None:
        async def run() -> None:
            live = Live(world, settings)
            live.hub._next_check = float("inf")
            async with asyncio.timeout(30):
                await scene(live)
            await live.hub.close()
            live.gate.threads.close()

        asyncio.run(run())

    return play


def test_a_resumed_subscription_gets_what_it_missed_then_what_comes(live: Callable[[Scene], None]) -> None:
    async def scene(live: Live) -> None:
        start = await live.cursor()
        await live.register("A", "B", "C")
        first, leave = await live.join(HISTORY, after=start)
        events = await first.events(3)
        leave()
        await live.register("D")
        second, _ = await live.join(HISTORY, after=events[1]["cursor"])
        await second.events(2)
        await live.register("E")

        keys = [event["account"]["key"] for event in events]
        assert sorted(keys) == ["A", "B", "C"]
        assert await second.keys(3) == [keys[2], "D", "E"]

    live(scene)


def test_subscriptions_that_ask_the_same_are_executed_once(live: Callable[[Scene], None]) -> None:
    async def scene(live: Live) -> None:
        start = await live.cursor()
        heard = [(await live.join(HISTORY, after=start))[0] for _ in range(3)]
        heard += [(await live.join(HISTORY))[0] for _ in range(3)]
        other, _ = await live.join(HISTORY, Actor("vic", frozenset({Role.VIEWER})))
        await live.register("A")

        assert {(await each.keys(1))[0] for each in (*heard, other)} == {"A"}
        assert (live.hub.groups, live.hub.subscriptions) == (2, 7)
        assert len({id(each.payloads[0]) for each in heard}) <= 4  # of those that caught up, each its own
        assert len({id(each.payloads[0]) for each in heard[3:]}) == 1

    live(scene)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, ["ADA", "BOB"]),
        ({"accounts": {"csms": ["bob"]}}, ["BOB"]),
        ({"accounts": {"segments": ["other"]}}, []),
        ({"accounts": {"stages": ["onboarding"], "search": "ada"}}, ["ADA"]),
        ({"kinds": ["ASSIGNED"]}, ["ADA", "BOB"]),
        ({"kinds": ["REFUSED"]}, []),
    ],
)
def test_only_what_is_asked_for_comes(
    live: Callable[[Scene], None], chosen: dict[str, Any], expected: list[str]
) -> None:
    async def scene(live: Live) -> None:
        heard, _ = await live.join(HISTORY, filter=chosen)
        everything, _ = await live.join(HISTORY)
        rows = [an_account("ADA"), replace(an_account("BOB"), csm="bob")]
        await asyncio.to_thread(register, live.world, *rows)
        await everything.events(2)

        assert sorted(await heard.keys(len(expected))) == expected

    live(scene)


@pytest.mark.parametrize(
    "portfolio",
    [
        Portfolio(csms=frozenset({"bob", "carl"})),
        Portfolio(accounts=frozenset({account_id_for("BOB")})),
        Portfolio(csms=frozenset({"carl"}), accounts=frozenset({account_id_for("BOB")})),
    ],
    ids=["of CSMs", "one account", "one besides"],
)
def test_nobody_hears_of_accounts_outside_their_portfolio(live: Callable[[Scene], None], portfolio: Portfolio) -> None:
    async def scene(live: Live) -> None:
        start = await live.cursor()
        csm = Actor("bob", frozenset({Role.CSM}), portfolio)
        heard, _ = await live.join(HISTORY, csm)
        everything, _ = await live.join(HISTORY)
        await asyncio.to_thread(register, live.world, an_account("ADA"), replace(an_account("BOB"), csm="bob"))
        await everything.events(2)
        late, _ = await live.join(HISTORY, csm, after=start)

        assert await heard.keys(1) == ["BOB"]
        assert await late.keys(1) == ["BOB"]

    live(scene)


def test_ctas_are_followed(live: Callable[[Scene], None], door: Door) -> None:
    async def scene(live: Live) -> None:
        heard, _ = await live.join("subscription { ctaChanged { record { kind } ctas { title status } } }")
        await live.register("A")

        assert await heard.events(1) == [
            {"record": {"kind": "ASSIGNED"}, "ctas": [{"title": "Hold the kickoff", "status": "NEW"}]}
        ]

    live(scene)


RUNS = """subscription ($after: String, $filter: RunFilter) {
  runChanged(after: $after, filter: $filter) { cursor run { id kind finishedAt counts { lookedAt } } }
}"""


def a_run(number: int, *, kind: RunKind = RunKind.SWEEP, finished_at: datetime | None = None) -> Run:
    return Run(new_id(number), kind, "root", MONDAY, MONDAY, finished_at=finished_at)


async def keep(live: Live, *runs: Run) -> None:
    """Write each run in a transaction of its own."""

    def write(run: Run) -> None:
        with live.world.database.writing() as connection:
            keep_run(connection, run)

    for run in runs:
        await asyncio.to_thread(write, run)


def ids(events: list[dict[str, Any]]) -> list[str]:
    return [event["run"]["id"] for event in events]


def told(*runs: Run) -> list[str]:
    return [global_id("Run", run.id) for run in runs]


def test_runs_are_followed(live: Callable[[Scene], None]) -> None:
    async def scene(live: Live) -> None:
        begun, over = a_run(1), a_run(2, finished_at=MONDAY)
        await keep(live, begun, over)
        await asyncio.to_thread(settled_runs, live.world.database, BEGINNING_OF_RUNS, 2)
        heard, _ = await live.join(RUNS)
        (going,) = await heard.events(1)
        await keep(live, replace(begun, finished_at=MONDAY))

        assert going["run"] == {
            "id": global_id("Run", begun.id), "kind": "SWEEP", "finishedAt": None, "counts": {"lookedAt": 0}
        }  # fmt: skip
        assert [event["run"]["finishedAt"] for event in await heard.events(2)] == [None, "2026-03-02T09:00:00Z"]

    live(scene)


def test_runs_are_chosen(live: Callable[[Scene], None]) -> None:
    swept, undone, other = a_run(1), a_run(2, kind=RunKind.UNDO), a_run(3)

    async def scene(live: Live) -> None:
        start = await live.cursor()
        undos, _ = await live.join(RUNS, after=start, filter={"kinds": ["UNDO"]})
        single, _ = await live.join(RUNS, filter={"runIds": told(other)})
        everything, _ = await live.join(RUNS, after=start)
        await keep(live, swept, undone, other)

        assert ids(await everything.events(3)) == told(swept, undone, other)
        assert ids(await undos.events(1)) == told(undone)
        assert ids(await single.events(1)) == told(other)

    live(scene)


def test_runs_missed_while_away_all_come_however_many(live: Callable[[Scene], None]) -> None:
    """In the order of their last changes, then what comes; from any event on, too."""
    before, missed = a_run(1), [a_run(number, finished_at=MONDAY) for number in range(2, 62)]

    async def scene(live: Live) -> None:
        await keep(live, before)
        await asyncio.to_thread(settled_runs, live.world.database, BEGINNING_OF_RUNS, 1)
        start = await live.cursor()
        await keep(live, *missed, replace(missed[0], actor="again"))
        first, _ = await live.join(RUNS, after=start)
        events = await first.events(60)
        second, _ = await live.join(RUNS, after=events[54]["cursor"])
        await second.events(5)
        await keep(live, before)

        assert ids(await first.events(61)) == told(*missed[1:], missed[0], before)
        assert ids(await second.events(6)) == told(*missed[56:], missed[0], before)

    live(scene)


def test_between_a_query_of_runs_and_its_subscription_nothing_is_lost(live: Callable[[Scene], None]) -> None:
    """A writer goes on with runs while clients take a cursor, read nothing more, and follow from it."""
    runs = [a_run(number) for number in range(1, 41)]

    async def scene(live: Live) -> None:
        writing = asyncio.create_task(keep(live, *runs))
        seen = []
        while not writing.done():
            cursor = await live.cursor()
            known = (await asyncio.to_thread(page_runs, live.world, ADMIN, PageRequest(100))).items
            heard, _ = await live.join(RUNS, after=cursor)
            seen.append(({each.id for each in known}, heard))
        await writing
        last = a_run(99)
        await keep(live, last)

        for known_ids, heard in seen:
            await heard.until(global_id("Run", last.id).encode())
            later = set(ids([next(iter(orjson.loads(each)["data"].values())) for each in heard.payloads]))
            assert later | {global_id("Run", each) for each in known_ids} == set(told(*runs, last))

    live(scene)


def test_between_a_query_and_its_subscription_nothing_is_lost(live: Callable[[Scene], None]) -> None:
    """Writers go on while a client reads the list and then subscribes from the cursor that came with it."""

    async def scene(live: Live) -> None:
        keys = [f"K{number:02}" for number in range(40)]

        async def write() -> None:
            for key in keys:
                await live.register(key)

        writing = asyncio.create_task(write())
        seen: list[set[str]] = []
        for _ in range(5):
            cursor = await live.cursor()
            page = await asyncio.to_thread(
                page_accounts, live.world, ADMIN, AccountFilter(search="k"), AccountOrder(), PageRequest(100)
            )
            listed = {view.profile.key for view in page.items}
            heard, _ = await live.join(HISTORY, after=cursor)
            seen.append(listed)
            if writing.done():
                break
        await writing
        await live.register("LAST")
        await heard.until(b"LAST")

        told = [event["account"]["key"] for event in await heard.events(len(heard.payloads))]
        assert seen[-1] | set(told) == {*keys, "LAST"}
        assert len(told) == len(set(told))

    live(scene)


def test_changes_of_another_process_come_too(live: Callable[[Scene], None], database_url: str, world: World) -> None:
    async def scene(live: Live) -> None:
        heard, _ = await live.join(HISTORY)
        elsewhere = World(Database(database_url), world.clock)
        await asyncio.to_thread(register, elsewhere, an_account("THERE"))
        elsewhere.database.dispose()

        assert await heard.keys(1) == ["THERE"]

    live(scene)


def test_the_feed_is_read_by_one_reader(live: Callable[[Scene], None]) -> None:
    async def scene(live: Live) -> None:
        reads: list[str] = []
        original = live.gate.threads.run

        async def counted(call: Any, *args: Any, **kwargs: Any) -> Any:
            reads.append(call.__name__)
            return await original(call, *args, **kwargs)

        live.gate.threads.run = counted  # type: ignore[method-assign] # counts what the hub asks of the store
        heard = [(await live.join(HISTORY, filter={"kinds": ["ASSIGNED"]}))[0] for _ in range(50)]
        await live.register("A")
        await heard[-1].events(1)

        assert reads.count("feed_position") == 1
        assert reads.count("view_accounts") == 1

    live(scene)


def test_what_is_not_taken_is_bounded_and_told() -> None:
    async def scene() -> None:
        waiting = Waiting()
        for _ in range(MOST_WAITING):
            waiting.put(b"x")
        kept = waiting.is_overrun
        waiting.put(b"x")

        assert (kept, waiting.is_overrun, await waiting.take()) == (False, True, None)
        assert len(waiting._messages) == 0

    asyncio.run(scene())


def test_large_messages_are_bounded_by_their_bytes() -> None:
    async def scene() -> None:
        waiting = Waiting()
        waiting.put(b"x" * 2_000_000)
        alone = waiting.is_overrun
        waiting.put(b"x")

        assert (alone, waiting.is_overrun) == (False, True)

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("query", "after"),
    [
        (HISTORY, "x"),
        (HISTORY, "WyJmZWVkIiwxXQ"),
        (HISTORY, RunPosition(1).written()),
        (RUNS, "x"),
        (RUNS, Position(1).written()),
    ],
)
def test_a_cursor_of_another_list_is_refused(live: Callable[[Scene], None], query: str, after: str) -> None:
    async def scene(live: Live) -> None:
        answer = await live.hub.join(live.prepared(query, ADMIN, {"after": after}), Heard())

        assert isinstance(answer, Mapping)
        errors = answer["errors"]
        assert isinstance(errors, list)
        assert errors[0]["extensions"] == {
            "code": "invalid_input",
            "classification": "ValidationError",
            "input": "after",
        }

    live(scene)


def test_events_come_over_http(door: Door, world: World) -> None:
    cursor = door.data("{ liveCursor }")["liveCursor"]
    register(world, an_account("A"))
    refused = door.send("POST", json={"query": HISTORY, "variables": {"after": cursor}})
    query = door.send("POST", json={"query": "{ viewer { name } }"}, headers={"Accept": "text/event-stream"})
    wrong = door.send("POST", json={"query": "{ nonsense }"}, headers={"Accept": "text/event-stream"})

    assert refused.json()["errors"][0]["extensions"]["code"] == "needs_a_stream"
    assert query.headers["content-type"] == "text/event-stream; charset=utf-8"
    answer = '{"data":{"viewer":{"name":"admin"}},"extensions":{"cost":{"requested":1,"limit":100000}}}'
    assert query.text == f"event: next\ndata: {answer}\n\nevent: complete\ndata:\n\n"
    assert '"code":"validation_failed"' in wrong.text


def test_who_may_not_follow_history_is_told_at_the_field(door: Door, token_of: Callable[[Role], str]) -> None:
    error = door.as_token(token_of(Role.INGEST)).error("{ liveCursor }")

    assert (error["path"], error["extensions"]["code"]) == (["liveCursor"], "forbidden")
