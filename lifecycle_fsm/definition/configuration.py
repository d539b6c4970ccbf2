"""A folder of definitions, compiled as a whole."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from lifecycle_fsm.definition.catalog import compile_catalog
from lifecycle_fsm.definition.checks import check
from lifecycle_fsm.definition.checks.landings import stages_that_lead_nowhere
from lifecycle_fsm.definition.checks.segments import shadowed_segments
from lifecycle_fsm.definition.checks.unused import unused_names
from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft, compile_segment
from lifecycle_fsm.definition.diagnostics import Diagnostic, Findings, Related, Severity
from lifecycle_fsm.definition.nodes import Node, Span
from lifecycle_fsm.definition.render import digest
from lifecycle_fsm.definition.source import read_source
from lifecycle_fsm.definition.vocabulary import Vocabulary
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.engine.machine import Derivation, Machine

CATALOG_FILE = "catalog.yaml"
_SEGMENT_FILE = re.compile(r"segments/([a-z][a-z0-9_]*)\.yaml")


@dataclass(frozen=True, slots=True)
class Configuration:
    """
    The vocabulary and the machines by segment, in the order in which segments take accounts.

    `derivations` say what the derived measures of the catalog follow from.
    """

    catalog: Catalog
    machines: Mapping[str, Machine]
    derivations: Mapping[str, Derivation]


@dataclass(frozen=True, slots=True)
class Compiled:
    """
    What became of a folder of definitions.

    `configuration` is None when a diagnostic is an error. `drafts` are the machines by
    segment with the places of their parts, for those files that could be read.
    """

    configuration: Configuration | None
    diagnostics: tuple[Diagnostic, ...]
    drafts: Mapping[str, Draft]


def is_definition(name: str) -> bool:
    """Whether a file of this name, relative to the folder and with `/`, is part of a configuration."""
    return name == CATALOG_FILE or _SEGMENT_FILE.fullmatch(name) is not None


def compile_configuration(files: Mapping[str, bytes]) -> Compiled:
    """Compile `catalog.yaml` and `segments/*.yaml`, given by their names relative to the folder."""
    findings = Findings()
    _report_unexpected(files, findings)
    root, vocabulary = _catalog(files, findings)
    drafts: dict[str, Draft] = {}
    for name in sorted(filter(_SEGMENT_FILE.fullmatch, files)):
        drafts |= _segment(name, files, vocabulary, findings)
    ordered = sorted(drafts.values(), key=lambda draft: (draft.machine.assignment.rank, draft.machine.segment))
    findings.extend(_same_ranks(ordered))
    if root is not None and not findings.has_errors:
        findings.extend(shadowed_segments(ordered))
        # A mistake elsewhere may be why nothing refers to a name.
        findings.extend(() if findings.sorted() else unused_names(root, vocabulary.catalog, ordered))
        findings.extend(stages_that_lead_nowhere(ordered))
    machines = {draft.machine.segment: draft.machine for draft in ordered}
    configuration = None if findings.has_errors else Configuration(vocabulary.catalog, machines, vocabulary.derivations)
    return Compiled(configuration, findings.sorted(), {draft.machine.segment: draft for draft in ordered})


def _report_unexpected(files: Mapping[str, bytes], findings: Findings) -> None:
    for name in files:
        if not is_definition(name):
            message = "definitions are `catalog.yaml` and `segments/<name>.yaml`; this file is not read"
            findings.warning(Code.UNEXPECTED_FILE, Span(name, 1, 1, 1, 1), message)
    if not any(_SEGMENT_FILE.fullmatch(name) for name in files):
        span = Span("segments", 1, 1, 1, 1)
        findings.error(Code.MISSING_SEGMENT, span, "there is no segment; write one in `segments/<name>.yaml`")


_Read = tuple[Node | None, Vocabulary, tuple[Diagnostic, ...]]
"""What became of a catalog: its nodes, what names may refer to, and what was found in it."""

_Compiled = tuple[Draft | None, tuple[Diagnostic, ...]]
"""What became of a segment, None where it could not be read, and what was found in it."""

_LONGEST = 32_768
"""Texts of more bytes are compiled each time that they come."""


def _catalog(files: Mapping[str, bytes], findings: Findings) -> tuple[Node | None, Vocabulary]:
    content = files.get(CATALOG_FILE)
    if content is None:
        message = "there is no `catalog.yaml`; measures, facts, milestones and CTAs are described in it"
        findings.error(Code.MISSING_CATALOG, Span(CATALOG_FILE, 1, 1, 1, 1), message)
    root, vocabulary, found = _read_catalog(content)
    findings.extend(found)
    return root, vocabulary


def _segment(name: str, files: Mapping[str, bytes], vocabulary: Vocabulary, findings: Findings) -> Mapping[str, Draft]:
    content, catalog = files[name], files.get(CATALOG_FILE)
    if max(len(content), len(catalog or b"")) <= _LONGEST:
        draft, found = _remembered(name, content, catalog)
    else:
        draft, found = _compiled(name, content, vocabulary)
    findings.extend(found)
    return {} if draft is None else {draft.machine.segment: draft}


def _read_catalog(content: bytes | None) -> _Read:
    if content is None:
        return None, Vocabulary(readable=False), ()
    return _read(content) if len(content) <= _LONGEST else _read.__wrapped__(content)


@lru_cache(maxsize=8)
def _read(content: bytes) -> _Read:
    own = Findings()
    root = read_source(CATALOG_FILE, content, own)
    vocabulary = Vocabulary(readable=False) if root is None else compile_catalog(root, own)
    return root, vocabulary, own.sorted()


@lru_cache(maxsize=64)
def _remembered(name: str, content: bytes, catalog: bytes | None) -> _Compiled:
    """A segment compiled once for the same texts: whoever edits one file sends the others as they were."""
    return _compiled(name, content, _read_catalog(catalog)[1])


def _compiled(name: str, content: bytes, vocabulary: Vocabulary) -> _Compiled:
    own = Findings()
    root = read_source(name, content, own)
    draft = None if root is None else compile_segment(root, vocabulary, own)
    if draft is None:
        return None, own.sorted()
    own.extend(_wrong_name(name, draft))
    own.extend(check(draft))
    return replace(draft, machine=replace(draft.machine, digest=digest(draft.machine))), own.sorted()


def _wrong_name(name: str, draft: Draft) -> Iterator[Diagnostic]:
    match = _SEGMENT_FILE.fullmatch(name)
    segment = draft.machine.segment
    if match is not None and match[1] != segment:
        message = f"the file {name!r} describes the segment {match[1]!r}, not {segment!r}"
        yield Diagnostic(
            Code.SEGMENT_NAME, Severity.ERROR, message, draft.positions.span("segment"), suggestion=match[1]
        )


def _same_ranks(ordered: list[Draft]) -> Iterator[Diagnostic]:
    ruled = [draft for draft in ordered if draft.machine.assignment.when is not None]
    for first, second in pairwise(ruled):
        if first.machine.assignment.rank == second.machine.assignment.rank:
            names = f"{first.machine.segment!r} and {second.machine.segment!r}"
            message = f"{names} have the same rank, so an account that both take goes by name; give them ranks"
            span, related = (draft.positions.span("rank") for draft in (second, first))
            yield Diagnostic(Code.SAME_RANK, Severity.WARNING, message, span, (Related("the other", related),))
