"""A segment says where the accounts of its old stages go on."""

from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.domain.landing import Landing, StageClock
from tests.definition.samples import SEGMENT, files

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
