"""The door for downloads of history: the same exports as the command line writes, with the same role and record."""

import asyncio
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from api.auth import identity_of, note_actor
from api.errors import count_error
from api.ids import account_of
from api.refusals import RETRY_AFTER_SECONDS, RequestRefused
from api.threads import Threads
from api.types.history_download import DOWNLOADS
from lifecycle_fsm.domain.access import Actor, Capability, require, require_everything
from lifecycle_fsm.domain.errors import Forbidden, LifecycleError, ReadOnly, StoreFailed
from lifecycle_fsm.domain.intake import take_instant
from lifecycle_fsm.services.audit.export import Wanted, choose_rows
from lifecycle_fsm.services.audit.export_file import Form, export_file, proof_of
from lifecycle_fsm.services.tokens import Identity, identity_of_token
from lifecycle_fsm.services.world import World

PATH = DOWNLOADS
_PIECE = 1 << 18
_UNAVAILABLE = 503
_STATUS: dict[type[LifecycleError], int] = {
    Forbidden: 403,
    StoreFailed: _UNAVAILABLE,
    ReadOnly: _UNAVAILABLE,
}


class HistoryDoor:
    """
    Answer GET with the history of all accounts or of `accountId` as `form`.

    `segment` chooses rows that its rules decided, `since` and `before` when they were recorded.

    NDJSON comes as it is, other forms in a ZIP with the file that proves them. An export
    is whole before its first byte is sent; a process makes one at a time.
    """

    def __init__(self, world: World, threads: Threads) -> None:
        self._world = world
        self._threads = threads
        self._one = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI application."""
        request = Request(scope, receive)
        with TemporaryDirectory(prefix="lifecycle-export-", ignore_cleanup_errors=True) as folder:
            try:
                response = await self._answer(request, Path(folder))
            except RequestRefused as error:
                response = _said(error.code, error.message, error.status, error.headers)
            except LifecycleError as error:
                status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 400)
                headers = {"Retry-After": RETRY_AFTER_SECONDS} if status == _UNAVAILABLE else {}
                response = _said(error.code, error.message, status, headers)
            await response(scope, receive, send)

    async def _answer(self, request: Request, folder: Path) -> Response:
        if request.method != "GET":
            message = f"The method is {request.method}; expected GET."
            raise RequestRefused(405, "method_not_allowed", message, {"Allow": "GET"})
        actor = (await identity_of(request.headers.get("authorization"), self._look_up)).actor
        note_actor(actor)
        require(actor, Capability.READ_HISTORY)
        require_everything(actor)
        form, wanted = _form(request), _wanted(request)
        if self._one.locked():
            message = "Another export is being made; ask again when it is done."
            raise RequestRefused(429, "throttled", message, {"Retry-After": "30"})
        async with self._one:
            path = await self._threads.run(_make, self._world, actor, folder / f"history.{form}", wanted)
        return _sent(path)

    async def _look_up(self, token: str) -> Identity:
        return await self._threads.run(identity_of_token, self._world, token)


def _form(request: Request) -> Form:
    given = request.query_params.get("form", "ndjson")
    if given not in set(Form):
        raise RequestRefused(400, "invalid_input", f"The form is {given[:40]!r}; expected {', '.join(Form)}.")
    return Form(given)


def _wanted(request: Request) -> Wanted:
    given, asked = request.query_params.get("accountId"), request.query_params
    chosen = choose_rows(asked.get("segment"), _instant(request, "since"), _instant(request, "before"))
    return Wanted(None if given is None else account_of(given, "accountId"), None, chosen)


def _instant(request: Request, name: str) -> datetime | None:
    given = request.query_params.get(name)
    if given is None:
        return None
    instant = take_instant(given)
    if instant is None:
        message = f"`{name}` is {given[:40]!r}; expected an instant such as 2026-03-01T00:00:00Z."
        raise RequestRefused(400, "invalid_input", message)
    return instant


def _make(world: World, actor: Actor, path: Path, wanted: Wanted) -> Path:
    """Export, and put what belongs together into one file."""
    export_file(world, actor, path, wanted)
    proof = proof_of(path)
    if not proof.exists():
        return path
    together = path.with_name(f"{path.name}.zip")
    with zipfile.ZipFile(together, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for each in (path, proof):
            archive.write(each, each.name)
            each.unlink()
    return together


def _sent(path: Path) -> Response:
    kind = "application/zip" if path.suffix == ".zip" else "application/x-ndjson"
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{path.name}"',
        "Content-Length": str(path.stat().st_size),
    }
    return StreamingResponse(_pieces(path), 200, headers, media_type=kind)


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


def _said(code: str, message: str, status: int, headers: dict[str, str]) -> Response:
    count_error(code)
    body = orjson.dumps({"code": code, "message": message})
    return Response(body, status, {"Cache-Control": "no-store", **headers}, media_type="application/json")
