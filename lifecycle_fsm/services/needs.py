"""Which fields of the hot row a machine needs."""

from collections.abc import Iterator

from lifecycle_fsm.domain.fields import Field, measure_field, observed_field
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.guards.model import fields


def fields_of(machine: Machine) -> Iterator[Field]:
    """Every field that conditions read, and the scored measures with their instants where these can go stale."""
    yield from machine.fields
    if machine.assignment.when is not None:
        yield from fields(machine.assignment.when)
    for measure in machine.scorecard.everywhere():
        if measure.is_derived:
            continue
        yield measure_field(measure.key)
        if measure.stale_after_ms is not None:
            yield observed_field(measure_field(measure.key))
