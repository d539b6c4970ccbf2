"""Results as clients read them."""

import secrets
from collections.abc import Mapping, Sequence

from graphql import ExecutionResult, GraphQLError

from api.errors import shown

Payload = Mapping[str, object]
"""One answer: `data`, `errors` and `extensions`."""


def written(result: ExecutionResult) -> Payload:
    """A result as clients read it; there is no `data` where nothing ran."""
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
