"""Requests that are turned away before any GraphQL runs."""

from collections.abc import Mapping

RETRY_AFTER_SECONDS = "5"
"""When to ask again where the store does not answer, or takes no changes."""


class RequestRefused(Exception):
    """Say which HTTP status, code and message a request gets, and which headers and extensions go with them."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        extensions: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})
        self.extensions = dict(extensions or {})
