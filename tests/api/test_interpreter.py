"""graphql-core as we run it: what it breaks off, it leaves tidy."""

import asyncio
import gc
import warnings

import strawberry
from graphql import execute, parse
from strawberry.utils.await_maybe import await_maybe

from api.execution.interpreter import Interpreter


@strawberry.type
class Box:
    """A thing in a thing, for as long as it is asked for."""

    @strawberry.field
    async def left(self) -> "Box":
        return Box()

    @strawberry.field
    async def right(self) -> "Box":
        return Box()

    @strawberry.field
    async def fails(self) -> int:
        raise ValueError("empty")


@strawberry.type
class Query:
    """The outermost box."""

    @strawberry.field
    async def box(self) -> Box:
        return Box()


LEAF = "left { __typename } right { __typename }"
BRANCH = f"left {{ {LEAF} }} right {{ {LEAF} }}"
DEEP = f"{{ box {{ fails left {{ {BRANCH} }} right {{ {BRANCH} }} }} }}"


def broken_off(executor: type | None) -> list[str]:
    """What Python has to say when a field fails while others below its siblings have not begun."""

    async def ask() -> None:
        schema = strawberry.Schema(Query, execution_context_class=executor)
        found = await await_maybe(execute(schema._schema, parse(DEEP), executor_class=schema.execution_context_class))
        assert (found.data, len(found.errors or ())) == (None, 1)

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        asyncio.run(ask())
        gc.collect()
    return [str(each.message) for each in said]


def test_nothing_that_has_not_begun_is_complained_about() -> None:
    assert broken_off(Interpreter) == []


def test_graphql_core_alone_complains() -> None:
    assert len(broken_off(None)) == 8
