"""Guards in SQL: what the random trees do not reach."""

from itertools import pairwise
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, MetaData, Table, bindparam, make_url

from lifecycle_fsm.domain.fields import Field
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.guards.model import ALWAYS, All, AtLeastOf, Guard, Not, Within
from lifecycle_fsm.guards.sql import condition
from tests.guards.builders import AS_OF, renewal, stage_age

POSTGRESQL = make_url("postgresql+psycopg://").get_dialect()()
SQLITE = make_url("sqlite://").get_dialect()()
HOT = Table("account_state", MetaData(), Column("slot_1", BigInteger), Column("slot_2", BigInteger))


def column(field: Field) -> ColumnElement[Any]:
    return HOT.c.slot_1 if field.key == "stage.entered_at" else HOT.c.slot_2


def on_postgresql(guard: Guard, as_of_ms: ColumnElement[int] | int) -> str:
    expression = condition(guard, column, as_of_ms)
    return str(expression.compile(dialect=POSTGRESQL, compile_kwargs={"literal_binds": True}))


def test_a_bound_on_time_compares_the_bare_column_so_that_an_index_serves() -> None:
    assert on_postgresql(stage_age(Within(14 * DAY_MS)), AS_OF) == f"account_state.slot_1 <= {AS_OF - 14 * DAY_MS}"


def test_the_evaluation_date_may_be_a_parameter() -> None:
    expression = condition(stage_age(Within(DAY_MS)), column, bindparam("as_of", type_=BigInteger()))

    assert str(expression.compile(dialect=SQLITE)) == "account_state.slot_1 <= ? + ?"


def test_no_condition_is_true() -> None:
    assert on_postgresql(ALWAYS, AS_OF) == "true"


def test_nested_counts_grow_with_the_guard_and_do_not_double() -> None:
    guard: Guard = renewal(Within(high=30))
    sizes = []
    for _ in range(6):
        guard = AtLeastOf(1, (guard, All((renewal(Within(0)),))))
        sizes.append(len(on_postgresql(guard, AS_OF)))

    growth = {later - earlier for earlier, later in pairwise(sizes)}

    assert len(growth) == 1


def test_a_negated_count_can_be_asked_whether_it_is_unknown() -> None:
    guard = Not(AtLeastOf(1, (renewal(Within(0)), renewal(Within(high=30)))))

    asked = condition(guard, column, AS_OF).is_(None).compile(dialect=POSTGRESQL)

    # NOT binds looser than IS NULL on PostgreSQL: without the brackets the answer would be turned round.
    assert str(asked).startswith("(NOT (CASE ") or str(asked).startswith("(NOT CASE ")
    assert str(asked).endswith(" END) IS NULL")
