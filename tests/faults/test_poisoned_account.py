"""One account that cannot be evaluated is set aside, shown, tried again, and spoils nothing for the others."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import insert, update

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.run import AsideCause
from lifecycle_fsm.domain.shard import WHOLE, Shard
from lifecycle_fsm.engine import runner
from lifecycle_fsm.guards.model import Guard, Truth
from lifecycle_fsm.guards.python import CompiledGuard, compile_guard
from lifecycle_fsm.services.evaluate import evaluate_page, evaluate_waiting, somebody_waits
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.observe import FactRow, RowNote
from lifecycle_fsm.services.planning.apply import apply
from lifecycle_fsm.services.planning.content import Existing, Options
from lifecycle_fsm.services.planning.plan import Plan, plan
from lifecycle_fsm.store.runs import SetAside, accounts_set_aside, newest_runs
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.history import transition_log
from tests.worlds import ADMIN, FEED, Stage, a_stage, definitions

KEYS = ("A1", "A2", "A3", "A4", "A5")


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url) as opened:
        yield opened


@pytest.fixture
def accounts(stage: Stage) -> list[UUID]:
    return [stage.sign(key, arr=5_000, csm=None) for key in KEYS]


def poison(stage: Stage, account: UUID) -> None:
    """Leave something behind that no code of ours writes, so that reading the account raises."""
    spoil(stage, account, {"nothing like": ["an alert"]})


def cure(stage: Stage, account: UUID) -> None:
    spoil(stage, account, {})


def spoil(stage: Stage, account: UUID, alerts: dict[str, list[str]]) -> None:
    with stage.world.database.writing() as connection:
        connection.execute(
            update(account_state).where(account_state.c.account_id == account).values(bookkeeping={"alerts": alerts})
        )


def poison_the_write(stage: Stage, account: UUID) -> None:
    """Append a row of history that the account's head does not know of, so that its next row finds its place taken."""
    seq = stage.see(account).lifecycle.revision + 1
    with stage.world.database.writing() as connection:
        connection.execute(
            insert(transition_log).values(
                account_id=account,
                seq=seq,
                kind="refused",
                to_stage="onboarding",
                cause="person",
                effective_at=0,
                recorded_at=0,
                machine="none",
                evaluator="1",
                effects="[]",
                prev_hash=bytes(32),
                hash=bytes(32),
            )
        )


def tell_that_all_churned(stage: Stage, accounts: list[UUID], *, at_once: bool) -> None:
    world = stage.world if at_once else replace(stage.world, small_batch=0)
    rows = tuple(FactRow(account, "churned", fact="account.status") for account in accounts)
    result = record_facts(world, FEED, RecordFacts(rows, "crm", stage.key()))
    assert [row.note for row in result.rows] == [RowNote.RECORDED] * len(accounts)


def set_aside(stage: Stage) -> list[SetAside]:
    with stage.world.database.reading() as connection:
        return list(accounts_set_aside(connection, 10))


def stages_of(stage: Stage, accounts: list[UUID]) -> list[str]:
    return [stage.see(account).lifecycle.stage for account in accounts]


def test_an_account_that_cannot_be_read_is_set_aside_and_shown(stage: Stage, accounts: list[UUID]) -> None:
    tell_that_all_churned(stage, accounts, at_once=False)
    poison(stage, accounts[2])

    summary = evaluate_waiting(stage.world, ADMIN)

    assert (summary.looked_at, summary.moved, summary.failed) == (5, 4, 1)
    with stage.world.database.reading() as connection:
        (run,) = [each for each in newest_runs(connection, 5) if each.summary.failed]
    assert set_aside(stage) == [SetAside(accounts[2], run.id, AsideCause.FAILED, "TypeError", stage.clock())]
    assert (run.summary, run.finished_at) == (summary, stage.clock())


@pytest.fixture
def touchy_guards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every guard of a transition divides by zero for accounts whose setup is 66.6 % complete."""

    def touchy(guard: Guard, keys: Sequence[str]) -> CompiledGuard:
        judge = compile_guard(guard, keys)

        def judged(row: Sequence[Value], as_of_ms: int) -> Truth:
            return judge(row, as_of_ms) if 66.6 not in row else bool(1 // 0)

        return judged

    monkeypatch.setattr(runner, "compile_guard", touchy)
    runner.runner_of.cache_clear()
    yield
    runner.runner_of.cache_clear()


@pytest.mark.usefixtures("touchy_guards")
def test_an_account_for_which_a_guard_raises_is_set_aside_alone(stage: Stage, accounts: list[UUID]) -> None:
    later = replace(stage.world, small_batch=0)
    rows = (
        FactRow(accounts[1], 66.6, measure="setup_completion"),
        FactRow(accounts[1], "churned", fact="account.status"),
    )
    record_facts(later, FEED, RecordFacts(rows, "crm", stage.key()))
    tell_that_all_churned(stage, [accounts[0], *accounts[2:]], at_once=False)

    summary = evaluate_waiting(stage.world, ADMIN)

    assert (summary.looked_at, summary.moved, summary.failed) == (5, 4, 1)
    assert [(each.account_id, each.detail) for each in set_aside(stage)] == [(accounts[1], "ZeroDivisionError")]
    stage.send(accounts[1], setup_completion=70)
    assert stages_of(stage, accounts) == ["churned"] * 5


def test_an_account_that_cannot_be_written_is_set_aside_alone(stage: Stage, accounts: list[UUID]) -> None:
    tell_that_all_churned(stage, accounts, at_once=False)
    poison_the_write(stage, accounts[3])

    summary = evaluate_waiting(stage.world, ADMIN)

    assert (summary.looked_at, summary.moved, summary.failed) == (5, 4, 1)
    assert stages_of(stage, accounts) == ["churned"] * 3 + ["onboarding", "churned"]
    assert [(each.account_id, each.cause) for each in set_aside(stage)] == [(accounts[3], "failed")]


@pytest.mark.parametrize("spoiled", [poison, poison_the_write])
def test_the_senders_batch_is_recorded_all_the_same(
    stage: Stage, accounts: list[UUID], spoiled: Callable[[Stage, UUID], None]
) -> None:
    spoiled(stage, accounts[0])

    tell_that_all_churned(stage, accounts, at_once=True)

    assert stages_of(stage, accounts[1:]) == ["churned"] * 4
    assert [each.account_id for each in set_aside(stage)] == [accounts[0]]
    assert (evaluate_waiting(stage.world, ADMIN).failed, len(set_aside(stage))) == (1, 2)


def test_the_next_run_tries_again_until_the_account_is_cured(stage: Stage, accounts: list[UUID]) -> None:
    tell_that_all_churned(stage, accounts, at_once=False)
    poison(stage, accounts[2])

    runs = [evaluate_waiting(stage.world, ADMIN) for _ in range(3)]
    cure(stage, accounts[2])
    cured = evaluate_waiting(stage.world, ADMIN)
    last = evaluate_waiting(stage.world, ADMIN)

    assert [(run.looked_at, run.failed) for run in runs] == [(5, 1), (1, 1), (1, 1)]
    assert (cured.looked_at, cured.moved, cured.failed) == (1, 1, 0)
    assert last.looked_at == 0
    assert stages_of(stage, accounts) == ["churned"] * 5
    assert [each.account_id for each in set_aside(stage)] == [accounts[2]] * 3


def test_a_worker_passes_over_an_account_that_failed_for_a_while(stage: Stage, accounts: list[UUID]) -> None:
    tell_that_all_churned(stage, accounts, at_once=False)
    poison(stage, accounts[2])

    assert evaluate_page(stage.world, ADMIN, None) is None
    at_once = somebody_waits(stage.world, WHOLE)
    stage.clock.turn(minutes=14)
    later = somebody_waits(stage.world, WHOLE)
    cure(stage, accounts[2])
    stage.clock.turn(minutes=2)
    evaluate_page(stage.world, ADMIN, None)

    assert (at_once, later) == (False, False)
    assert stages_of(stage, accounts) == ["churned"] * 5
    assert len(set_aside(stage)) == 1


def test_every_shard_has_its_own_accounts(stage: Stage, accounts: list[UUID]) -> None:
    tell_that_all_churned(stage, accounts, at_once=False)
    shards = [Shard(index, 3) for index in range(3)]

    for shard in shards:
        waited = [each for each in accounts if shard.first <= each <= shard.last]
        before = stages_of(stage, waited)
        evaluate_page(stage.world, ADMIN, None, shard)
        assert "churned" not in before
        assert stages_of(stage, waited) == ["churned"] * len(waited)

    assert stages_of(stage, accounts) == ["churned"] * 5
    assert shards[0].first.int == 0
    assert shards[2].last.int == 2**128 - 1
    assert [each.first.int - before.last.int for before, each in pairwise(shards)] == [1, 1]


def test_a_roll_out_goes_on_beside_an_account_that_cannot_be_written(stage: Stage, accounts: list[UUID]) -> None:
    poison_the_write(stage, accounts[2])
    files = definitions("demo")
    text = files["segments/tech_touch.yaml"].replace(b"expected: 21d", b"expected: 20d")
    made = plan(stage.world, ADMIN, {**files, "segments/tech_touch.yaml": text}, Options(Existing.EVALUATE))
    assert isinstance(made, Plan)

    done = apply(stage.world, ADMIN, made.digest).roll_out

    assert done is not None
    assert (done.looked_at, done.failed, done.left) == (5, 1, 0)
    newest = [stage.see(each).lifecycle.machine == made.content.machines["tech_touch"] for each in accounts]
    assert newest == [True, True, False, True, True]
    assert [(each.account_id, each.cause) for each in set_aside(stage)] == [(accounts[2], "failed")]
