"""Faults as clients see them: ours and those of validation in full, anything else behind a request id."""

import logging
from collections.abc import Mapping

from graphql import GraphQLError

from api.refusals import RequestRefused
from lifecycle_fsm.domain.errors import InvalidInput, LifecycleError, StoreFailed
from lifecycle_fsm.telemetry import metrics
from lifecycle_fsm.telemetry.trail import note

Shown = dict[str, object]
"""One entry of `errors` in an answer."""

_OURS = "DataFetchingException"
_THEIRS = "ValidationError"
_UNAVAILABLE = 503
_LOG = logging.getLogger("api")


def shown(error: GraphQLError, request_id: str) -> Shown:
    """
    Write an error for the client.

    `extensions.code` says what was wrong; `extensions.classification` whether the
    request (`ValidationError`) or the server (`DataFetchingException`) was at fault.
    """
    cause = error.original_error
    count_error(_code(error, cause), "failed" if error.path else "refused")
    if isinstance(cause, LifecycleError):
        return {**error.formatted, "message": cause.message, "extensions": _about(cause)}
    if cause is None or isinstance(cause, GraphQLError):
        extensions = {"code": "bad_request", "classification": _THEIRS, **(error.extensions or {})}
        return {**error.formatted, "extensions": extensions}
    at = ".".join(map(str, error.path or ()))
    _LOG.error("a field failed", exc_info=cause, extra={"fields": {"request": request_id, "path": at}})
    return {**error.formatted, **internal_error(request_id)}


def internal_error(request_id: str) -> Shown:
    """The one answer to a fault that says nothing about its cause."""
    message = f"Something went wrong on our side; the log has the details under request {request_id}."
    extensions = {"code": "internal_error", "classification": _OURS, "requestId": request_id}
    return {"message": message, "extensions": extensions}


def refused_error(refused: RequestRefused) -> Shown:
    """The error of a request that was turned away as a whole."""
    count_error(refused.code)
    blamed = _OURS if refused.status == _UNAVAILABLE else _THEIRS
    extensions = {"code": refused.code, "classification": blamed, **refused.extensions}
    return {"message": refused.message, "extensions": extensions}


def count_error(code: str, outcome: str = "refused") -> None:
    """Count an error that a client is told, and name it in the line of its request."""
    metrics.ERRORS.labels(metrics.CODES.label(code)).inc()
    note(code=code, outcome=outcome)


def _code(error: GraphQLError, cause: Exception | None) -> str:
    if isinstance(cause, LifecycleError):
        return cause.code
    if cause is None or isinstance(cause, GraphQLError):
        return str((error.extensions or {}).get("code", "bad_request"))
    return "internal_error"


def _about(cause: LifecycleError) -> Mapping[str, object]:
    classification = _OURS if isinstance(cause, StoreFailed) else _THEIRS
    about: dict[str, object] = {"code": cause.code, "classification": classification}
    if cause.retryable:
        about["retryable"] = True
    if isinstance(cause, InvalidInput) and cause.path:
        about["input"] = cause.path
    return about
