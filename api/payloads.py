"""Results as clients read them."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from graphql import ExecutionResult, GraphQLError

from api.errors import shown

Payload = Mapping[str, object]
"""One answer: `data`, `errors` and `extensions`."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The data of a query that had no error, as JSON."""

    data: bytes


def written(result: Answered | ExecutionResult) -> Payload:
    """A result as clients read it, for orjson to write; there is no `data` where nothing ran."""
    if isinstance(result, Answered):
        return {"data": orjson.Fragment(result.data)}
    errors = result.errors or []
    if result.data is None and all(error.path is None for error in errors):
        return not_run(errors)
    payload: dict[str, object] = {"data": result.data}
    if errors:
        request_id = secrets.token_hex(8)
        payload["errors"] = [shown(error, request_id) for error in errors]
    return payload


def not_run(errors: Sequence[GraphQLError]) -> Payload:
    """The answer to a request that did not run."""
    request_id = secrets.token_hex(8)
    return {"errors": [shown(error, request_id) for error in errors]}
