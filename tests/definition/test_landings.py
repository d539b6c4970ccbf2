"""A segment says where the accounts of its old stages go on."""

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.domain.landing import Landing, StageClock
from tests.definition.folders import folder
from tests.definition.samples import SEGMENT, files
from tests.services.test_taken_away import FILES, LARGE

MIGRATIONS = """\
migrations:
  launched: adoption
  pilot: {to: onboarding, clock: restart}
"""


def test_old_stages_land_in_present_ones() -> None:
    compiled = compile_configuration(files(segment=SEGMENT + MIGRATIONS))

    assert compiled.drafts["enterprise"].migrations == {
        "launched": Landing("adoption"),
        "pilot": Landing("onboarding", StageClock.RESTART),
    }


def test_a_migration_is_no_part_of_the_version() -> None:
    with_migrations, without = (compile_configuration(files(segment=text)) for text in (SEGMENT + MIGRATIONS, SEGMENT))

    digests = [each.drafts["enterprise"].machine.digest for each in (with_migrations, without)]
    assert digests[0] == digests[1]


def test_a_landing_must_be_a_stage_that_is_there() -> None:
    compiled = compile_configuration(files(segment=SEGMENT + MIGRATIONS.replace("adoption", "adoptoin")))

    (found,) = [each for each in compiled.diagnostics if each.suggestion == "adoption"]
    assert (found.code, found.span.file, found.span.line) == ("unknown-stage", "segments/enterprise.yaml", 59)


def test_every_stage_of_the_demo_leads_somewhere() -> None:
    codes = {each.code for each in compile_configuration(folder("demo")).diagnostics}

    assert Code.LEADS_NOWHERE not in codes


def test_a_stage_that_leads_nowhere_is_named_with_the_text_that_helps() -> None:
    without = LARGE.replace(b"arrivals: {small.trial: {to: grown, clock: restart}}\n", b"")

    found = compile_configuration({**FILES, "segments/large.yaml": without}).diagnostics

    (nowhere, back) = [each for each in found if each.code is Code.LEADS_NOWHERE]
    assert nowhere.message == (
        "accounts of 'small' in 'trial' stay there when this segment takes them: it has no stage of that key; "
        "say where they go on, `arrivals: {small.trial: STAGE}`"
    )
    assert (nowhere.span.file, nowhere.related[0].span.file) == ("segments/large.yaml", "segments/small.yaml")
    assert "of 'large' in 'grown' stay" in back.message
