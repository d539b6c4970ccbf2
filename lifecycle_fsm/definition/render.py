"""Machines to documents, canonical bytes and digests."""

from hashlib import sha256

import orjson

from lifecycle_fsm.definition.document import Document
from lifecycle_fsm.definition.render_catalog import catalog_document
from lifecycle_fsm.definition.render_segment import segment_document
from lifecycle_fsm.engine.machine import Machine


def document(machine: Machine) -> dict[str, Document]:
    """
    Write a machine as tables, lists and texts.

    `segment` and `catalog`, the part of the vocabulary that it uses, are in the words
    of the language; numbers and durations are texts, so that no format changes them.
    `order` says in which order stages, alerts and measures stand, since a reader may
    sort the keys of a table.
    """
    order: dict[str, Document] = {
        "stages": list(machine.stages),
        "alerts": [alert.key for alert in machine.alerts],
        "measures": [measure.key for measure in machine.scorecard.measures],
        "by_stage": {stage: [each.key for each in scored] for stage, scored in machine.scorecard.by_stage.items()},
    }
    if machine.achievements:
        order["milestones"] = [each.milestone for each in machine.achievements]
    return {
        "catalog": catalog_document(machine.catalog, machine.derivations),
        "segment": segment_document(machine),
        "order": order,
    }


def canonical(machine: Machine) -> bytes:
    """The document as RFC 8785 JSON: equal machines have equal bytes."""
    return orjson.dumps(document(machine), option=orjson.OPT_SORT_KEYS)


def digest(machine: Machine) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal: the name of a version."""
    return sha256(canonical(machine)).hexdigest()
