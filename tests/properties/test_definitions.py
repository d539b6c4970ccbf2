"""Whatever the language says is written down and read back without a difference."""

import orjson
import pytest
from hypothesis import HealthCheck, given, settings

from lifecycle_fsm.definition.render import canonical, document
from lifecycle_fsm.definition.restore import machine_from_document
from lifecycle_fsm.definition.yaml_text import as_yaml
from tests.properties.definitions import CATALOG, Table, machine_of, segments

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.parametrize("examples", [40, pytest.param(400, marks=pytest.mark.long)])
def test_a_machine_reads_back_from_its_document_its_bytes_and_its_yaml(examples: int) -> None:
    settings(max_examples=examples, deadline=None, suppress_health_check=SLOW)(given(segments)(reads_back))()


def reads_back(segment: Table) -> None:
    machine = machine_of(orjson.dumps(CATALOG), orjson.dumps(segment))
    written = document(machine)

    from_document = machine_from_document(written)
    from_bytes = machine_from_document(orjson.loads(canonical(machine)))
    from_yaml = machine_of(as_yaml(written["catalog"]).encode(), as_yaml(written["segment"]).encode())

    for again in (from_document, from_bytes, from_yaml):
        assert (again, again.digest) == (machine, machine.digest)
        assert list(again.stages) == list(machine.stages)
