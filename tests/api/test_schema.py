"""The schema itself: described everywhere, written down, and stable in its forms."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    build_schema,
    specified_scalar_types,
)

from api import export
from api.schema import make_schema

SCHEMA = build_schema(export.SCHEMA_FILE.read_text())
OWN = [
    named for name, named in SCHEMA.type_map.items() if not name.startswith("__") and name not in specified_scalar_types
]


def undescribed(named: GraphQLNamedType) -> Iterator[str]:
    if not named.description:
        yield named.name
    if isinstance(named, GraphQLEnumType):
        yield from (f"{named.name}.{name}" for name, value in named.values.items() if not value.description)
    if isinstance(named, GraphQLInputObjectType):
        yield from (f"{named.name}.{name}" for name, field in named.fields.items() if not field.description)
    if isinstance(named, (GraphQLObjectType, GraphQLInterfaceType)):
        for name, field in named.fields.items():
            if not field.description:
                yield f"{named.name}.{name}"
            yield from (f"{named.name}.{name}({arg})" for arg, given in field.args.items() if not given.description)


def test_everything_is_described() -> None:
    assert [name for named in OWN for name in undescribed(named)] == []


def test_descriptions_are_sentences() -> None:
    fields = [field for named in OWN if isinstance(named, GraphQLObjectType) for field in named.fields.values()]

    assert [field.description for field in fields if not str(field.description).endswith(".")] == []


def test_every_text_says_how_long_it_may_be() -> None:
    unbounded = [
        f"{named.name}.{name}"
        for named in OWN
        if isinstance(named, GraphQLInputObjectType)
        for name, field in named.fields.items()
        if str(field.type).rstrip("!") in {"String", "ID"} and "character" not in str(field.description)
    ]

    assert unbounded == []


def test_every_scalar_of_ours_names_its_specification() -> None:
    scalars = {
        named.name: str(named.specified_by_url).split("/")[2] for named in OWN if isinstance(named, GraphQLScalarType)
    }

    assert scalars == {
        "DateTime": "scalars.graphql.org",
        "Duration": "www.rfc-editor.org",
        "JSON": "www.rfc-editor.org",
        "Value": "www.rfc-editor.org",
    }


def test_every_mutation_takes_one_input_and_answers_with_a_union_of_problems() -> None:
    assert SCHEMA.mutation_type is not None
    problem = SCHEMA.type_map["Problem"]
    for name, field in SCHEMA.mutation_type.fields.items():
        result = SCHEMA.type_map[str(field.type).rstrip("!")]
        assert isinstance(result, GraphQLUnionType)
        success, *problems = result.types
        assert list(field.args) == ["input"], name
        assert problem not in success.interfaces, name
        assert all(problem in each.interfaces for each in problems), name


def test_every_node_says_its_id() -> None:
    node = SCHEMA.type_map["Node"]
    nodes = {named.name for named in OWN if isinstance(named, GraphQLObjectType) and node in named.interfaces}

    assert nodes == {
        "Account",
        "ConfigurationPlan",
        "Cta",
        "HistoryRecord",
        "Machine",
        "Publication",
        "Run",
        "Segment",
        "SuccessPlan",
        "Verification",
    }


def test_the_file_is_what_the_code_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert export.main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_the_check_fails_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(export, "SCHEMA_FILE", tmp_path / "schema.graphql")

    missing = export.main(["--check"])
    export.main([])
    same = export.main(["--check"])

    assert (missing, same, export.main(["--nonsense"])) == (1, 0, 2)
    assert capsys.readouterr().err.splitlines() == [
        "api/schema.graphql is not what the code says; run `make schema` and commit it",
        "usage: python -m api.export [--check]",
    ]


def test_the_schema_is_the_same_each_time() -> None:
    assert str(make_schema.__wrapped__()) == str(make_schema())
