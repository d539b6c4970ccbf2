"""Every mistake has one diagnostic, with its code, at exactly its place."""

import pytest

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.definition.nodes import Span
from tests.definition.broken import IN_CATALOG, IN_SEGMENT, Mistake
from tests.definition.samples import CATALOG, SEGMENT, files

ELSEWHERE = {
    Code.NOT_UTF_8,
    Code.TOO_LARGE,
    Code.TOO_DEEP,
    Code.EMPTY_FILE,
    Code.SYNTAX_ERROR,
    Code.SEVERAL_DOCUMENTS,
    Code.ALIAS_REFUSED,
    Code.TAG_REFUSED,
    Code.MISSING_CATALOG,
    Code.MISSING_SEGMENT,
    Code.UNEXPECTED_FILE,
    Code.SAME_RANK,
    Code.NO_STAGES,
    Code.DEAD_END,
    Code.UNKNOWN_COLUMN,
    Code.NEVER_TRUE,
    Code.ALWAYS_TRUE,
    Code.OVERLAPPING_EXITS,
    Code.SHADOWED_EXIT,
    Code.SHADOWED_SEGMENT,
    Code.LEADS_NOWHERE,
    Code.FLAPPING,
    Code.UNKNOWN_TRAP,
    Code.NEVER_CLEARS,
    Code.CLEARS_AT_ONCE,
    Code.NEVER_REACHED,
    Code.NEVER_CLOSED,
    Code.CTA_SCORE_CYCLE,
    Code.UNUSED_NAME,
    Code.NOT_DECIDED,
}
"""
Codes about whole files, tested in `test_source` and `test_configuration`, those of import
maps, and those that are proved, tested in `test_check_*` and by the corpus of broken files.
"""


def marked(file: str, text: str) -> tuple[str, Span]:
    """Take the marks out of a text and give the place that they stood around."""
    before, rest = text.split("«")
    inside, after = rest.split("»")
    start, end = _place(before), _place(before + inside)
    return before + inside + after, Span(file, *start, *end)


def _place(before: str) -> tuple[int, int]:
    lines = before.split("\n")
    return len(lines), len(lines[-1]) + 1


@pytest.mark.parametrize("mistake", IN_CATALOG, ids=lambda mistake: f"{mistake.code}: {mistake.new}")
def test_a_mistake_in_the_catalog_is_found_once_at_its_place(mistake: Mistake) -> None:
    assert mistake.old in CATALOG
    text, span = marked("catalog.yaml", CATALOG.replace(mistake.old, mistake.new, 1))

    compiled = compile_configuration(files(catalog=text))

    found = [(each.code, each.span, each.suggestion) for each in compiled.diagnostics]
    assert found == [(mistake.code, span, mistake.suggestion)]
    assert compiled.configuration is None


@pytest.mark.parametrize("mistake", IN_SEGMENT, ids=lambda mistake: f"{mistake.code}: {mistake.new}")
def test_a_mistake_in_a_segment_is_found_once_at_its_place(mistake: Mistake) -> None:
    assert mistake.old in SEGMENT
    text, span = marked("segments/enterprise.yaml", SEGMENT.replace(mistake.old, mistake.new, 1))

    compiled = compile_configuration(files(segment=text))

    found = [(each.code, each.span, each.suggestion) for each in compiled.diagnostics]
    assert found == [(mistake.code, span, mistake.suggestion)]


def test_every_code_is_the_answer_to_a_mistake() -> None:
    answered = {mistake.code for mistake in (*IN_CATALOG, *IN_SEGMENT)}

    assert answered | ELSEWHERE == set(Code)


def test_mistakes_in_different_places_are_all_found() -> None:
    text = SEGMENT.replace("expected: 60d", "expected: 60").replace("to: at_risk", "to: at_rsk")
    text = text.replace("below: 40,", "belw: 40,")

    compiled = compile_configuration(files(segment=text))

    assert [(each.code, each.line) for each in compiled.diagnostics] == [
        (Code.WRONG_UNIT, 16),
        (Code.UNKNOWN_STAGE, 38),
        (Code.UNKNOWN_KEY, 42),
    ]


def test_a_mistake_in_a_catalog_entry_is_not_repeated_where_the_entry_is_used() -> None:
    compiled = compile_configuration(files(catalog=CATALOG.replace("unit: logins", "unit: []")))

    assert [(each.file, each.code) for each in compiled.diagnostics] == [("catalog.yaml", Code.WRONG_TYPE)]


def test_an_exit_from_everywhere_is_reported_once() -> None:
    compiled = compile_configuration(files(segment=SEGMENT.replace("is: churned}}", "is: gone}}")))

    assert [each.code for each in compiled.diagnostics] == [Code.INVALID_VALUE]


def test_a_chain_of_loose_stages_is_reported_at_its_beginning() -> None:
    loose = "  lost: {final: true}\n  strayed:\n    transitions: [{key: on, to: lost, trigger: on}]\n"

    compiled = compile_configuration(files(segment=SEGMENT.replace("  churned: {", f"{loose}  churned: {{")))

    assert [(each.code, each.message) for each in compiled.diagnostics] == [
        (Code.UNREACHABLE_STAGE, "no transitions lead from 'onboarding' to the stage 'strayed'")
    ]


def test_a_second_transition_of_the_same_name_points_to_the_first() -> None:
    text = SEGMENT.replace("key: onboarding_risk", "key: onboarded")

    compiled = compile_configuration(files(segment=text))

    (related,) = compiled.diagnostics[0].related
    assert (related.message, related.span.line, related.span.column) == ("first here", 24, 14)
