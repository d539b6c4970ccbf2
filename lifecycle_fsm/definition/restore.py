"""Documents, such as stored versions, back to machines."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import orjson

from lifecycle_fsm.definition.catalog import compile_catalog
from lifecycle_fsm.definition.compile import compile_segment
from lifecycle_fsm.definition.diagnostics import Findings
from lifecycle_fsm.definition.document import node_of
from lifecycle_fsm.definition.render import digest
from lifecycle_fsm.definition.vocabulary import Vocabulary
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.engine.machine import Machine


@lru_cache(maxsize=256)
def machine_from_text(text: str) -> Machine:
    """
    The machine of a stored version as it was written, one for one text.

    What is kept by machine, such as its guards, is found again without comparing rules.

    Raises:
        InvalidInput: the text is none that `canonical` gives.
        ValueError: it is not JSON.
    """
    return machine_from_document(orjson.loads(text))


def machine_from_document(written: Mapping[str, object]) -> Machine:
    """
    The machine of a document, such as a stored version; keys may come in any order.

    Raises:
        InvalidInput: the document is none that `document` gives.
    """
    findings = Findings()
    catalog, segment = written.get("catalog"), written.get("segment")
    vocabulary = compile_catalog(node_of(catalog), findings)
    draft = compile_segment(node_of(_in_order(segment, written.get("order"))), vocabulary, findings)
    _refuse_mistakes(findings, "machine")
    assert draft is not None
    return replace(draft.machine, digest=digest(draft.machine))


def catalog_from_document(written: Mapping[str, object]) -> Catalog:
    """The catalog of a document; see `vocabulary_from_document`."""
    return vocabulary_from_document(written).catalog


def vocabulary_from_document(written: Mapping[str, object]) -> Vocabulary:
    """
    The catalog of a document, such as a stored version, with what its derived measures follow from.

    Raises:
        InvalidInput: the document is none that `catalog_document` gives.
    """
    findings = Findings()
    vocabulary = compile_catalog(node_of(written), findings)
    _refuse_mistakes(findings, "catalog")
    return vocabulary


def _refuse_mistakes(findings: Findings, what: str) -> None:
    if findings.has_errors:
        problem = "; ".join(found.message for found in findings.sorted())
        raise InvalidInput(f"the stored {what} cannot be read: {problem}", path="document")


def _in_order(segment: object, order: object) -> object:
    """The segment with its tables in the order that the document names."""
    if not isinstance(segment, Mapping) or not isinstance(order, Mapping):
        return segment
    arranged = dict(segment)
    for key in ("stages", "milestones", "alerts"):
        if key in arranged:
            arranged[key] = _arranged(arranged[key], order.get(key))
    scorecard = arranged.get("scorecard")
    if isinstance(scorecard, Mapping):
        arranged["scorecard"] = _scorecard_in_order(scorecard, order)
    return arranged


def _scorecard_in_order(scorecard: Mapping[str, object], order: Mapping[str, object]) -> object:
    by_stage, stages = order.get("by_stage"), scorecard.get("stages")
    arranged = {**scorecard, "measures": _arranged(scorecard.get("measures"), order.get("measures"))}
    if isinstance(stages, Mapping) and isinstance(by_stage, Mapping):
        arranged["stages"] = {key: _arranged(scored, by_stage.get(key)) for key, scored in stages.items()}
    return arranged


def _arranged(table: object, order: object) -> object:
    if not isinstance(table, Mapping) or not isinstance(order, list):
        return table
    first = {key: table[key] for key in order if key in table}
    return {**first, **table}
