"""The dashboard and the alerts ask for metrics and labels that exist, in PromQL that can be read."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import promql_parser
import pytest
import yaml
from prometheus_client import Metric
from promql_parser import AggregateExpr, BinaryExpr, Expr, LabelModifierType, VectorSelector

from api.app import create_app
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.telemetry import metrics
from lifecycle_fsm.telemetry.lots import Done, Times
from tests.worlds import a_stage

FOLDER = Path(__file__).parents[2] / "fixtures" / "operations"
DASHBOARD: dict[str, Any] = orjson.loads((FOLDER / "dashboard.json").read_bytes())
RULES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
EXPRESSIONS = {f"{panel['title']}/{each['refId']}": each["expr"] for panel in PANELS for each in panel["targets"]}
EXPRESSIONS |= {rule["alert"]: rule["expr"] for rule in RULES}

OF_PROMETHEUS = frozenset({"le", "instance"})
"""Labels that are not ours: the bounds of histograms, and the target that Prometheus scraped."""


@pytest.fixture(scope="module")
def labels(sqlite_url: str) -> dict[str, set[str]]:
    """The labels of every series, by the name that PromQL knows it by."""
    with a_stage(sqlite_url, None) as stage:
        families = list(create_app(stage.world, Settings()).state.measured.collect())
    return dict(pair for family in families for pair in series(family))


def series(family: Metric) -> Iterator[tuple[str, set[str]]]:
    own = set(ALL_LABELS.get(family.name, ()))
    match family.type:
        case "counter":
            yield f"{family.name}_total", own
        case "histogram":
            yield from ((f"{family.name}_{part}", own | {"le"}) for part in ("bucket", "count", "sum"))
        case _:
            yield family.name, own


def declared() -> Iterator[tuple[str, tuple[str, ...]]]:
    from api import scrape  # noqa: PLC0415
    from lifecycle_fsm.services import gauges  # noqa: PLC0415

    for value in vars(metrics).values():
        if hasattr(value, "_labelnames"):
            yield value._name, value._labelnames
        elif isinstance(value, Done | Times):
            yield from ((each.name, each.labels) for each in value.named)
    for each in (*vars(gauges).values(), *vars(scrape).values()):
        if isinstance(each, gauges.Gauge):
            yield each.name, each.labels


ALL_LABELS = dict(declared())


def parts_of(expression: Expr) -> list[Expr]:
    """The expression and all that it is made of."""
    found: list[Expr] = []
    promql_parser.walk(expression, found.append)
    return found


def series_in(expression: Expr) -> set[str]:
    """The series that an expression reads."""
    return {str(each.name) for each in parts_of(expression) if isinstance(each, VectorSelector)}


def chosen_by(part: Expr) -> set[str]:
    """The labels that one part chooses, groups or matches by; of those that it ignores one side may be without."""
    match part:
        case VectorSelector():
            return {each.name for each in part.matchers.matchers}
        case AggregateExpr():
            return set() if part.modifier is None else set(part.modifier.labels)
        case BinaryExpr():
            matching = None if part.modifier is None else part.modifier.matching
            return set() if matching is None or matching.type != LabelModifierType.Include else set(matching.labels)
        case _:
            return set()


@pytest.mark.parametrize("about", EXPRESSIONS)
def test_an_expression_can_be_read_and_asks_for_what_there_is(about: str, labels: dict[str, set[str]]) -> None:
    expression = promql_parser.parse(EXPRESSIONS[about])

    assert series_in(expression) - labels.keys() == set()
    assert wrong_labels(expression, labels) == []


def wrong_labels(expression: Expr, labels: dict[str, set[str]]) -> list[tuple[str, set[str]]]:
    """Parts that choose, group or match by labels that not every series below them has."""
    wrong = []
    for part in parts_of(expression):
        common = set.intersection(*map(labels.__getitem__, found)) if (found := series_in(part)) else set()
        if unknown := chosen_by(part) - OF_PROMETHEUS - common:
            wrong.append((part.prettify(), unknown))
    return wrong


def test_a_label_of_another_metric_is_found(labels: dict[str, set[str]]) -> None:
    told = (
        "sum by (job) (rate(lifecycle_job_runs_total[5m])) > 0 and sum by (code) (rate(lifecycle_errors_total[5m])) > 0"
    )
    right, wrong = promql_parser.parse(told), promql_parser.parse(told.replace("(code)", "(job)"))

    assert wrong_labels(right, labels) == []
    assert [unknown for _, unknown in wrong_labels(wrong, labels)] == [{"job"}]
    assert wrong_labels(promql_parser.parse('lifecycle_errors_total{segment="x"}'), labels) != []


def test_every_metric_of_ours_is_on_the_dashboard(labels: dict[str, set[str]]) -> None:
    shown = {
        name for panel in PANELS for each in panel["targets"] for name in re.findall(r"lifecycle_\w+", each["expr"])
    }
    ours = {name for name in labels if name.startswith("lifecycle_") and not name.endswith(("_count", "_sum"))}

    assert ours - shown == set()


def test_every_legend_names_labels_that_its_expression_keeps() -> None:
    for panel in PANELS:
        for each in panel["targets"]:
            kept = {name for group in re.findall(r"by \(([^)]*)\)", each["expr"]) for name in group.split(", ")}
            assert set(re.findall(r"{{(\w+)}}", each["legendFormat"])) <= kept | OF_PROMETHEUS, panel["title"]


def test_every_alert_says_how_serious_it_is_and_what_to_do() -> None:
    assert [sorted(rule) for rule in RULES] == [["alert", "annotations", "expr", "for", "labels"]] * len(RULES)
    assert {rule["labels"]["severity"] for rule in RULES} == {"critical", "warning"}
    assert all(re.fullmatch(r"\d+[smh]", rule["for"]) for rule in RULES)
    assert all(len(rule["annotations"]["summary"]) > 10 < len(rule["annotations"]["description"]) for rule in RULES)


def test_panels_stand_beside_each_other_with_ids_of_their_own() -> None:
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in PANELS}) == len(PANELS)


def test_wrong_promql_is_refused() -> None:
    with pytest.raises(ValueError, match="unclosed"):
        promql_parser.parse("sum by (code (rate(lifecycle_errors_total[5m]))")
