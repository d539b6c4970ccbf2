"""The four forms of a guard have one meaning, on random trees and rows full of nulls."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Double,
    MetaData,
    SmallInteger,
    String,
    Table,
    create_engine,
    insert,
    literal,
    select,
)
from sqlalchemy.types import TypeEngine

from lifecycle_fsm.domain.fields import Field, FieldKind, Value
from lifecycle_fsm.guards.explain import explain
from lifecycle_fsm.guards.model import Guard, Truth, held_parts
from lifecycle_fsm.guards.python import compile_guard
from lifecycle_fsm.guards.reference import judge
from lifecycle_fsm.guards.sql import condition
from tests.properties.guard_trees import STORED, WORLDS, random_guard, random_row, row_for, since_field

ROWS = 100
DEPTH = 4
CONDITIONS_IN_A_STATEMENT = 25

Row = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Case:
    """A guard, an evaluation date, and what the reference says of each row of a world."""

    guard: Guard
    world: int
    as_of_ms: int
    truths: tuple[Truth, ...]

    def rows(self) -> list[Row]:
        return [row_for(self.guard, row) for row in ROWS_OF_WORLD[self.world]]


ROWS_OF_WORLD = [[random_row(Random(seed), world) for seed in range(ROWS)] for world in WORLDS]


@pytest.fixture(scope="module", params=[100, pytest.param(10_000, marks=pytest.mark.long)], ids="{} trees".format)
def cases(request: pytest.FixtureRequest) -> list[Case]:
    return [a_case(seed) for seed in range(request.param)]


def a_case(seed: int) -> Case:
    rng = Random(seed)
    number = rng.randrange(len(WORLDS))
    guard, as_of_ms = random_guard(rng, WORLDS[number], DEPTH), rng.choice(WORLDS[number].instants)
    rows = [row_for(guard, row) for row in ROWS_OF_WORLD[number]]
    return Case(guard, number, as_of_ms, tuple(judge(guard, row, as_of_ms) for row in rows))


def test_the_random_cases_have_each_answer_often(cases: list[Case]) -> None:
    answers = [truth for case in cases for truth in case.truths]

    shares = {truth: answers.count(truth) / len(answers) for truth in (True, False, None)}

    assert all(share > 0.1 for share in shares.values()), shares


def test_generated_python_agrees_with_the_reference(cases: list[Case]) -> None:
    for case in cases:
        rows = case.rows()
        judge_row = compile_guard(case.guard, tuple(rows[0]))

        found = tuple(judge_row(tuple(row.values()), case.as_of_ms) for row in rows)

        assert found == case.truths, (case.guard, case.as_of_ms)


def test_the_explanation_agrees_with_the_reference(cases: list[Case]) -> None:
    for case in cases:
        found = tuple(explain(case.guard, row, case.as_of_ms).truth for row in case.rows())

        assert found == case.truths, (case.guard, case.as_of_ms)


@pytest.mark.parametrize("url", ["sqlite_url", "postgres_url"])
def test_sql_agrees_with_the_reference(url: str, cases: list[Case], request: pytest.FixtureRequest) -> None:
    with stored_rows(request.getfixturevalue(url)) as connection:
        for number, some in chunks(cases):
            found = answers_of(connection, number, [case_condition(case) for case in some])

            for case, truths in zip(some, found, strict=True):
                assert truths == case.truths, (case.guard, case.as_of_ms)


@pytest.mark.parametrize("url", ["sqlite_url", "postgres_url"])
def test_sql_can_be_asked_whether_a_guard_is_unknown(
    url: str, cases: list[Case], request: pytest.FixtureRequest
) -> None:
    with stored_rows(request.getfixturevalue(url)) as connection:
        for number, some in chunks(cases[:400]):
            found = answers_of(connection, number, [case_condition(case).is_(None) for case in some])

            for case, truths in zip(some, found, strict=True):
                assert truths == tuple(truth is None for truth in case.truths), (case.guard, case.as_of_ms)


def chunks(cases: Sequence[Case]) -> Iterator[tuple[int, list[Case]]]:
    for number in range(len(WORLDS)):
        own = [case for case in cases if case.world == number]
        for start in range(0, len(own), CONDITIONS_IN_A_STATEMENT):
            yield number, own[start : start + CONDITIONS_IN_A_STATEMENT]


def sql_type(kind: FieldKind) -> TypeEngine[Any]:
    if kind is FieldKind.NUMBER:
        return Double()
    if kind is FieldKind.TEXT:
        return String()
    return SmallInteger() if kind is FieldKind.FLAG else BigInteger()


TABLE = Table(
    "guard_rows",
    MetaData(),
    Column("world", BigInteger),
    Column("number", BigInteger),
    *(Column(field.key, sql_type(field.kind)) for field in STORED),
    prefixes=["TEMPORARY"],
)


@contextmanager
def stored_rows(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    with engine.connect() as connection:
        TABLE.create(connection)
        for world, rows in enumerate(ROWS_OF_WORLD):
            numbered = [{"world": world, "number": number} | row for number, row in enumerate(rows)]
            connection.execute(insert(TABLE), numbered)
        yield connection
    engine.dispose()


def case_condition(case: Case) -> ColumnElement[bool]:
    """The guard in SQL; every second time the evaluation date is an expression, not a number."""
    physical = {held.since.key: since_field(held).key for held in held_parts(case.guard)}

    def column(field: Field) -> ColumnElement[Any]:
        return TABLE.c[physical.get(field.key, field.key)]

    is_expression = len(repr(case.guard)) % 2 == 0
    return condition(case.guard, column, literal(case.as_of_ms, BigInteger()) if is_expression else case.as_of_ms)


def answers_of(connection: Connection, world: int, conditions: list[ColumnElement[bool]]) -> list[tuple[Truth, ...]]:
    """The answers of each condition, in the order of the rows."""
    labelled = [condition.label(f"answer_{number}") for number, condition in enumerate(conditions)]
    statement = select(*labelled).where(TABLE.c.world == world).order_by(TABLE.c.number)
    rows = connection.execute(statement).all()
    return [tuple(column) for column in zip(*rows, strict=True)]
