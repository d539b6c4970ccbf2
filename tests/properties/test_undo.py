"""Whatever an evaluation does to an account, undoing it gives back the account as it stood."""

from dataclasses import replace
from datetime import timedelta

import orjson
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.begin import Start, begin
from lifecycle_fsm.engine.evaluate import evaluate
from lifecycle_fsm.services.snapshot import restored, snapshot_of
from tests.builders import ACCOUNT, MONDAY
from tests.properties.definitions import CATALOG, Table, machine_of, segments

VALUES: dict[str, st.SearchStrategy[Value]] = {
    "measure.depth": st.floats(0, 100),
    "measure.usage.ratio": st.floats(0, 1),
    "measure.usage.logins": st.floats(-10, 1000),
    "fact.arr": st.floats(0, 1e6),
    "fact.seats": st.integers(0, 9),
    "fact.notice": st.integers(0, 1),
    "fact.renewal_on": st.integers(20400, 20700),
    "fact.seen_at": st.integers(to_ms(MONDAY) - 10**10, to_ms(MONDAY)),
    "fact.tier": st.sampled_from(["gold", "no"]),
}
facts = st.fixed_dictionaries({}, optional=VALUES).map(Facts)


def state(lifecycle: Lifecycle) -> Lifecycle:
    """All but the length of history, the CTAs and plans that are closed, and the clocks of conditions."""
    ctas = tuple(cta for cta in lifecycle.ctas if cta.is_open)
    plans = tuple(plan for plan in lifecycle.plans if plan.status.is_open)
    return replace(lifecycle, revision=0, ctas=ctas, plans=plans)


@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(segments, facts, facts, st.integers(1, 400), st.integers(0, 400))
def test_undo_gives_back_the_account_as_it_stood(
    segment: Table, before: Facts, after: Facts, first: int, second: int
) -> None:
    machine = machine_of(orjson.dumps(CATALOG), orjson.dumps(segment))
    begun = begin(machine, Start(ACCOUNT, "ada", MONDAY), MONDAY).lifecycle
    at = MONDAY + timedelta(days=first)
    stood = evaluate(machine, begun, before, at).lifecycle
    later = at + timedelta(days=second)
    evaluation = evaluate(machine, stood, after, later)

    undone, done = restored(evaluation.lifecycle, snapshot_of(stood), stood.revision + 1, later)

    event(f"steps: {min(len(evaluation.steps), 5)}")
    assert state(undone) == state(stood)
    assert undone.revision == evaluation.lifecycle.revision + 1
    assert bool(done) <= bool(evaluation.steps)
