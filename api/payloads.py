"""Results as clients read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from graphql import ExecutionResult, GraphQLError

from api.errors import shown
from lifecycle_fsm.telemetry.trail import request_id

Payload = Mapping[str, object]
"""One answer: `data`, `errors` and `extensions`."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What an operation was counted to cost before it ran, and what one may cost; a limit of 0 is none."""

    requested: int
    limit: int

    def shown(self, actual: int | None = None) -> dict[str, int | None]:
        """The cost as `extensions.cost` has it, with what it came to where that is known."""
        shown = {"requested": self.requested, "limit": self.limit or None}
        return shown if actual is None else {**shown, "actual": actual}


@dataclass(frozen=True, slots=True)
class Answered:
    """The data of a query that had no error, as JSON."""

    data: bytes


def written(result: Answered | ExecutionResult, extensions: Mapping[str, object] | None = None) -> Payload:
    """A result as clients read it, for orjson to write; there is no `data` where nothing ran."""
    payload = _written(result)
    return payload if extensions is None or "data" not in payload else {**payload, "extensions": extensions}


def _written(result: Answered | ExecutionResult) -> Payload:
    if isinstance(result, Answered):
        return {"data": orjson.Fragment(result.data)}
    errors = result.errors or []
    if result.data is None and all(error.path is None for error in errors):
        return not_run(errors)
    payload: dict[str, object] = {"data": result.data}
    if errors:
        own_id = request_id()
        payload["errors"] = [shown(error, own_id) for error in errors]
    return payload


def not_run(errors: Sequence[GraphQLError]) -> Payload:
    """The answer to a request that did not run."""
    own_id = request_id()
    return {"errors": [shown(error, own_id) for error in errors]}
