"""A machine is written down and read back without a difference."""

import orjson
import pytest

from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.definition.render import canonical, document
from lifecycle_fsm.definition.render_catalog import catalog_document
from lifecycle_fsm.definition.restore import catalog_from_document, machine_from_document
from lifecycle_fsm.definition.yaml_text import as_yaml
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.engine.machine import Machine
from tests.definition.samples import CATALOG, SEGMENT, files


def compiled(segment: str = SEGMENT, catalog: str = CATALOG) -> Machine:
    configuration = compile_configuration(files(segment=segment, catalog=catalog)).configuration
    assert configuration is not None
    return configuration.machines["enterprise"]


def test_the_digest_of_the_sample_stays() -> None:
    assert compiled().digest == "f761a871615d52d0b344b7f0a369b7d9fbb8936783845c15a60ab50bcbaff14d"


@pytest.mark.parametrize(
    "same",
    [
        "# A comment.\n" + SEGMENT,
        SEGMENT.replace("    expected: 60d\n    stuck: 90d\n", "    stuck: 90d\n    expected: 60d\n"),
        SEGMENT.replace("{measure: health.score, at_least: 60}", "{at_least: 60.0, measure: health.score}"),
        SEGMENT.replace("within: 14d", "within: 2w").replace("trigger: [auto]", "trigger: auto"),
        SEGMENT.replace("{type: risk, status: open}", "{status: open, type: risk}"),
        SEGMENT.replace("segment: enterprise", "rank: 100\nsegment: 'enterprise'"),
    ],
)
def test_the_way_of_writing_does_not_change_the_digest(same: str) -> None:
    assert same != SEGMENT
    assert compiled(same).digest == compiled().digest


@pytest.mark.parametrize(
    "other",
    [
        SEGMENT.replace("at_least: 60}", "at_least: 61}"),
        SEGMENT.replace("priority: 10\n", "priority: 11\n"),
        SEGMENT.replace("min_dwell: 1d", "min_dwell: 2d"),
        SEGMENT.replace("    usage.wau_ratio:  {weight: 2", "    usage.wau_ratio:  {weight: 1"),
        SEGMENT.replace("open_cta: usage_dropped", "open_cta: stage_overdue"),
    ],
)
def test_another_rule_changes_the_digest(other: str) -> None:
    assert other != SEGMENT
    assert compiled(other).digest != compiled().digest


def test_vocabulary_that_is_not_used_does_not_change_the_digest() -> None:
    more = CATALOG.replace("  account.arr:", "  account.seats: {title: Seats, kind: integer}\n  account.arr:")

    assert compiled(catalog=more).digest == compiled().digest


def test_a_stored_machine_reads_back_with_its_order() -> None:
    machine = compiled()

    again = machine_from_document(orjson.loads(canonical(machine)))

    assert (again, again.digest) == (machine, machine.digest)
    assert list(again.stages) == ["onboarding", "adoption", "at_risk", "churned"]
    assert [measure.key for measure in again.scorecard.measures] == ["setup_completion", "usage.wau_ratio"]


def test_written_yaml_compiles_to_the_same_machine() -> None:
    machine = compiled()
    written = document(machine)

    again = compiled(as_yaml(written["segment"]), as_yaml(written["catalog"]))

    assert (again, again.digest) == (machine, machine.digest)


def test_a_catalog_reads_back() -> None:
    configuration = compile_configuration(files()).configuration
    assert configuration is not None

    again = catalog_from_document(catalog_document(configuration.catalog, configuration.derivations))

    assert again == configuration.catalog


def test_a_document_that_was_damaged_is_refused() -> None:
    written = document(compiled())
    del written["catalog"]

    with pytest.raises(InvalidInput, match="the stored machine cannot be read: a catalog is a table of keys"):
        machine_from_document(written)
