"""Documents that are too large are refused before anything runs."""

from collections.abc import Callable

import pytest
from graphql import get_introspection_query, parse

from api.app import create_app
from api.limits import Limits, over_limits
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from tests.api.door import Door, a_door

SMALL = Limits(tokens=100, depth=3, fields=6, aliases=2, fragments=3)


def messages(text: str, limits: Limits = SMALL) -> list[str]:
    return [error.message.split(";")[0] for error in over_limits(parse(text), limits)]


def test_a_small_document_is_within_every_limit() -> None:
    assert messages("{ a { b { c } } x: d y: e }") == []


def test_counts_levels_below_fragments() -> None:
    assert messages("{ a { ... on T { b { ...f } } } } fragment f on U { c { d } }") == ["The operation has 4 levels"]


def test_counts_aliases_each_time_a_fragment_is_spread() -> None:
    assert messages("{ a { ...f } b { ...f } } fragment f on T { x: c y: d }") == ["The operation has 4 aliases"]


def test_counts_fields_with_fragments_written_out() -> None:
    assert messages("{ a { ...f } b { ...f } } fragment f on T { c d e }") == ["The operation has 8 fields"]


def test_a_fragment_bomb_is_counted_without_being_written_out() -> None:
    bomb = "{ ...f0 }" + "".join(f" fragment f{n} on T {{ ...f{n + 1} ...f{n + 1} }}" for n in range(60))
    found = messages(f"{bomb} fragment f60 on T {{ a }}", Limits())

    assert found == ["The operation has far too many fields"]


def test_a_cycle_of_fragments_ends() -> None:
    assert messages("{ ...f } fragment f on T { a { ...g } } fragment g on T { ...f }") == []


def test_counts_fragments() -> None:
    many = "".join(f" fragment f{number} on T {{ a }}" for number in range(4))

    assert messages("{ a }" + many) == ["The operation has 4 fragments"]


@pytest.mark.parametrize(
    ("document", "limit", "of"),
    [
        (lambda n: "{a" * n + "}" * n, 16, "levels"),
        (lambda n: "{ " + "a " * n + "}", 1_000, "fields"),
        (lambda n: "{ " + "".join(f"a{i}: b " for i in range(n)) + "}", 50, "aliases"),
    ],
)
def test_documents_may_be_as_large_as_is_written_and_no_larger(
    document: Callable[[int], str], limit: int, of: str
) -> None:
    assert messages(document(limit), Limits()) == []
    assert messages(document(limit + 1), Limits()) == [f"The operation has {limit + 1} {of}"]


def test_a_text_may_have_2000_tokens(door: Door) -> None:
    codes = [door.error("{ viewer { " + "name " * names + "} }")["extensions"]["code"] for names in (1_995, 1_996)]

    assert codes == ["limit_exceeded", "parse_failed"]


@pytest.mark.parametrize(
    "query",
    [
        "{ " + "".join(f"a{n}: viewer {{ name }} " for n in range(51)) + "}",
        "{ viewer { name } " * 500 + "}" * 500,
        "{ viewer { " + "name " * 3_000 + "} }",
        "#\n" * 3_000 + "{ viewer { name } }",
        "query " + "@skip(if: false) " * 1_000 + "{ viewer { name } }",
        "{" * 5_000,
    ],
)
def test_the_door_refuses_attacks(door: Door, query: str) -> None:
    errors = door.ask(query)["errors"]

    assert {error["extensions"]["code"] for error in errors} <= {"limit_exceeded", "parse_failed", "validation_failed"}


def test_an_introspection_in_circles_is_refused(door: Door) -> None:
    circle = "{ __schema { types " + "{ fields { type " * 10 + "{ name }" + " } }" * 10 + " } }"

    assert "errors" in door.ask(circle)


def test_the_schema_may_be_asked_for(door: Door) -> None:
    assert door.data(get_introspection_query())["__schema"]["queryType"]["name"] == "Query"


def test_the_schema_is_kept_where_the_operator_says_so(world: World, settings: Settings, door: Door) -> None:
    closed = create_app(world, settings.model_copy(update={"introspection": False}))

    with a_door(closed, door.token) as shut:
        asked = shut.ask("{ __schema { types { name } } }")
        guessed = shut.error("{ viewr { name } }")

    assert {error["extensions"]["code"] for error in asked["errors"]} == {"validation_failed"}
    assert "data" not in asked
    assert guessed["message"] == "Cannot query field 'viewr' on type 'Query'."
    assert "Did you mean" in door.error("{ viewr { name } }")["message"]
