"""A store with one random machine, on which time passes, facts arrive and people act."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lifecycle_fsm.definition.catalog import SCHEMA
from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.cta_work import EditCta
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.domain.moments import DAY_MS, from_ms, to_ms
from lifecycle_fsm.domain.plan import PlanStatus
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.services.apart import Reader
from lifecycle_fsm.services.cta_work import WorkOnCta, work_on_cta
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.fire import FireTransition, fire_transition
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.overrides import EndOverride, OverrideHealth, end_health_override, override_health
from lifecycle_fsm.services.pauses import ClockSet, PauseAccount, ResumeAccount, pause_account, resume_account
from lifecycle_fsm.services.plans import ChangePlan, change_plan
from lifecycle_fsm.services.publish import Authority, Edition, bring_into_force, edition_of
from lifecycle_fsm.services.reachable import read_reachable
from lifecycle_fsm.services.reading import Reading, read_accounts
from lifecycle_fsm.services.record import evaluation_after
from lifecycle_fsm.services.register import AccountRow, register_accounts
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.waiting import find_waiting
from tests.builders import MONDAY
from tests.fakes import Clock
from tests.properties.definitions import CATALOG, Table, machine_of, segments
from tests.worlds import ADMIN, CSM, FEED

Lend = Callable[[], AbstractContextManager[str]]
"""Lends a migrated store without rows."""

KEYS = ("A", "B", "C")
ACCOUNTS = {key: account_id_for(key) for key in KEYS}


def smallest_edition() -> Edition:
    """The catalog with a machine of one stage, to put others in its place."""
    segment = {
        "schema": SCHEMA,
        "segment": "any",
        "applies_to": {"manual": "true"},
        "initial": "a",
        "stages": {"a": {"final": "true"}},
    }
    files = {"catalog.yaml": orjson.dumps(CATALOG), "segments/any.yaml": orjson.dumps(segment)}
    compiled = compile_configuration(files)
    assert compiled.configuration is not None, compiled.diagnostics
    return edition_of(compiled.configuration)


EDITION = smallest_edition()

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Nowhere/Land",
    None,
)
"""Zones whose clocks are turned by an hour, by half of one, and not at all, and what is none."""

accounts = st.sampled_from(KEYS)
measures = st.one_of(
    st.tuples(st.just("depth"), st.sampled_from((0.0, 20.0, 50.0, 75.0, 100.0, None))),
    st.tuples(st.just("usage.ratio"), st.sampled_from((0.0, 0.3, 1.0, None))),
    st.tuples(st.just("usage.logins"), st.sampled_from((-5.0, 0.0, 20.0, 1e6))),
    st.tuples(st.just("sponsor"), st.sampled_from(("weak", "strong", None))),
    st.tuples(st.just("trained"), st.sampled_from((True, False, None))),
)
overridden: st.SearchStrategy[tuple[str | None, Outside]] = st.sampled_from(
    (("depth", 10.0), ("depth", 90.0), ("launch", 0.0), ("sponsor", "strong"), (None, 5.0), (None, 80.0))
)
spans = st.one_of(
    st.sampled_from((1, 1_000, 60_000, 3_600_000, DAY_MS, 30 * DAY_MS)),
    st.integers(1, 400).map(lambda days: days * DAY_MS),
    st.integers(1, 10**9),
)


def facts_near(now: datetime) -> st.SearchStrategy[tuple[str, Outside]]:
    """Facts of every kind, dates around the present."""
    days = st.integers(-400, 400).map(lambda days: (now + timedelta(days=days)).date().isoformat())
    instants = st.integers(-(10**10), 10**10).map(lambda ms: (now + timedelta(milliseconds=ms)).isoformat())
    return st.one_of(
        st.tuples(st.just("arr"), st.sampled_from((0, 5, 1e6))),
        st.tuples(st.just("seats"), st.integers(0, 9)),
        st.tuples(st.just("notice"), st.booleans()),
        st.tuples(st.just("renewal_on"), days),
        st.tuples(st.just("seen_at"), instants),
        st.tuples(st.just("zone"), st.sampled_from(ZONES)),
    )


GROWN: Table = {"any": [{"fact": "arr", "at_least": "5"}, {"days_since": "renewal_on", "between": ["10", "100"]}]}
"""What takes accounts to a second segment, and lets them go again."""


def one_machine(segment: Table, name: str, rule: Table, rank: int) -> Machine:
    """A drawn machine under a name, for the accounts of a rule; accounts land in stages of equal keys."""
    rest = {key: value for key, value in segment.items() if key != "arrivals"}
    written = {**rest, "segment": name, "applies_to": {"when": rule}, "rank": str(rank)}
    return machine_of(orjson.dumps(CATALOG), orjson.dumps(written), name)


class Lives(RuleBasedStateMachine):
    """
    Three accounts under a random machine.

    Some machines never settle: two guards send an account back and forth, or an alert
    both opens and clears. Accounts that an evaluation has just left with more to do
    are `restless` and are not asked to be quiet.
    """

    lend: Lend

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.clock = Clock(MONDAY)
        self.restless: set[UUID] = set()
        self.just_evaluated: set[UUID] = set()
        self.sent = 0

    def teardown(self) -> None:
        self.stack.close()

    @initialize(segment=segments, other=st.none() | segments)
    def begin(self, segment: Table, other: Table | None) -> None:
        url = self.stack.enter_context(type(self).lend())
        self.world = World(Database(url), self.clock)
        self.stack.callback(self.world.database.dispose)
        machines = [one_machine(segment, "any", {"fact": "tier", "is": "gold"}, 20)]
        if other is not None:
            event("two segments")
            machines.append(one_machine(other, "other", GROWN, 10))
        # Not through the checks of publishing: they refuse machines that the engine must bear all the same.
        edition = replace(EDITION, machines=tuple(machines))
        with self.world.database.writing() as connection:
            bring_into_force(connection, edition, Authority("root", self.clock()))
        register_accounts(self.world, FEED, [AccountRow(key, key, "ada", facts={"tier": "gold"}) for key in KEYS], "t")
        self.just_evaluated = set(ACCOUNTS.values())

    @rule(key=accounts, measure=measures, ago=st.sampled_from((0, 0, 1, 40)), later=st.booleans())
    def measure(self, key: str, measure: tuple[str, Outside], ago: int, later: bool) -> None:
        name, value = measure
        row = FactRow(ACCOUNTS[key], value, measure=name, observed_at=self.clock() - timedelta(days=ago))
        self._send(row, later=later)

    @rule(key=accounts, data=st.data(), later=st.booleans())
    def tell(self, key: str, data: st.DataObject, later: bool) -> None:
        name, value = data.draw(facts_near(self.clock()))
        self._send(FactRow(ACCOUNTS[key], value, fact=name), later=later)

    def _send(self, row: FactRow, *, later: bool) -> None:
        world = self.world
        if later:
            world = World(world.database, world.clock, 0, world.shelf)
        result = record_facts(world, FEED, RecordFacts((row,), "t", self._key()))
        assert [each.message for each in result.rows if not each.accepted] == []
        self.just_evaluated.add(row.account)

    @rule(key=accounts, milestone=st.sampled_from(("kickoff", "value")))
    def reach(self, key: str, milestone: str) -> None:
        reach_milestone(self.world, CSM, ReachMilestone(ACCOUNTS[key], milestone, self._key()))
        self.just_evaluated.add(ACCOUNTS[key])

    @rule(key=accounts)
    def fire(self, key: str) -> None:
        fire_transition(self.world, CSM, FireTransition(ACCOUNTS[key], "go", self._key()))
        self.just_evaluated.add(ACCOUNTS[key])

    @rule(key=accounts, outcome=st.sampled_from((CtaOutcome.SUCCESS, CtaOutcome.FAILED)))
    def close(self, key: str, outcome: CtaOutcome) -> None:
        for cta in self._read()[ACCOUNTS[key]].lifecycle.ctas:
            if cta.is_open and cta.id is not None:
                close_cta(self.world, CSM, CloseCta(ACCOUNTS[key], cta.id, outcome, self._key()))
                self.just_evaluated.add(ACCOUNTS[key])
                return

    @rule(key=accounts, flagged=st.booleans())
    def flag(self, key: str, flagged: bool) -> None:
        for cta in self._read()[ACCOUNTS[key]].lifecycle.ctas:
            if cta.is_open and cta.id is not None:
                work = WorkOnCta(ACCOUNTS[key], cta.id, EditCta(flagged=flagged), self._key())
                work_on_cta(self.world, CSM, work)
                self.just_evaluated.add(ACCOUNTS[key])
                return

    @rule(key=accounts, said=overridden, days=st.sampled_from((1, 30, 366)))
    def override(self, key: str, said: tuple[str | None, Outside], days: int) -> None:
        measure, value = said
        until = self.clock() + timedelta(days=days)
        override_health(self.world, CSM, OverrideHealth(ACCOUNTS[key], value, until, "why", self._key(), measure))
        self.just_evaluated.add(ACCOUNTS[key])

    @rule(key=accounts, said=overridden)
    def end_override(self, key: str, said: tuple[str | None, Outside]) -> None:
        end_health_override(self.world, CSM, EndOverride(ACCOUNTS[key], "why", self._key(), said[0]))
        self.just_evaluated.add(ACCOUNTS[key])

    @rule(key=accounts, days=st.sampled_from((1, 30, 366, None)), ahead=st.sampled_from((None, None, 20, 0, -2, -40)))
    def pause(self, key: str, days: int | None, ahead: int | None) -> None:
        since = None if ahead is None else self.clock() + timedelta(days=ahead)
        until = None if days is None else (since or self.clock()) + timedelta(days=days)
        wanted = PauseAccount(ACCOUNTS[key], "why", self._key(), until, since=since)
        try:
            outcome = pause_account(self.world, CSM, wanted)
        except InvalidInput:
            event("it would meet another pause, or come before the account")
            return
        if isinstance(outcome, ClockSet):
            event("paused")
            self.just_evaluated.add(ACCOUNTS[key])

    @rule(key=accounts)
    def resume(self, key: str) -> None:
        if isinstance(resume_account(self.world, CSM, ResumeAccount(ACCOUNTS[key], "why", self._key())), ClockSet):
            self.just_evaluated.add(ACCOUNTS[key])

    @rule(key=accounts, status=st.sampled_from((PlanStatus.ACTIVE, PlanStatus.COMPLETED)))
    def plan(self, key: str, status: PlanStatus) -> None:
        change_plan(self.world, CSM, ChangePlan(ACCOUNTS[key], "onboarding", "Plan", status, self._key()))
        self.just_evaluated.add(ACCOUNTS[key])

    @rule(span=spans)
    def wait(self, span: int) -> None:
        self._turn_to(self.clock() + timedelta(milliseconds=span))

    @rule(early=st.integers(0, 1))
    def wait_for_a_deadline(self, early: int) -> None:
        deadlines = [each.stored.next_check_at for each in self._read().values()]
        upcoming = [at for at in deadlines if at is not None and at > self.clock()]
        if upcoming:
            self._turn_to(max(self.clock(), min(upcoming) - timedelta(milliseconds=early)))

    def _turn_to(self, instant: datetime) -> None:
        self.clock.at = min(from_ms(to_ms(instant)), datetime(2150, 1, 1, tzinfo=MONDAY.tzinfo))
        self.just_evaluated = set()

    @invariant()
    def a_drained_store_is_quiet(self) -> None:
        if not hasattr(self, "world"):
            return
        with self.world.database.reading() as connection:
            waiting = find_waiting(connection, to_ms(self.clock()), 100)
        evaluate_waiting(self.world, ADMIN)
        self.just_evaluated |= {each.account_id for each in waiting}
        for account_id, reading in self._read().items():
            unrest = self._unrest(reading)
            if unrest and account_id in self.just_evaluated:
                self.restless.add(account_id)
                event("restless")
            assert not unrest or account_id in self.restless, unrest
        self._check_sweep()

    @invariant()
    def what_is_in_reach_decides_as_everything_does(self) -> None:
        """An evaluation that reads open CTAs and counts closed ones comes to the same."""
        if not hasattr(self, "world"):
            return
        for later in (timedelta(0), timedelta(minutes=1), timedelta(days=40)):
            at = self.clock() + later
            whole, near = self._read(at), self._read(at, read_reachable)
            for account_id, reading in near.items():
                event(f"counted: {bool(reading.lifecycle.archive and reading.lifecycle.archive.tallies)}")
                assert _told(reading, at) == _told(whole[account_id], at)

    def _unrest(self, reading: Reading) -> str:
        """What the engine would change about the account now."""
        if reading.machine is None:
            return ""
        found = evaluation_after(reading, (), self.clock())
        if found.steps:
            return f"steps {[(step.kind, step.transition, step.subject) for step in found.steps]}"
        if dict(found.lifecycle.held) != dict(reading.lifecycle.held):
            return "a clock"
        return "" if found.health.score == reading.stored.health_score else "health"

    def _check_sweep(self) -> None:
        dry = sweep(self.world, ADMIN, dry_run=True)
        assert dry.set_aside == ()
        assert {each.account_id for each in dry.effects} <= self.restless
        if not self.restless:
            assert dry.candidates == 0

    def _read(self, at: datetime | None = None, read: Reader = read_accounts) -> dict[UUID, Reading]:
        with self.world.database.reading() as connection:
            layout = load_layout(connection)
            return read(self.world, connection, list(ACCOUNTS.values()), layout, at or self.clock())

    def _key(self) -> str:
        self.sent += 1
        return f"key-{self.sent}"


def _told(reading: Reading, as_of: datetime) -> tuple[object, ...]:
    """All that an evaluation comes to, but for the CTAs that are listed."""
    found = evaluation_after(reading, (), as_of)
    steps = [replace(step, lifecycle=replace(step.lifecycle, ctas=(), archive=None)) for step in found.steps]
    still_open = [cta for cta in found.lifecycle.ctas if cta.is_open]
    return (steps, still_open, found.row, found.health, found.held_by_unknown, found.next_check_at)
