"""What a sender of rows is told: counts, and the rows that were refused."""

from collections import Counter
from dataclasses import dataclass, field

import orjson
from starlette.responses import Response

from api.errors import count_error
from api.refusals import RETRY_AFTER_SECONDS, RequestRefused
from lifecycle_fsm.domain.errors import (
    Forbidden,
    IdempotencyConflict,
    InvalidInput,
    LifecycleError,
    ReadOnly,
    StoreFailed,
)
from lifecycle_fsm.domain.refused_row import steps_of
from lifecycle_fsm.services.intake.batch import REJECTED, Taken

LISTED = 1_000

_STATUS: dict[type[LifecycleError], int] = {
    Forbidden: 403,
    IdempotencyConflict: 409,
    InvalidInput: 400,
    StoreFailed: 503,
    ReadOnly: 503,
}


@dataclass(slots=True)
class Tally:
    """Add up batches; only the first 1,000 problems are kept."""

    rows: int = 0
    replayed: bool = True
    notes: Counter[str] = field(default_factory=Counter)
    problems: list[dict[str, object]] = field(default_factory=list)
    unlisted: int = 0

    def add(self, taken: Taken, rows: int) -> None:
        """Count a batch of so many rows."""
        for problem in taken.problems:
            if len(self.problems) == LISTED:
                self.unlisted += 1
                continue
            self.problems.append(
                {
                    "index": self.rows + problem.index,
                    "path": steps_of(problem.path),
                    "code": problem.code,
                    "message": problem.message,
                }
            )
        self.rows += rows
        self.notes.update(taken.notes)
        self.replayed = self.replayed and taken.replayed

    def answer(self) -> Response:
        """200 when every row was taken, 207 when some were, 422 when none was."""
        rejected = self.notes[REJECTED]
        status = 200 if not rejected else 422 if rejected == self.rows else 207
        return _json(self._counts(), status)

    def stopped(self, error: LifecycleError | RequestRefused) -> Response:
        """Say what stopped the request, and how many rows had been seen to by then: send them all again."""
        if isinstance(error, RequestRefused):
            status, headers = error.status, error.headers
        else:
            status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 400)
            headers = {"Retry-After": RETRY_AFTER_SECONDS} if error.retryable else {}
        count_error(error.code)
        return _json({"code": error.code, "message": error.message, **self._counts()}, status, headers)

    def _counts(self) -> dict[str, object]:
        return {
            "rows": self.rows,
            "accepted": self.rows - self.notes[REJECTED],
            "rejected": self.notes[REJECTED],
            "notes": dict(self.notes),
            "replayed": self.replayed and self.rows > 0,
            "problems": self.problems,
            "problemsUnlisted": self.unlisted,
        }


def refused(error: RequestRefused) -> Response:
    """Turn a request away before any row was read."""
    count_error(error.code)
    return _json({"code": error.code, "message": error.message}, error.status, error.headers)


def _json(payload: dict[str, object], status: int, headers: dict[str, str] | None = None) -> Response:
    given = {"Cache-Control": "no-store", **(headers or {})}
    return Response(orjson.dumps(payload), status, given, media_type="application/json")
