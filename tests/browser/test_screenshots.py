"""The pictures of the documents are made by a test that takes a minute; what they are is looked at with every run."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from lifecycle_fsm.domain.access import Role
from tests.browser.server import Served, served
from tests.databases import sqlite_database

ROOT = Path(__file__).parent.parent.parent
IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 150_000
PNG = b"\x89PNG\r\n\x1a\n"
SIZE = {"width": 1160, "height": 720}
PICTURES = {
    "portfolio": ("/", ".figure .bars", "light", Role.ADMIN),
    "portfolio-dark": ("/stages/onboarding", ".figure .bars", "dark", Role.ADMIN),
    "account": ("/accounts/{account}", ".record", "light", Role.CSM),
    "audit": ("/audit/records/{account}/2", ".record", "light", Role.AUDITOR),
}


@pytest.fixture
def larger(tmp_path: Path, migrated_file: Path) -> Iterator[Served]:
    """A portfolio with enough accounts for pictures."""
    with sqlite_database(tmp_path, migrated_file) as url, served(url, accounts=150, days=500) as server:
        yield server


@pytest.mark.long
def test_takes_the_pictures_of_the_documents(browser: Browser, larger: Served) -> None:
    IMAGES.mkdir(exist_ok=True)
    for name, (path, done, scheme, role) in PICTURES.items():
        dark = scheme == "dark"
        context = browser.new_context(
            viewport=SIZE,  # type: ignore[arg-type] # a dictionary of the right shape
            locale="en-GB",
            timezone_id="UTC",
            color_scheme="dark" if dark else "light",
        )
        with closing(context):
            page = context.new_page()
            page.goto(larger.page(path.format(account=larger.account), role))
            expect(page.locator(done).first).to_be_visible()
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
            expect(page.locator("main [aria-busy=true], main .waiting")).to_have_count(0)
            (IMAGES / f"{name}.png").write_bytes(page.screenshot())


@pytest.mark.parametrize("name", PICTURES)
def test_the_readme_shows_each_picture_and_none_is_heavy(name: str) -> None:
    picture = (IMAGES / f"{name}.png").read_bytes()

    assert f"docs/images/{name}.png" in (ROOT / "README.md").read_text()
    assert picture.startswith(PNG)
    assert len(picture) <= MOST_BYTES
