"""Faults as clients see them: ours and those of validation in full, anything else behind a request id."""

import logging
from collections.abc import Mapping

from graphql import GraphQLError

from lifecycle_fsm.domain.errors import InvalidInput, LifecycleError, StoreFailed

Shown = dict[str, object]
"""One entry of `errors` in an answer."""

_OURS = "DataFetchingException"
_THEIRS = "ValidationError"
_LOG = logging.getLogger("api")


def shown(error: GraphQLError, request_id: str) -> Shown:
    """
    Write an error for the client.

    `extensions.code` says what was wrong; `extensions.classification` whether the
    request (`ValidationError`) or the server (`DataFetchingException`) was at fault.
    """
    cause = error.original_error
    if isinstance(cause, LifecycleError):
        return {**error.formatted, "message": cause.message, "extensions": _about(cause)}
    if cause is None or isinstance(cause, GraphQLError):
        extensions = {"code": "bad_request", "classification": _THEIRS, **(error.extensions or {})}
        return {**error.formatted, "extensions": extensions}
    _LOG.error("request %s failed at %s", request_id, error.path, exc_info=cause)
    return {**error.formatted, **internal_error(request_id)}


def internal_error(request_id: str) -> Shown:
    """The one answer to a fault that says nothing about its cause."""
    message = f"Something went wrong on our side; the log has the details under request {request_id}."
    extensions = {"code": "internal_error", "classification": _OURS, "requestId": request_id}
    return {"message": message, "extensions": extensions}


def plain_error(code: str, message: str) -> Shown:
    """An error of the request as a whole."""
    return {"message": message, "extensions": {"code": code, "classification": _THEIRS}}


def _about(cause: LifecycleError) -> Mapping[str, object]:
    classification = _OURS if isinstance(cause, StoreFailed) else _THEIRS
    about: dict[str, object] = {"code": cause.code, "classification": classification}
    if cause.retryable:
        about["retryable"] = True
    if isinstance(cause, InvalidInput) and cause.path:
        about["input"] = cause.path
    return about
