"""What a process tells about itself while a command runs."""

import logging
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.registry import Collector

from lifecycle_fsm.domain.errors import InvalidInput, LifecycleError
from lifecycle_fsm.settings import Settings, secrets_of
from lifecycle_fsm.telemetry.logs import LogPlan, set_up_logs

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_MISSING = "traces need the extra `otel`: pip install 'lifecycle-fsm[otel]'"
_LOG = logging.getLogger("lifecycle")


def begin_logs(settings: Settings) -> bytes:
    """Let the process log as the settings say, and give the key of its pseudonyms."""
    key = log_key(settings)
    set_up_logs(LogPlan(settings.log_level, settings.log_format, key, secrets_of(settings)))
    return key


class CannotListen(LifecycleError):
    """The address is not ours, or somebody else listens on it."""

    code = "cannot_listen"


@contextmanager
def telling_metrics(settings: Settings, source: Collector) -> Iterator[None]:
    """
    Answer scrapes on the port of their own meanwhile, if there is to be one.

    Raises:
        CannotListen: the port is taken, or the host is not this machine.
    """
    if settings.metrics_port is None:
        yield
        return
    registry = CollectorRegistry()
    registry.register(source)
    try:
        server, thread = start_http_server(settings.metrics_port, settings.metrics_host, registry)
    except OSError as error:
        place = f"{settings.metrics_host} port {settings.metrics_port}"
        raise CannotListen(f"cannot listen on {place} ({error.strerror}); set LIFECYCLE_METRICS_PORT") from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def telling_traces(settings: Settings, key: bytes, standard: Mapping[str, str] = os.environ) -> Iterator[None]:
    """
    Send traces meanwhile, if there is a collector: that of the settings, or of OpenTelemetry's own variables.

    Pseudonyms in them have the key of the log's.

    Raises:
        InvalidInput: the settings name a collector, and what speaks to it is not installed.
    """
    if not _wants_traces(settings, standard):
        yield
        return
    try:
        from lifecycle_fsm.telemetry.sending import TracePlan, sending  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        if settings.traces_endpoint is not None:
            raise InvalidInput(_MISSING, path="LIFECYCLE_TRACES_ENDPOINT") from error
        _LOG.warning("there are no traces, for the extra `otel` is not installed")
        yield
        return
    made = version("lifecycle-fsm")
    plan = TracePlan(settings.traces_endpoint, settings.traces_ratio, settings.traces_service, made, key)
    with sending(plan):
        yield


def _wants_traces(settings: Settings, standard: Mapping[str, str]) -> bool:
    if standard.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    if settings.traces_endpoint is not None:
        return True
    exporter = standard.get("OTEL_TRACES_EXPORTER", "").strip() or "otlp"
    return exporter == "otlp" and any(standard.get(name, "").strip() for name in _ENDPOINTS)


def log_key(settings: Settings) -> bytes:
    """The key of pseudonyms: that of the settings, or one that nobody knows and that ends with the process."""
    given = settings.log_key
    return secrets.token_bytes(32) if given is None else given.get_secret_value().encode()
