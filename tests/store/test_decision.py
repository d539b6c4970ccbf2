"""The decision for all accounts at once is the engine's decision for each of them."""

from collections.abc import Mapping
from random import Random
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lifecycle_fsm.domain.cta import Cta, CtaOutcome, CtaStatus, CtaType
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import Field, FieldKind, Value, fact_field, measure_field, observed_field
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import DAY_MS, day_of, from_ms, to_ms
from lifecycle_fsm.domain.plan import PlanStatus, SuccessPlan
from lifecycle_fsm.engine.advance import next_move
from lifecycle_fsm.engine.evaluate import held_by_unknown
from lifecycle_fsm.engine.holding import remember_held
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.situation import Situation, situation_of
from lifecycle_fsm.guards.model import held_parts
from lifecycle_fsm.store.accounts import NewAccount, Profile, create_accounts
from lifecycle_fsm.store.change import AccountChange, Head, Health
from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.decision import decision
from lifecycle_fsm.store.facts import Observation, record_facts
from lifecycle_fsm.store.layout import Layout, assign_slots
from lifecycle_fsm.store.transitions import save_many
from tests.builders import MONDAY
from tests.properties.definitions import CATALOG, STAGES, Table, machine_of, segments
from tests.store.builders import a_cta

NOW_MS = to_ms(MONDAY)
ACCOUNTS = 24
NUMBERS = (-5.0, 0.0, 0.3, 20.0, 50.0, 75.0, 99.5, 1e6)
ZONES = ("Pacific/Kiritimati", "Asia/Kolkata", "Pacific/Pago_Pago", "Nowhere/Land")
SPANS = (0, 1, DAY_MS, 30 * DAY_MS, 100 * DAY_MS, 500 * DAY_MS)

Answers = Mapping[UUID, tuple[str | None, bool]]
"""By account the transition that fires first, and whether one is held by what is not known."""


FIELDS = (
    *(measure_field(key) for key in ("depth", "usage.ratio", "usage.logins")),
    fact_field("arr", FieldKind.NUMBER),
    fact_field("seats", FieldKind.INTEGER),
    fact_field("notice", FieldKind.FLAG),
    fact_field("renewal_on", FieldKind.DAY),
    fact_field("seen_at", FieldKind.INSTANT),
    fact_field("tier", FieldKind.TEXT),
    fact_field("zone", FieldKind.TEXT),
)


def observed(rng: Random) -> dict[Field, tuple[Value, int]]:
    """Values and the instants of their observation for about two thirds of the fields."""
    known = [field for field in FIELDS if rng.random() < 0.65]
    return {field: (a_value(rng, field), NOW_MS - rng.choice(SPANS)) for field in known}


def a_value(rng: Random, field: Field) -> Value:
    match field.kind:
        case FieldKind.NUMBER:
            return rng.choice(NUMBERS)
        case FieldKind.INTEGER:
            return rng.randrange(12)
        case FieldKind.FLAG:
            return rng.randrange(2)
        case FieldKind.DAY:
            return day_of(NOW_MS) + rng.choice((-400, -1, 0, 1, 200))
        case FieldKind.INSTANT:
            return NOW_MS - rng.choice(SPANS)
        case FieldKind.TEXT:
            return rng.choice(ZONES if field.key == "fact.zone" else ("gold", "no", "#1"))


def facts_of(rng: Random, machine: Machine, seen: Mapping[Field, tuple[Value, int]]) -> Facts:
    values: dict[str, Value] = {}
    for field, (value, at) in seen.items():
        values |= {field.key: value, observed_field(field).key: at}
    before = {f"{key}.before.{window}": rng.choice(NUMBERS) for key, window in machine.baselines if rng.random() < 0.7}
    return Facts({**values, **before})


def a_random_lifecycle(rng: Random, machine: Machine, account_id: UUID) -> Lifecycle:
    entered_at = from_ms(NOW_MS - rng.choice(SPANS))
    digests = [part.since.key.removeprefix("held.") for guard in machine.guards() for part in held_parts(guard)]
    return Lifecycle(
        account_id,
        machine.segment,
        machine.digest,
        rng.choice(STAGES),
        entered_at,
        came_from=rng.choice((None, *STAGES)),
        visits={stage: rng.randrange(4) for stage in STAGES if rng.random() < 0.5},
        milestones={key: from_ms(NOW_MS - rng.choice(SPANS)) for key in ("kickoff", "value") if rng.random() < 0.5},
        ctas=tuple(a_random_cta(rng, number) for number in range(rng.randrange(4))),
        plans=tuple(
            SuccessPlan(account_id, "onboarding", "Plan", status, MONDAY) for status in PlanStatus if rng.random() < 0.3
        ),
        held={digest: from_ms(NOW_MS - rng.choice(SPANS)) for digest in digests if rng.random() < 0.5},
    )


def a_random_cta(rng: Random, number: int) -> Cta:
    closed = rng.random() < 0.5
    return a_cta(
        f"1.{number}",
        f"identity {number}",
        template=rng.choice(("call", "rescue")),
        type=rng.choice((CtaType.RISK, CtaType.LIFECYCLE)),
        reason=rng.choice(("kickoff", "habits")),
        opened_at=from_ms(NOW_MS - rng.choice(SPANS)),
        status=CtaStatus.CLOSED if closed else CtaStatus.NEW,
        outcome=CtaOutcome.SUCCESS if closed else None,
        closed_at=from_ms(NOW_MS - rng.choice(SPANS)) if closed else None,
    )


def populate(connection: Connection, rng: Random, machine: Machine, layout: Layout) -> list[Situation]:
    """Write accounts as their last evaluation left them."""
    profiles = [Profile(f"decision {number}", "x", MONDAY) for number in range(ACCOUNTS)]
    create_accounts(connection, [NewAccount(each, machine.segment, machine.digest, "", MONDAY) for each in profiles])
    situations: list[Situation] = []
    for account_id in (profile.account_id for profile in profiles):
        values = observed(rng)
        seen = [Observation(account_id, field, value, from_ms(at), "test") for field, (value, at) in values.items()]
        record_facts(connection, seen, layout, MONDAY)
        lifecycle = a_random_lifecycle(rng, machine, account_id)
        situations.append(situation_of(machine, lifecycle, facts_of(rng, machine, values), MONDAY))
    save_many(connection, [as_evaluated(situation) for situation in situations], layout)
    return situations


def as_evaluated(situation: Situation) -> AccountChange:
    health = Health(situation.health.score, situation.health.band)
    return AccountChange(situation.lifecycle, Head(), MONDAY, (), health, None, situation.row)


def answer_of_the_engine(situation: Situation) -> tuple[str | None, bool]:
    timed = remember_held(situation)
    moved = next_move(timed)
    return (None if moved is None else moved.transition.key), bool(held_by_unknown(timed))


def answers_of_the_store(connection: Connection, machine: Machine, layout: Layout) -> Answers:
    rows = connection.execute(decision(machine, layout, NOW_MS))
    return {row.account_id: (row.transition, bool(row.held)) for row in rows}


@pytest.mark.parametrize("url", ["sqlite_url", "postgres_url"])
def test_the_store_decides_as_the_engine_does(url: str, request: pytest.FixtureRequest) -> None:
    database = Database(request.getfixturevalue(url))
    moves: list[str | None] = []

    @given(segments, st.integers(0, 2**32))
    @settings(
        max_examples=40,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    def decides_alike(segment: Table, seed: int) -> None:
        machine, rng = machine_of(orjson.dumps(CATALOG), orjson.dumps(segment)), Random(seed)
        with database.writing() as connection:
            some = [field for field in machine.fields if rng.random() < 0.5]
            layout = assign_slots(connection, some)
            situations = populate(connection, rng, machine, layout)

            found = answers_of_the_store(connection, machine, layout)

            expected = {each.lifecycle.account_id: answer_of_the_engine(each) for each in situations}
            assert found == expected
            moves.extend(key for key, _ in expected.values())
            connection.rollback()

    decides_alike()
    database.dispose()

    assert sum(key is not None for key in moves) > len(moves) / 20
    assert sum(key is None for key in moves) > len(moves) / 20
