"""POST rows of accounts, facts, measures or milestones."""

from collections.abc import AsyncIterator, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.auth import identity_of, note_actor
from api.ingest.answer import Tally, refused
from api.ingest.body import Limits, read_rows
from api.refusals import RequestRefused
from api.threads import Threads
from lifecycle_fsm.domain.access import Actor, require
from lifecycle_fsm.domain.errors import InvalidInput, LifecycleError
from lifecycle_fsm.services.commands import check_key
from lifecycle_fsm.services.intake.batch import LARGEST_BATCH, NEEDED, Batch, take_batch
from lifecycle_fsm.services.intake.rows import Kind
from lifecycle_fsm.services.tokens import Identity, identity_of_token
from lifecycle_fsm.services.world import World

PATH = "/ingest/v1/{kind}"
LONGEST_KEY = 150
"""A batch adds its number."""


class IngestDoor:
    """
    Answer POST with 200, 207 or 422 for rows that were taken, taken in part, or not at all.

    Rows are written 1,000 at a time, each batch in a transaction of its own, while the
    body is still coming in.
    """

    def __init__(self, world: World, threads: Threads, largest_body: int) -> None:
        self._world = world
        self._threads = threads
        self._limits = Limits(largest_body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI application."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except RequestRefused as error:
            response = refused(error)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        kind = _kind(request)
        actor = (await identity_of(request.headers.get("authorization"), self._look_up)).actor
        note_actor(actor)
        tally = Tally()
        try:
            require(actor, NEEDED[kind])
            source, key = _source(request, actor), _key(request)
            async for rows in _batches(read_rows(request, self._limits)):
                part = None if key is None else f"{key}/{tally.rows // LARGEST_BATCH}"
                batch = Batch(kind, rows, source, part, before=tally.rows)
                tally.add(await self._threads.run(take_batch, self._world, actor, batch), len(rows))
        except (LifecycleError, RequestRefused) as error:
            return tally.stopped(error)
        if not tally.rows:
            raise RequestRefused(422, "invalid_input", "The body has no row; expected at least one.")
        return tally.answer()

    async def _look_up(self, token: str) -> Identity:
        return await self._threads.run(identity_of_token, self._world, token)


async def _batches(rows: AsyncIterator[object]) -> AsyncIterator[Sequence[object]]:
    batch: list[object] = []
    try:
        async for row in rows:
            batch.append(row)
            if len(batch) == LARGEST_BATCH:
                yield batch
                batch = []
    except RequestRefused:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _kind(request: Request) -> Kind:
    if request.method != "POST":
        message = f"The method is {request.method}; expected POST."
        raise RequestRefused(405, "method_not_allowed", message, {"Allow": "POST"})
    given = request.path_params["kind"]
    if given not in set(Kind):
        raise RequestRefused(404, "not_found", f"There is no {given[:40]!r} to send; expected {', '.join(Kind)}.")
    return Kind(given)


def _source(request: Request, actor: Actor) -> str:
    return request.query_params.get("source") or actor.name


def _key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None:
        if len(key) > LONGEST_KEY:
            raise InvalidInput(f"the idempotency key has {len(key)} characters; expected at most {LONGEST_KEY}")
        check_key(key)
    return key
