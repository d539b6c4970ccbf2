"""What a process tells about itself while a command runs."""

import secrets

from lifecycle_fsm.settings import Settings, secrets_of
from lifecycle_fsm.telemetry.logs import LogPlan, set_up_logs


def begin_logs(settings: Settings) -> None:
    """Let the process log as the settings say."""
    set_up_logs(LogPlan(settings.log_level, settings.log_format, log_key(settings), secrets_of(settings)))


def log_key(settings: Settings) -> bytes:
    """The key of pseudonyms: that of the settings, or one that nobody knows and that ends with the process."""
    given = settings.log_key
    return secrets.token_bytes(32) if given is None else given.get_secret_value().encode()
