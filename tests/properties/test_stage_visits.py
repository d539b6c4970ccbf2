"""Whatever happens to accounts, the visits that reports read are those that the log alone tells."""

from dataclasses import astuple, fields
from uuid import UUID

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from sqlalchemy import select

from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.planning.apply import apply
from lifecycle_fsm.services.planning.content import Existing, Options
from lifecycle_fsm.services.planning.plan import Plan, plan
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.undo import UndoRun, undo_run
from lifecycle_fsm.store.history import load_chain, load_evidence
from lifecycle_fsm.store.tables.machines import machine_version
from lifecycle_fsm.store.tables.visits import stage_visit
from migrations.visits_from_log import LogRow, Visit, visits_of
from tests.properties.chance import chances
from tests.worlds import ADMIN, CSM, Stage, a_stage, definitions

Deed = tuple[str, object]

KEPT = tuple(each.name for each in fields(Visit))
deeds: st.SearchStrategy[list[Deed]] = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.sampled_from((1, 20, 100, 300))),
        st.tuples(st.just("arr"), st.sampled_from((5_000, 50_000, 500_000))),
        st.tuples(st.just("setup"), st.sampled_from((5.0, 60.0, 95.0, 95.0))),
        st.tuples(st.just("depth"), st.sampled_from((0.0, 40.0, 90.0))),
        st.tuples(st.just("notice_given"), st.booleans()),
        st.tuples(st.just("status"), st.sampled_from(("active", "churned"))),
        st.tuples(st.just("undo"), st.integers(0, 2)),
        st.tuples(st.just("rules"), st.sampled_from((60, 120, 200))),
        st.tuples(st.just("sweep"), st.none()),
    ),
    min_size=6,
    max_size=14,
)


def do(stage: Stage, account: UUID, deed: Deed) -> None:
    match deed:
        case ("wait", int(days)):
            stage.clock.turn(days=days)
            evaluate_waiting(stage.world, ADMIN)
        case ("arr" | "status" | "notice_given" as fact, int() | str() as value):
            stage.tell(account, **{fact: value})
        case ("setup", float(setup)):
            stage.send(account, setup_completion=setup)
        case ("depth", float(depth)):
            stage.send(account, usage__feature_depth=depth, usage__wau_ratio=depth / 100)
        case ("undo", int(back)):
            undo(stage, account, back)
        case ("rules", int(days)):
            publish_anew(stage, days)
        case _:
            sweep(stage.world, ADMIN)


def undo(stage: Stage, account: UUID, back: int) -> None:
    with stage.world.database.reading() as connection:
        runs = [link.entry.run_id for link in load_chain(connection, account) if link.entry.run_id is not None]
    if len(runs) > back:
        event(f"undone: {undo_run(stage.world, ADMIN, UndoRun(runs[-1 - back], 'a mistake')).undone}")


def publish_anew(stage: Stage, days: int) -> None:
    """The rules of a segment again with another date, to which its accounts go over."""
    files = definitions("demo")
    text = files["segments/tech_touch.yaml"].decode()
    files["segments/tech_touch.yaml"] = text.replace(
        "renewal_on, at_most: 60}", f"renewal_on, at_most: {days}}}"
    ).encode()
    made = plan(stage.world, ADMIN, files, Options(Existing.EVALUATE))
    if isinstance(made, Plan):
        apply(stage.world, ADMIN, made.digest)


def told_by_log(stage: Stage, account: UUID) -> list[Visit]:
    with stage.world.database.reading() as connection:
        segments = {row.digest: row.segment for row in connection.execute(select(machine_version))}
        inputs = {row.seq: row.inputs for row in load_evidence(connection, account)}
        rows = [
            LogRow(
                link.seq,
                link.entry.kind.value,
                link.entry.to_stage,
                link.entry.transition,
                to_ms(link.entry.effective_at),
                link.entry.machine,
                segments.get(link.entry.machine),
                link.entry.subject,
                None if link.entry.run_id is None else str(link.entry.run_id),
                inputs.get(link.seq),
            )
            for link in load_chain(connection, account)
        ]
    return visits_of(rows, to_ms(stage.see(account).lifecycle.entered_at))


def kept(stage: Stage, account: UUID) -> list[Visit]:
    columns = [stage_visit.c[name] for name in KEPT]
    query = select(*columns).where(stage_visit.c.account_id == account).order_by(stage_visit.c.seq)
    with stage.world.database.reading() as connection:
        return [Visit(*row) for row in connection.execute(query)]


def facts(visit: Visit) -> tuple[object, ...]:
    """A visit without health: the log has it only where a guard read it."""
    return astuple(visit)[:-2]


def check(stage: Stage, examples: int) -> None:
    @chances(examples)
    @given(deeds)
    def run(done: list[Deed]) -> None:
        account = stage.sign(stage.key(), arr=5_000)
        reach_milestone(stage.world, CSM, ReachMilestone(account, "first_login", stage.key()))
        for deed in done:
            do(stage, account, deed)
        found, told = kept(stage, account), told_by_log(stage, account)
        event(f"visits: {min(len(found), 4)}")
        assert [facts(each) for each in found] == [facts(each) for each in told]
        for mine, theirs in zip(found, told, strict=True):
            assert theirs.health_score in (None, mine.health_score)

    run()


def test_visits_are_those_of_the_log(database_url: str) -> None:
    with a_stage(database_url) as stage:
        check(stage, 4)


@pytest.mark.long
def test_visits_are_those_of_many_logs(database_url: str) -> None:
    with a_stage(database_url) as stage:
        check(stage, 75)
