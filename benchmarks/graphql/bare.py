"""The floor: Starlette with nothing of ours, the same SQL through asyncpg, rows written by orjson."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg  # type: ignore[import-untyped] # it has no types
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_ACCOUNT = """SELECT p.key, p.name, s.csm, s.stage, s.entered_at, s.noted_pace, s.health_score, s.health_band, s.more,
s.bookkeeping, s.n00, s.n01, s.i00, s.i01, s.account_id FROM account_state s
JOIN account_profile p ON p.account_id = s.account_id WHERE s.account_id = ANY($1::uuid[])"""

_HISTORY = """SELECT l.*, i.reason FROM transition_log l
LEFT JOIN transition_inputs i ON i.account_id = l.account_id AND i.seq = l.seq
JOIN account_state s ON s.account_id = l.account_id
WHERE l.account_id = ANY($1::uuid[]) AND l.seq > s.state_version - 11 ORDER BY l.account_id, l.seq DESC"""

_PAGE = """SELECT s.account_id FROM account_state s JOIN account_profile p ON p.account_id = s.account_id
ORDER BY p.name, s.account_id LIMIT 51"""

_STAGES = "SELECT segment, stage, sum(accounts)::bigint AS count FROM stage_tally GROUP BY segment, stage"


def make_app() -> Starlette:
    """Make the application for the database that BENCH_URL names."""
    pools: list[asyncpg.Pool] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        pools.append(await asyncpg.create_pool(os.environ["BENCH_URL"], min_size=10, max_size=10))
        yield
        await pools[0].close()

    async def page(request: Request) -> Response:
        asked = orjson.loads(await request.body())
        return _written(await _read(pools[0], [asked["variables"]["id"]]))

    async def many(_: Request) -> Response:
        ids = [row[0] for row in await pools[0].fetch(_PAGE)]
        return _written(await _read(pools[0], ids[:50]))

    async def stages(_: Request) -> Response:
        return _written([dict(row) for row in await pools[0].fetch(_STAGES)])

    answers = {"/page": page, "/many": many, "/stages": stages}
    routes = [Route(path, answer, methods=["POST"]) for path, answer in answers.items()]
    return Starlette(routes=routes, lifespan=lifespan)


async def _read(pool: asyncpg.Pool, ids: list[object]) -> list[dict[str, object]]:
    accounts = [dict(row) for row in await pool.fetch(_ACCOUNT, ids)]
    history: dict[object, list[dict[str, object]]] = {}
    for row in await pool.fetch(_HISTORY, ids):
        shown = {key: row[key] for key in ("seq", "kind", "to_stage", "effective_at")}
        history.setdefault(row["account_id"], []).append({**shown, "effects": orjson.loads(row["effects"])})
    for account in accounts:
        account["history"] = history.get(account.pop("account_id"), [])[:10]
    return accounts


def _written(data: object) -> Response:
    return Response(orjson.dumps({"data": data}), media_type="application/json")
