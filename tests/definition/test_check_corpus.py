"""Every file of the corpus has exactly the diagnostics that it expects, at their places."""

import pytest

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.definition.diagnostics import Severity
from tests.definition.corpus import Case, broken, good
from tests.definition.folders import folder

PROVED = {
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
    Code.UNUSED_NAME,
}


@pytest.mark.parametrize("case", broken(), ids=lambda case: case.name)
def test_a_broken_definition_has_exactly_the_diagnostics_that_it_expects(case: Case) -> None:
    found = compile_configuration(case.files).diagnostics

    assert case.expected
    assert [(each.code.value, each.span) for each in found] == case.expected


@pytest.mark.parametrize("case", good(), ids=lambda case: case.name)
def test_a_good_definition_compiles_without_errors_and_warnings(case: Case) -> None:
    compiled = compile_configuration(case.files)

    assert {found.severity for found in compiled.diagnostics} <= {Severity.NOTE}
    assert {found.code for found in compiled.diagnostics} <= {Code.UNUSED_NAME, Code.FLAPPING}
    assert compiled.configuration is not None
    assert list(compiled.configuration.machines) == [case.name]


def test_the_corpus_is_as_large_as_it_is_said_to_be() -> None:
    assert (len(broken()), len(good())) == (111, 28)


def test_every_proved_mistake_is_in_the_corpus() -> None:
    assert PROVED - {Code(code) for case in broken() for code, _ in case.expected} == set()


@pytest.mark.parametrize("name", ["demo", "telco"])
def test_the_shipped_machines_have_no_errors_and_no_warnings(name: str) -> None:
    found = compile_configuration(folder(name)).diagnostics

    assert {each.severity for each in found} <= {Severity.NOTE}


def test_a_machine_with_notes_only_can_be_published() -> None:
    case = next(case for case in broken() if case.name == "cta_never_closed")

    assert compile_configuration(case.files).configuration is not None
