"""Traces arrive at a collector, by our settings or by OpenTelemetry's, and never stand in the way."""

import sys
import time
from collections.abc import Iterator

import pytest

from lifecycle_fsm.cli.telemetry import telling_traces
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.telemetry.sending import address_of
from lifecycle_fsm.telemetry.traces import NOTHING, are_on, begun, within
from tests.telemetry.collector import Collector, a_collector
from tests.telemetry.recording import KEY


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


VARIABLES = (
    "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS",
    "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SDK_DISABLED", "OTEL_SERVICE_NAME", "OTEL_TRACES_EXPORTER",
    "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG",
)  # fmt: skip


@pytest.fixture
def collector() -> Iterator[Collector]:
    with a_collector() as opened:
        yield opened


def settings(**given: object) -> Settings:
    return Settings.model_validate(given)


def do_something() -> None:
    with begun("job sweep"), within("page"):
        pass


def test_a_collector_of_the_settings_gets_what_was_done(collector: Collector) -> None:
    with telling_traces(settings(traces_endpoint=collector.url, traces_service="lfsm-eu"), KEY):
        do_something()

    page, job = collector.spans
    assert ([page.name, job.name], page.parent_span_id, page.trace_id) == (
        ["page", "job sweep"],
        job.span_id,
        job.trace_id,
    )
    assert collector.paths == ["/v1/traces"]
    assert [each["service.name"] for each in collector.resources] == ["lfsm-eu"]
    assert not are_on()


def test_the_standard_variables_are_enough(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=acme")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
    with telling_traces(Settings(), KEY):
        do_something()
    monkeypatch.setenv("OTEL_SERVICE_NAME", "named-by-the-platform")
    with telling_traces(Settings(), KEY):
        do_something()

    assert len(collector.spans) == 4
    assert {each["x-tenant"] for each in collector.headers} == {"acme"}
    assert [each["service.name"] for each in collector.resources] == ["lifecycle-fsm", "named-by-the-platform"]
    assert {each["deployment.environment.name"] for each in collector.resources} == {"test"}


@pytest.mark.parametrize(
    ("given", "variables", "spans"),
    [
        ({}, {"OTEL_TRACES_SAMPLER": "always_off"}, 0),
        ({}, {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0"}, 0),
        ({"traces_ratio": 1.0}, {"OTEL_TRACES_SAMPLER": "always_off"}, 2),
        ({"traces_ratio": 0.0}, {}, 0),
        ({}, {}, 2),
    ],
)
def test_the_share_is_that_of_the_settings_or_of_the_variables(
    collector: Collector,
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, object],
    variables: dict[str, str],
    spans: int,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    with telling_traces(settings(traces_endpoint=collector.url, **given), KEY):
        do_something()

    assert len(collector.spans) == spans


@pytest.mark.parametrize(
    ("given", "variables", "on"),
    [
        ({}, {}, False),
        ({"traces_endpoint": "http://127.0.0.1:9"}, {}, True),
        ({"traces_endpoint": "http://127.0.0.1:9"}, {"OTEL_SDK_DISABLED": "true"}, False),
        ({}, {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:9/v1/traces"}, True),
        ({}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_TRACES_EXPORTER": "none"}, False),
        ({"traces_endpoint": "http://127.0.0.1:9"}, {"OTEL_TRACES_EXPORTER": "none"}, True),
    ],
)
def test_traces_are_on_where_somebody_says_so(
    given: dict[str, object], variables: dict[str, str], on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    with telling_traces(settings(**given), KEY, variables):
        assert are_on() is on


def test_without_the_extra_our_setting_stops_the_start_and_the_platforms_does_not(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delitem(sys.modules, "lifecycle_fsm.telemetry.sending")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)

    with (
        pytest.raises(InvalidInput, match=r"pip install 'lifecycle-fsm\[otel\]'"),
        telling_traces(settings(traces_endpoint="http://127.0.0.1:9"), KEY),
    ):
        pass
    with telling_traces(Settings(), KEY, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}):
        assert begun("job sweep") is NOTHING

    assert "there are no traces, for the extra `otel` is not installed" in caplog.text


def test_a_collector_that_is_not_there_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    began = time.monotonic()
    with telling_traces(settings(traces_endpoint="http://127.0.0.1:9"), KEY):
        for _ in range(100):
            do_something()
        worked = time.monotonic() - began

    assert worked < 1
    assert time.monotonic() - began < 6


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [
        ("http://collector:4318", "http://collector:4318/v1/traces"),
        ("https://otel.example/tenant/", "https://otel.example/tenant/v1/traces"),
        ("http://collector:4318/v1/traces", "http://collector:4318/v1/traces"),
    ],
)
def test_the_path_is_added_where_it_is_missing(endpoint: str, address: str) -> None:
    assert address_of(endpoint) == address
