"""Diagnostics for machines: JSON and SARIF say what the text says."""

import orjson

from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.definition.diagnostics import Diagnostic
from lifecycle_fsm.definition.report_json import report_json
from lifecycle_fsm.definition.sarif import report_sarif
from tests.definition.corpus import broken


def found(name: str) -> tuple[Diagnostic, ...]:
    case = next(case for case in broken() if case.name == name)
    return compile_configuration(case.files).diagnostics


def test_json_has_the_counts_and_every_diagnostic() -> None:
    assert orjson.loads(report_json(found("flapping_renewal"))) == {
        "errors": 0,
        "warnings": 1,
        "notes": 0,
        "diagnostics": [
            {
                "code": "flapping",
                "severity": "warning",
                "message": "an account can go round adoption → renewal → adoption again and again: "
                "all these conditions can be true at once",
                "file": "segments/flapping_renewal.yaml",
                "line": 28,
                "column": 14,
                "endLine": 28,
                "endColumn": 21,
                "suggestion": None,
                "related": [
                    {
                        "message": "goes on with this",
                        "file": "segments/flapping_renewal.yaml",
                        "line": 23,
                        "column": 14,
                        "endLine": 23,
                        "endColumn": 26,
                    }
                ],
                "example": {"as_of": "2026-01-01T12:00Z", "fact.renewal_on": "2026-03-03"},
            }
        ],
    }


def test_nothing_wrong_is_an_empty_list() -> None:
    assert orjson.loads(report_json(())) == {"errors": 0, "warnings": 0, "notes": 0, "diagnostics": []}


def test_sarif_has_a_rule_for_each_code_and_a_result_for_each_diagnostic() -> None:
    (run,) = orjson.loads(report_sarif(found("overlap_of_named_trigger"), "1.2.3"))["runs"]

    assert run["tool"]["driver"] == {
        "name": "lifecycle-fsm",
        "version": "1.2.3",
        "rules": [{"id": "overlapping-exits", "shortDescription": {"text": "Overlapping exits"}}],
    }
    (result,) = run["results"]
    region = {"startLine": 36, "startColumn": 14, "endLine": 36, "endColumn": 26}
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("overlapping-exits", 0, "error")
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "segments/overlap_of_named_trigger.yaml"},
                "region": region,
            }
        }
    ]
    assert [each["message"]["text"] for each in result["relatedLocations"]] == ["the other"]
    assert result["properties"] == {"example": {"fact.status": "paused"}}


def test_sarif_puts_the_suggestion_into_the_message() -> None:
    (run,) = orjson.loads(report_sarif(found("unknown_fact"), "1.2.3"))["runs"]

    assert run["results"][0]["message"]["text"].endswith("; did you mean 'status'?")


def test_sarif_without_diagnostics_is_an_empty_run() -> None:
    document = orjson.loads(report_sarif((), "1.2.3"))

    assert (document["version"], document["runs"][0]["results"]) == ("2.1.0", [])
