"""Values of settings as people may see them."""

import re

from pydantic import SecretStr

HIDDEN = "***"
_LONGEST = 200
_PASSWORD = re.compile(r"(:/+)([^:/@?#]*):.*@", re.DOTALL)
"""Up to the last `@`, for a password that was not escaped may hold some; a path has one slash of an address' two."""
_IN_QUERY = re.compile(r"([?&](?:password|passwd|pwd|token|secret|key)=)[^&]*", re.IGNORECASE)


def shown(value: object) -> str:
    """A value as people read it, cut after 200 characters; the password of an address is hidden, a secret all of it."""
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return HIDDEN
    text = _PASSWORD.sub(rf"\1\2:{HIDDEN}@", str(value))
    return _IN_QUERY.sub(rf"\1{HIDDEN}", text)[:_LONGEST]
