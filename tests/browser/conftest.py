"""One browser and one served store for all pages; each test has a window of its own that may do nothing wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import chromium
from tests.browser.server import Served, served
from tests.databases import sqlite_database

expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all browser tests in one worker, which starts one browser and plays one store."""
    for item in items:
        if item.nodeid.startswith("tests/browser/"):
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The browser of these tests; it keeps an event loop running, which no other test may meet."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Served]:
    """The server of the run."""
    with sqlite_database(tmp_path_factory.mktemp("browser"), migrated_file) as url, served(url) as server:
        yield server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """
    A window; the test fails if the page reports an error or asks another host.

    The console's own errors are collected while the test runs and judged at its end.
    """
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        locale="en-GB",
        timezone_id="UTC",
        permissions=["clipboard-read", "clipboard-write"],
    )
    window = context.new_page()
    wrong: list[str] = []
    window.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    window.on("pageerror", lambda error: wrong.append(str(error)))
    window.on("request", lambda request: wrong.append(request.url) if not _is_ours(request.url) else None)
    yield window
    context.close()
    assert wrong == []


def _is_ours(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:", "blob:"))
