"""What a process tells about itself while a command runs."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.registry import Collector

from lifecycle_fsm.domain.errors import LifecycleError
from lifecycle_fsm.settings import Settings, secrets_of
from lifecycle_fsm.telemetry.logs import LogPlan, set_up_logs


def begin_logs(settings: Settings) -> None:
    """Let the process log as the settings say."""
    set_up_logs(LogPlan(settings.log_level, settings.log_format, log_key(settings), secrets_of(settings)))


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


def log_key(settings: Settings) -> bytes:
    """The key of pseudonyms: that of the settings, or one that nobody knows and that ends with the process."""
    given = settings.log_key
    return secrets.token_bytes(32) if given is None else given.get_secret_value().encode()
