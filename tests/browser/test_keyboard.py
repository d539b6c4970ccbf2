"""Each page's main task with the keyboard alone: nothing is clicked."""

import json
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.audit.checkpoints import sign_checkpoint
from lifecycle_fsm.services.audit.signing import make_signer
from lifecycle_fsm.services.audit.verification import verify_next_part
from tests.browser.pages import show
from tests.browser.server import Served
from tests.browser.walking import walk_to
from tests.browser.work import open_work
from tests.worlds import ADMIN


def test_signs_in(page: Page, site: Served) -> None:
    page.goto(site.address)
    expect(page.get_by_label("Token")).to_be_focused()
    page.keyboard.type(site.tokens[Role.VIEWER])
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Portfolio")).to_be_visible()


def test_skips_to_the_page_and_goes_from_a_number_to_its_accounts(page: Page, site: Served) -> None:
    show(page, site, "portfolio")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    walk_to(page, page.locator(".headline .is-at-risk a"))
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{site.address}/accounts?band=AT_RISK")


def test_turns_a_chart_into_its_table(page: Page, site: Served) -> None:
    show(page, site, "portfolio")
    walk_to(page, page.get_by_role("button", name="Where accounts stand as a table"))
    page.keyboard.press("Space")

    expect(page.get_by_role("region", name="Where accounts stand as a table").locator("tbody tr").first).to_be_visible()


def test_opens_an_account_and_goes_back_in_time(page: Page, site: Served) -> None:
    show(page, site, "accounts")
    walk_to(page, page.locator("tbody a").first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("slider")).to_be_visible()
    walk_to(page, page.get_by_role("slider"))
    page.keyboard.press("Home")

    expect(page.get_by_role("heading", name="What could have happened next")).to_be_visible()


def test_closes_a_cta(page: Page, site: Served) -> None:
    show(page, site, "my day")
    walk_to(page, page.locator(".card").first.get_by_label("Comment"))
    page.keyboard.type("done on the phone")
    page.keyboard.press("Enter")

    expect(page.get_by_role("region", name="Success")).to_be_focused()


def test_opens_the_evidence_of_a_decision(page: Page, site: Served) -> None:
    show(page, site, "audit")
    walk_to(page, page.locator(".record").first.get_by_role("link", name="Evidence"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="On what it was decided")).to_be_visible()


def test_verifies_history(page: Page, site: Served) -> None:
    show(page, site, "verification")
    walk_to(page, page.get_by_role("button", name="Verify all history"))
    page.keyboard.press("Enter")

    expect(page.locator(".outcome")).to_have_text("Everything holds.")


def test_has_a_worker_verify_and_reads_what_it_found(page: Page, site: Served) -> None:
    show(page, site, "verification")
    walk_to(page, page.get_by_role("button", name="Have all history verified"))
    page.keyboard.press("Enter")
    newest = page.get_by_role("region", name="Verifications by workers").get_by_role("listitem").first
    expect(newest).to_contain_text("Under way")
    while verify_next_part(site.world, "worker"):
        pass

    expect(newest).to_contain_text("Everything holds.")


def taken(page: Page, button: Locator, folder: Path) -> str:
    """What a button lets somebody take along who has no mouse."""
    walk_to(page, button)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    download.value.save_as(folder / "taken")
    return (folder / "taken").read_text()


def test_takes_checkpoints_and_proofs_along(page: Page, site: Served, tmp_path: Path) -> None:
    signer = make_signer("example.com/log")
    older = sign_checkpoint(site.world, ADMIN, signer)
    open_work(site, "One record more")
    newer = sign_checkpoint(site.world, ADMIN, signer)
    show(page, site, "verification")
    newest = page.get_by_role("region", name="Signed checkpoints as a table").locator("tbody tr").first
    note = taken(page, newest.get_by_role("button", name="Signed note"), tmp_path)
    grown = taken(page, newest.get_by_role("button", name=f"Proof that it grew out of {older.size:,}"), tmp_path)
    show(page, site, "decision")
    included = taken(page, page.get_by_role("button", name="Take the proof that it is in the log"), tmp_path)

    assert note == newer.note
    assert json.loads(grown)["format"] == "lifecycle-consistency/v1"
    assert json.loads(included)["checkpoint"] == newer.note


def test_leaves_the_editor_by_keyboard_and_plans(page: Page, site: Served) -> None:
    show(page, site, "editor")
    walk_to(page, page.locator(".editor"))
    page.keyboard.press("Control+Home")
    page.keyboard.type("# A remark.\n")
    page.keyboard.press("Escape")
    walk_to(page, page.get_by_role("button", name="Plan", exact=True))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Plan")


def test_rehearses_a_sweep(page: Page, site: Served) -> None:
    show(page, site, "operations")
    walk_to(page, page.get_by_role("button", name="Rehearse"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").filter(has_text="Of 40 accounts")).to_be_visible()


def test_takes_the_whole_history_along(page: Page, site: Served) -> None:
    show(page, site, "audit")
    walk_to(page, page.locator(".deed summary"))
    page.keyboard.press("Enter")
    walk_to(page, page.get_by_role("button", name="Download"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")

    assert download.value.suggested_filename == "history.ndjson"


def test_asks_for_a_back_fill(page: Page, site: Served) -> None:
    show(page, site, "operations")
    walk_to(page, page.locator(".deed summary"))
    page.keyboard.press("Enter")
    walk_to(page, page.get_by_label("First date"))
    page.keyboard.type("01012020")
    walk_to(page, page.get_by_label("Last date"))
    page.keyboard.type("01022020")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("history only grows")
