"""Diagnostics are shown with their line, a caret and what was probably meant."""

from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.definition.report import report
from tests.definition.samples import SEGMENT, files


def shown(segment: str) -> str:
    given = files(segment=segment)
    return report(compile_configuration(given).diagnostics, given)


def test_nothing_is_shown_when_nothing_is_wrong() -> None:
    assert report((), files()) == ""


def test_a_mistake_is_shown_with_its_line_a_caret_and_a_suggestion() -> None:
    assert shown(SEGMENT.replace("to: at_risk", "to: at_rsk")) == (
        "segments/enterprise.yaml:38:13: error[unknown-stage]: "
        "there is no stage 'at_rsk'; there are: onboarding, adoption, at_risk, churned\n"
        "   38 |         to: at_rsk\n"
        "      |             ^^^^^^\n"
        "  did you mean 'at_risk'?\n"
        "\n"
        "1 error\n"
    )


def test_a_related_place_is_shown_with_its_own_line() -> None:
    assert shown(SEGMENT.replace("stuck: 90d", "stuck: 30d")) == (
        "segments/enterprise.yaml:17:12: error[stuck-before-expected]: "
        "an account in 'onboarding' would be stuck before it is behind; `stuck` is longer than `expected`\n"
        "   17 |     stuck: 30d\n"
        "      |            ^^^\n"
        "segments/enterprise.yaml:16:15: note: expected here\n"
        "   16 |     expected: 60d\n"
        "      |               ^^^\n"
        "\n"
        "1 error\n"
    )


def test_control_characters_of_a_broken_file_are_not_sent_to_the_terminal() -> None:
    assert "\x1b" not in shown(SEGMENT.replace("rank", "\x1b[31mrank").replace("title: E", "title: \x1b[2JE"))


def test_of_a_long_line_only_the_neighbourhood_is_shown() -> None:
    given = {"catalog.yaml": b"x" * 1_000 + b": &here " + b"y" * 100_000}

    text = report(compile_configuration(given).diagnostics, given)

    excerpt, carets = text.splitlines()[1:3]
    assert excerpt == f"    1 | …{'x' * 58}: &here {'y' * 94}…"
    assert carets == f"      | {' ' * 61}{'^' * 100}"


def test_errors_and_warnings_are_counted() -> None:
    text = SEGMENT.replace("trigger: [back], kind: regress}]\n  at_risk", "kind: regress}]\n  at_risk")

    assert shown(text.replace("stuck: 90d", "stuck: 30d")).endswith("\n\n1 error, 1 warning\n")
