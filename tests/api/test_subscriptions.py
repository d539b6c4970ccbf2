"""Changes as they happen: none missed, none twice, none for the wrong eyes, each executed once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
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
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.domain.run import RunKind
from lifecycle_fsm.services.browse import page_accounts
from lifecycle_fsm.services.feed import live_cursor
from lifecycle_fsm.services.tokens import Identity
from lifecycle_fsm.services.views import AccountFilter, AccountOrder
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.runs import Run, keep_run
from tests.api.conftest import ADMIN, an_account, register
from tests.api.door import Door
from tests.feeds import BEGINNING, settled

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


def test_nobody_hears_of_accounts_outside_their_portfolio(live: Callable[[Scene], None]) -> None:
    async def scene(live: Live) -> None:
        start = await live.cursor()
        csm = Actor("bob", frozenset({Role.CSM}), Portfolio(csm="bob"))
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


def test_runs_are_followed(live: Callable[[Scene], None], world: World) -> None:
    async def scene(live: Live) -> None:
        begun = Run(new_id(1), RunKind.SWEEP, "root", world.clock(), world.clock())
        await asyncio.to_thread(keep, begun)
        heard, _ = await live.join("subscription { runChanged { kind finishedAt counts { lookedAt } } }")
        going = await heard.events(1)
        other, _ = await live.join("subscription { runChanged { finishedAt } }")
        await other.events(1)
        live.hub._next_runs = 0.0
        await live.hub._deliver_runs()
        await asyncio.to_thread(keep, replace(begun, finished_at=world.clock()))

        assert going == [{"kind": "SWEEP", "finishedAt": None, "counts": {"lookedAt": 0}}]
        assert (await heard.events(2))[1]["finishedAt"] == "2026-03-02T09:00:00Z"

    def keep(run: Run) -> None:
        with world.database.writing() as connection:
            keep_run(connection, run)

    live(scene)


def test_runs_are_chosen_and_those_that_ended_meanwhile_come_first(live: Callable[[Scene], None], world: World) -> None:
    now = world.clock()
    ended = Run(new_id(1), RunKind.SWEEP, "root", now, now - timedelta(hours=2), finished_at=now)
    early = replace(ended, id=new_id(2), finished_at=now - timedelta(hours=1))
    undone = replace(ended, id=new_id(3), kind=RunKind.UNDO, finished_at=None)

    async def scene(live: Live) -> None:
        await asyncio.to_thread(keep, ended, early, undone)
        since = (now - timedelta(minutes=5)).isoformat()
        one = f'runIds: ["{global_id("Run", early.id)}"]'
        shown = "{ id kind }"
        lately, _ = await live.join(f'subscription {{ runChanged(since: "{since}") {shown} }}')
        sweeps, _ = await live.join(
            f'subscription {{ runChanged(filter: {{kinds: [SWEEP]}}, since: "{since}") {shown} }}'
        )
        single, _ = await live.join(f"subscription {{ runChanged(filter: {{{one}}}) {shown} }}")

        both, swept = await lately.events(2), await sweeps.events(1)
        live.hub._next_runs = 0.0
        await live.hub._deliver_runs()
        await asyncio.to_thread(keep, replace(early, finished_at=now))

        assert {each["id"] for each in both} == {global_id("Run", each.id) for each in (ended, undone)}
        assert [each["id"] for each in swept] == [global_id("Run", ended.id)]
        assert [each["id"] for each in await single.events(1)] == [global_id("Run", early.id)]
        assert [each["id"] for each in (await sweeps.events(2))[1:]] == [global_id("Run", early.id)]

    def keep(*runs: Run) -> None:
        with world.database.writing() as connection:
            for run in runs:
                keep_run(connection, run)

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
        async with asyncio.timeout(20):
            while not heard.payloads or b"LAST" not in heard.payloads[-1]:
                heard._more.clear()
                await heard._more.wait()

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


@pytest.mark.parametrize("after", ["x", "WyJmZWVkIiwxXQ"])
def test_a_cursor_of_another_list_is_refused(live: Callable[[Scene], None], after: str) -> None:
    async def scene(live: Live) -> None:
        answer = await live.hub.join(live.prepared(HISTORY, ADMIN, {"after": after}), Heard())

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
