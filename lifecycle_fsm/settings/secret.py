"""Which settings are secrets, and the texts that must never be shown."""

from collections.abc import Iterator
from contextlib import suppress
from typing import get_args
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from lifecycle_fsm.settings.model import Settings

SECRETS_OF_TEXT = frozenset(
    name
    for name, field in Settings.model_fields.items()
    if SecretStr in (field.annotation, *get_args(field.annotation))
)
"""Settings that are a secret as a whole."""

ADDRESSES = ("database_url", "workflows_url")
"""Settings that are an address and may hold a password."""


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Every text in the settings, and in the key file that they name, that no log and no error may repeat."""
    return tuple(dict.fromkeys(_secrets(settings)))


def _secrets(settings: Settings) -> Iterator[str]:
    for name in sorted(SECRETS_OF_TEXT):
        value = getattr(settings, name)
        if value is not None:
            yield value.get_secret_value()
    for name in ADDRESSES:
        password = urlsplit(getattr(settings, name) or "").password
        if password:
            yield from (password, unquote(password))
    if settings.signing_key is not None:
        with suppress(OSError):  # whoever signs with it says what is wrong with it
            text = settings.signing_key.read_text(encoding="utf-8").strip()
            yield from (text, text.rpartition("+")[2])
