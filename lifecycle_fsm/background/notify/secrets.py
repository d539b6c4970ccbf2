"""Secrets read from where the configuration says they stand, and never kept anywhere else."""

import os
from base64 import b64decode
from binascii import Error as NotBase64
from pathlib import Path

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.notification import Secret

PREFIX = "whsec_"
_FEWEST_BYTES, _MOST_BYTES = 24, 64


def read_secret(secret: Secret) -> str:
    """
    Give a secret's text.

    Raises:
        InvalidInput: it is not where it should be; the message says where, not what.
    """
    try:
        text = Path(secret.file).read_text(encoding="utf-8") if secret.file else os.environ[secret.env or ""]
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise InvalidInput(f"there is no secret in the {secret}; put it there", path="notifications") from error
    return text.strip()


def read_signing_key(secret: Secret) -> bytes:
    """
    Give the key of a webhook: `whsec_` and the base64 of 24 to 64 bytes.

    Raises:
        InvalidInput: it is none, or not where it should be.

    Source: Standard Webhooks, "Signature scheme".
    """
    text = read_secret(secret)
    try:
        key = b64decode(text.removeprefix(PREFIX), validate=True)
    except NotBase64:
        key = b""
    if not text.startswith(PREFIX) or not _FEWEST_BYTES <= len(key) <= _MOST_BYTES:
        expected = f"expected {PREFIX} and the base64 of {_FEWEST_BYTES} to {_MOST_BYTES} bytes"
        raise InvalidInput(f"the {secret} holds no signing key; {expected}", path="notifications")
    return key
