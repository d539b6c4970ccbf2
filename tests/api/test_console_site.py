"""The console's files over HTTP: compressed, cached, and under a strict policy."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from api.console.site import POLICY, console_routes
from tests.api.door import a_door

Get = Callable[..., httpx.Response]

PAGE = b"<!doctype html><title>console</title>"
SCRIPT = b"export const one = 1;"


@pytest.fixture
def get(tmp_path: Path) -> Iterator[Get]:
    """Ask for a path of a site with one page and one script."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_bytes(PAGE)
    (tmp_path / "assets" / "main-1A.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "main-1A.js.gz").write_bytes(gzip.compress(SCRIPT))
    with a_door(Starlette(routes=list(console_routes(tmp_path))), "") as door:
        yield lambda path, **headers: door.send("GET", path, headers=headers)


def test_gives_the_page_at_every_address_of_its_own(get: Get) -> None:
    answers = [get(path) for path in ("/", "/accounts/QWNjb3VudDox", "/no/such/page")]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert [answer.content for answer in answers] == [PAGE] * 3
    assert {answer.headers["content-security-policy"] for answer in answers} == {POLICY}
    assert {answer.headers["cache-control"] for answer in answers} == {"no-cache"}


def test_gives_the_form_that_the_browser_takes(get: Get) -> None:
    packed = get("/assets/main-1A.js", **{"Accept-Encoding": "deflate, gzip;q=0.5"})
    plain = get("/assets/main-1A.js", **{"Accept-Encoding": "gzip;q=0, br;q=nonsense"})

    assert (packed.headers["content-encoding"], packed.content) == ("gzip", SCRIPT)
    assert ("content-encoding" in plain.headers, plain.content) == (False, SCRIPT)
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.headers["content-type"].startswith("text/javascript")


def test_answers_304_to_who_has_it(get: Get) -> None:
    etag = get("/").headers["etag"]
    answer = get("/", **{"If-None-Match": etag})

    assert (answer.status_code, answer.content) == (304, b"")


def test_knows_no_other_files(get: Get) -> None:
    assert get("/assets/other.js").status_code == 404
    assert get("/assets/../index.html").content == PAGE


def test_says_how_to_build_a_console_that_is_not_there(tmp_path: Path) -> None:
    with a_door(Starlette(routes=list(console_routes(tmp_path))), "") as door:
        answer = door.send("GET", "/")

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "make console" in answer.text


def test_holds_pages_and_workers_to_a_policy_and_lets_their_parts_be_small(get: Get, tmp_path: Path) -> None:
    (tmp_path / "assets" / "worker-json-1A.js").write_bytes(SCRIPT)
    with a_door(Starlette(routes=list(console_routes(tmp_path))), "") as door:
        worker = door.send("GET", "/assets/worker-json-1A.js")
    script = get("/assets/main-1A.js")

    assert worker.headers["content-security-policy"] == POLICY
    assert "content-security-policy" not in script.headers
    assert script.headers["x-content-type-options"] == "nosniff"


def test_graphiql_runs_scripts_of_this_server_only(get: Get, tmp_path: Path) -> None:
    (tmp_path / "graphiql.html").write_bytes(PAGE)
    with a_door(Starlette(routes=list(console_routes(tmp_path))), "") as door:
        answer = door.send("GET", "/graphiql")
    policy = dict(each.split(" ", 1) for each in answer.headers["content-security-policy"].split("; "))

    assert answer.status_code == 200
    assert {name: policy[name] for name in ("default-src", "script-src", "connect-src", "worker-src")} == {
        "default-src": "'none'",
        "script-src": "'self'",
        "connect-src": "'self'",
        "worker-src": "'self'",
    }
    assert (policy["frame-ancestors"], policy["form-action"]) == ("'none'", "'none'")


def test_pages_of_the_console_run_nothing_inline_and_stand_in_no_frame(get: Get) -> None:
    head = get("/").headers

    assert head["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert (head["x-content-type-options"], head["referrer-policy"]) == ("nosniff", "no-referrer")
