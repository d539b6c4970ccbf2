"""The guide to health says what is so: its tables are computed, its queries are valid."""

import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from api.export import SCHEMA_FILE
from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.domain.catalog import MeasureSpec
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.scorecard import ScoredMeasure, band_of, measure_score
from lifecycle_fsm.domain.scoring import explain
from tests.worlds import definitions

GUIDE = (Path(__file__).parents[1] / "docs" / "health.md").read_text(encoding="utf-8")


def table(head: str) -> list[list[str]]:
    """The rows of the table with this head."""
    (body,) = re.findall(rf"^\| {re.escape(head)} \|\n\|[-|]+\|\n((?:\|.*\|\n)+)", GUIDE, re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines()]


def test_the_scores_and_bands_of_the_guide_are_those_of_the_formula() -> None:
    measure = ScoredMeasure("any", 1.0, healthy=80.0, neutral=50.0, minimum=0.0, maximum=100.0)

    for value, score, band in table("value | score | band"):
        found = measure_score(measure, float(value))
        assert found == pytest.approx(float(score), abs=1e-3)
        assert band_of(found).value == band


def test_the_example_of_the_guide_adds_up() -> None:
    configuration = compile_configuration(definitions("health")).configuration
    assert configuration is not None
    machine, rows = configuration.machines["direct"], table("measure | value | score | points")
    values: dict[str, Value] = {}
    for name, value, _, _ in rows[:-1]:
        spec: MeasureSpec = machine.catalog.measures[name]
        values[spec.field.key] = float(value)

    found = explain(machine.cards["onboarding"], values, 0)

    assert [(each.measure.key, each.score, each.points) for each in found.contributions] == [
        (name, float(score), float(points)) for name, _, score, points in rows[:-1]
    ]
    assert found.health.score == float(rows[-1][2]) == sum(float(row[3]) for row in rows[:-1])


def test_the_queries_of_the_guide_are_valid() -> None:
    documents = re.findall(r"```graphql\n(.*?)```", GUIDE, re.DOTALL)
    schema = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))

    assert len(documents) == 3
    assert [validate(schema, parse(document)) for document in documents] == [[]] * 3
