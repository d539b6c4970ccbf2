"""The console's files over HTTP: compressed beforehand, under a policy that lets nothing in from elsewhere."""

import mimetypes
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

DIST = Path(__file__).parent / "dist"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Everything comes from this server; no inline script or style, no frame, no form that leaves."""

EDITOR_POLICY = (
    POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
        "font-src 'self'", "font-src 'self' data:"
    )
    + "; worker-src 'self'"
)
"""GraphiQL's editor writes its own styles with a font in them, and works in the background; scripts are still ours."""

NOT_BUILT = """<!doctype html>
<html lang="en">
<title>The console was not built</title>
<main>
<h1>The console was not built</h1>
<p>The API works without it: <a href="/graphql">/graphql</a>.</p>
<p>To build the console run <code>make console</code>, which says what is wrong if it fails, and start the server again.
It needs Node 20 or later, or none: a Node from PyPI is used then.</p>
</main>
</html>
"""
_PLAIN = {"X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
_SECURE = {**_PLAIN, "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin"}
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


@dataclass(frozen=True, slots=True)
class Asset:
    """One built file with its forms by content coding, `identity` being the file itself."""

    media_type: str
    etag: str
    forms: Mapping[str, bytes]


def console_routes(dist: Path = DIST) -> list[Route]:
    """
    Routes for the console's files and GraphiQL; any other address gives the page, which knows its own pages.

    Without a built console every address says how to build it. They must come last, since they take every path.
    """
    assets = read_assets(dist)

    async def asset(request: Request) -> Response:
        name = f"assets/{request.path_params['name']}"
        found = assets.get(name)
        if found is None:
            return PlainTextResponse("no such file\n", 404)
        return answer(request, found, _FOR_EVER, _policy_of(name))

    return [
        Route("/assets/{name}", asset, methods=["GET"]),
        Route("/graphiql", _page(assets.get("graphiql.html"), EDITOR_POLICY), methods=["GET"]),
        Route("/{path:path}", _page(assets.get("index.html"), POLICY), methods=["GET"]),
    ]


def _page(page: Asset | None, policy: str) -> Callable[[Request], Awaitable[Response]]:
    async def shown(request: Request) -> Response:
        if page is None:
            return HTMLResponse(NOT_BUILT, 503, {**_SECURE, "Content-Security-Policy": POLICY})
        return answer(request, page, _ASK_AGAIN, policy)

    return shown


def read_assets(dist: Path) -> dict[str, Asset]:
    """Every built file by its name below `dist`; none where nothing was built."""
    names = [path for path in dist.rglob("*") if path.is_file() and path.suffix not in (".br", ".gz")]
    return {path.relative_to(dist).as_posix(): _read(path) for path in names}


def _read(path: Path) -> Asset:
    forms = {"identity": path.read_bytes()}
    for coding, ending in (("br", ".br"), ("gzip", ".gz")):
        twin = path.with_name(path.name + ending)
        if twin.is_file():
            forms[coding] = twin.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(media_type, f'"{sha256(forms["identity"]).hexdigest()[:32]}"', forms)


def _policy_of(name: str) -> str | None:
    """None for styles and scripts of a page, which are held by the page's own policy; workers have theirs."""
    is_held = name.endswith((".css", ".js")) and not name.startswith("assets/worker-")
    return None if is_held else POLICY


def answer(request: Request, asset: Asset, caching: str, policy: str | None) -> Response:
    """The file in the best form that the browser takes, or 304 where it has it already."""
    guarded = _PLAIN if policy is None else {**_SECURE, "Content-Security-Policy": policy}
    headers = {**guarded, "Cache-Control": caching, "ETag": asset.etag}
    if request.headers.get("if-none-match") == asset.etag:
        return Response(status_code=304, headers=headers)
    coding = _coding(request.headers.get("accept-encoding", ""), asset)
    if coding != "identity":
        headers["Content-Encoding"] = coding
    return Response(asset.forms[coding], headers=headers, media_type=asset.media_type)


def _coding(accepted: str, asset: Asset) -> str:
    """Brotli before gzip before none, of those that the browser takes with a weight above 0."""
    named = dict(_weighed(part) for part in accepted.split(",") if part.strip())
    return next((each for each in ("br", "gzip") if each in asset.forms and named.get(each, 0.0) > 0), "identity")


def _weighed(part: str) -> tuple[str, float]:
    name, _, weight = part.strip().partition(";q=")
    try:
        return name.strip().lower(), float(weight or 1)
    except ValueError:
        return name.strip().lower(), 0.0
