"""Two versions compared part by part."""

from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.definition.diff import Change, Edit, Part, PartDiff, diff
from lifecycle_fsm.engine.machine import Machine
from tests.definition.samples import SEGMENT, files


def machine(*changes: tuple[str, str]) -> Machine:
    """The sample, with texts of it replaced."""
    segment = SEGMENT
    for old, new in changes:
        assert old in segment
        segment = segment.replace(old, new)
    compiled = compile_configuration(files(segment=segment))
    assert compiled.configuration is not None, compiled.diagnostics
    return compiled.configuration.machines["enterprise"]


def test_equal_machines_have_no_difference() -> None:
    assert diff(machine(), machine()) == ()


def test_a_threshold_is_named_by_its_path_with_the_old_and_the_new_value() -> None:
    found = diff(machine(), machine(("at_least: 60}", "at_least: 70}")))

    edit = Edit("when.all.0.at_least", "60", "70")
    assert found == (PartDiff(Part.TRANSITION, "onboarding.onboarded", Change.CHANGED, (edit,)),)


def test_parts_come_by_kind_and_each_with_its_own_edits() -> None:
    changed = machine(
        ("expected: 60d", "expected: 50d"), ("weight: 3", "weight: 4"), ("title: Enterprise c", "title: C")
    )

    found = diff(machine(), changed)

    assert [(each.part, each.key, each.edits) for each in found] == [
        (Part.SEGMENT, "enterprise", (Edit("title", "Enterprise customer lifecycle", "Customer lifecycle"),)),
        (Part.STAGE, "onboarding", (Edit("expected", "60d", "50d"),)),
        (Part.SCORED_MEASURE, "setup_completion", (Edit("weight", "3", "4"),)),
    ]


def test_a_new_alert_brings_its_whole_text() -> None:
    added = ("alerts:\n", "alerts:\n  silent: {when: {measure: usage.logins_30d, below: 1}, open_cta: usage_dropped}\n")

    found = diff(machine(), machine(added))

    text = "{title: Silent, when: {measure: usage.logins_30d, below: 1}, open_cta: [usage_dropped]}"
    assert found == (PartDiff(Part.ALERT, "silent", Change.ADDED, (Edit("", None, text),)),)


def test_a_machine_that_was_not_there_is_added_part_by_part() -> None:
    found = diff(None, machine())

    assert {each.change for each in found} == {Change.ADDED}
    assert [each.key for each in found if each.part is Part.STAGE] == ["onboarding", "adoption", "at_risk", "churned"]
    assert [each.key for each in diff(machine(), None)] == [each.key for each in found]


def test_another_time_zone_is_said_of_the_segment_and_of_what_counts_days() -> None:
    berlin = machine(("initial: onboarding\n", "initial: onboarding\ntime_zone: Europe/Berlin\n"))
    own = machine(("initial: onboarding\n", "initial: onboarding\ntime_zone: {fact: account.status, default: UTC}\n"))

    found = diff(berlin, own)

    edit = Edit("time_zone", "Europe/Berlin", "{fact: account.status, default: UTC}")
    assert found == (PartDiff(Part.SEGMENT, "enterprise", Change.CHANGED, (edit,)),)
