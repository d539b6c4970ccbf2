"""The fixtures that are shipped compile without a word, and say what they promise."""

import csv
from pathlib import Path

import orjson
import pytest

from lifecycle_fsm.definition.configuration import Configuration, compile_configuration
from lifecycle_fsm.definition.diagnostics import Findings, Severity
from lifecycle_fsm.definition.nodes import TableNode, TextNode
from lifecycle_fsm.definition.render import canonical
from lifecycle_fsm.definition.restore import machine_from_document
from lifecycle_fsm.definition.source import read_source
from tests.definition.folders import FIXTURES, folder

TELCO_CSV = Path(__file__).parents[3] / "shared" / "data" / "telco-customer-churn.csv"


def configuration(name: str) -> Configuration:
    compiled = compile_configuration(folder(name))
    assert {found.severity for found in compiled.diagnostics} <= {Severity.NOTE}
    assert compiled.configuration is not None
    return compiled.configuration


def test_the_demo_has_three_segments_in_order_of_rank() -> None:
    machines = configuration("demo").machines

    assert {segment: list(machine.stages) for segment, machine in machines.items()} == {
        "enterprise": [
            "new_customer",
            "kicked_off",
            "onboarding",
            "launched",
            "adoption",
            "renewal",
            "will_churn",
            "churned",
        ],
        "mid_market": ["new_customer", "onboarding", "adoption", "renewal", "will_churn", "churned"],
        "tech_touch": ["onboarding", "adoption", "renewal", "will_churn", "churned"],
    }


def test_every_active_stage_of_the_demo_leads_to_will_churn_and_churned() -> None:
    for machine in configuration("demo").machines.values():
        for stage in machine.stages:
            targets = {transition.target for transition in machine.exits[stage]}

            assert stage == "churned" or targets >= {"will_churn", "churned"} - {stage}


def test_the_demo_has_no_vocabulary_that_is_not_used() -> None:
    demo = configuration("demo")
    used = [machine.catalog for machine in demo.machines.values()]

    for section in ("measures", "facts", "milestones", "reasons", "playbooks", "templates", "plans"):
        assert set(getattr(demo.catalog, section)) == set().union(*(getattr(catalog, section) for catalog in used))


@pytest.mark.parametrize("name", ["demo", "telco"])
def test_every_machine_of_the_fixtures_reads_back(name: str) -> None:
    for machine in configuration(name).machines.values():
        again = machine_from_document(orjson.loads(canonical(machine)))

        assert (again, again.digest, list(again.stages)) == (machine, machine.digest, list(machine.stages))


def telco_map() -> TableNode:
    root = read_source("map.yaml", (FIXTURES / "telco" / "map.yaml").read_bytes(), Findings())
    assert isinstance(root, TableNode)
    return root


def test_the_telco_map_names_what_the_catalog_has() -> None:
    catalog = configuration("telco").catalog
    facts, measures = telco_map().get("facts"), telco_map().get("measures")

    assert isinstance(facts, TableNode)
    assert isinstance(measures, TableNode)
    assert {entry.key.text for entry in facts.entries} == set(catalog.facts)
    assert {entry.key.text for entry in measures.entries} == set(catalog.measures)


@pytest.mark.skipif(not TELCO_CSV.exists(), reason=f"the data set is not at {TELCO_CSV}")
def test_the_telco_map_names_columns_and_values_that_the_file_has() -> None:
    with TELCO_CSV.open(newline="") as file:
        rows = list(csv.DictReader(file))

    for section in ("facts", "measures"):
        table = telco_map().get(section)
        assert isinstance(table, TableNode)
        for entry in table.entries:
            assert isinstance(entry.node, TableNode)
            column, values = entry.node.get("column"), entry.node.get("values")
            assert isinstance(column, TextNode)
            seen = {row[column.text] for row in rows}
            if isinstance(values, TableNode):
                assert {value.key.text for value in values.entries} == seen
