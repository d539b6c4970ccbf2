"""A folder of definitions is compiled as a whole."""

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.configuration import compile_configuration, is_definition
from lifecycle_fsm.definition.diagnostics import Severity
from tests.definition.samples import CATALOG, SEGMENT, files

BY_ARR = "{when: {all: [{fact: account.arr, at_least: 100000}]}}"


def test_the_files_of_a_configuration_are_known_by_name() -> None:
    names = ["catalog.yaml", "segments/mid_market.yaml", "segments/Mid.yaml", "map.yaml", "segments/a/b.yaml"]

    assert [is_definition(name) for name in names] == [True, True, False, False, False]


def test_segments_stand_in_the_order_of_their_ranks() -> None:
    second = SEGMENT.replace("segment: enterprise", "segment: again\nrank: 7").replace("100000", "1000000")

    compiled = compile_configuration({**files(), "segments/again.yaml": second.encode()})

    assert {found.severity for found in compiled.diagnostics} == {Severity.NOTE}
    assert compiled.configuration is not None
    assert list(compiled.configuration.machines) == ["again", "enterprise"]


def test_two_rules_with_one_rank_are_a_warning() -> None:
    second = SEGMENT.replace("segment: enterprise", "segment: again")

    compiled = compile_configuration({**files(), "segments/again.yaml": second.encode()})

    (found,) = compiled.diagnostics
    assert (found.code, found.severity, found.file) == (Code.SAME_RANK, Severity.WARNING, "segments/enterprise.yaml")
    assert [related.span.file for related in found.related] == ["segments/again.yaml"]


def test_a_catalog_is_needed_and_its_absence_is_not_repeated_for_each_name() -> None:
    compiled = compile_configuration({"segments/enterprise.yaml": SEGMENT.encode()})

    assert [(found.code, found.file) for found in compiled.diagnostics] == [(Code.MISSING_CATALOG, "catalog.yaml")]
    assert compiled.configuration is None


def test_a_segment_is_needed() -> None:
    compiled = compile_configuration({"catalog.yaml": CATALOG.encode()})

    assert [found.code for found in compiled.diagnostics] == [Code.MISSING_SEGMENT]


def test_other_files_are_pointed_out() -> None:
    compiled = compile_configuration({**files(), "segments/Gold.yaml": b"x"})

    (found,) = compiled.diagnostics
    assert (found.code, found.severity, found.file) == (Code.UNEXPECTED_FILE, Severity.WARNING, "segments/Gold.yaml")
    assert compiled.configuration is not None


def test_a_segment_without_stages_is_no_segment() -> None:
    head = SEGMENT[: SEGMENT.index("scorecard:")]

    compiled = compile_configuration(files(segment=head + "stages: {}\n"))

    (found,) = compiled.diagnostics
    assert (found.code, found.line, found.column) == (Code.NO_STAGES, 7, 9)


def test_a_stage_that_cannot_be_left_is_a_warning() -> None:
    segment = SEGMENT[: SEGMENT.index("scorecard:")] + "stages:\n  onboarding: {expected: 3d}\n"

    compiled = compile_configuration(files(segment=segment))

    (found,) = compiled.diagnostics
    assert (found.code, found.severity) == (Code.DEAD_END, Severity.WARNING)
    assert (found.line, found.column, found.end_column) == (8, 3, 13)
    assert compiled.configuration is not None


def test_the_places_of_a_machines_parts_are_found_by_path() -> None:
    draft = compile_configuration(files()).drafts["enterprise"]
    path = "stages.onboarding.transitions.onboarded"

    places = [draft.positions.span(f"{path}.{part}") for part in ("key", "when.all.2", "when.all.4.not", "requires.1")]

    assert [(place.line, place.column) for place in places] == [(24, 14), (33, 15), (35, 20), (28, 34)]


def test_a_part_that_is_not_written_has_the_place_of_what_is_around_it() -> None:
    draft = compile_configuration(files()).drafts["enterprise"]

    place = draft.positions.span("stages.adoption.transitions.churned.after")

    assert (place.line, place.column) == (49, 5)
