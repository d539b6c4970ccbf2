"""An auditor filters history, opens one decision, verifies, asks, answers, and takes the records along."""

import csv
import zipfile
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.audit.export_check import check_file
from lifecycle_fsm.services.audit.verification import verify_next_part
from tests.browser.server import Served

COUNTS = "accounts records inputs decided assigned migrated unproven erased letGo checkpoints unlogged"
"""What a verification counts, in the order in which the page shows it."""


def test_filters_history_and_opens_the_evidence_of_a_decision(page: Page, site: Served) -> None:
    page.goto(site.page("/audit", Role.AUDITOR))
    page.get_by_label("Kind").select_option("MOVED")
    expect(page).to_have_url(f"{site.address}/audit?kind=MOVED")
    first = page.locator(".record").first
    expect(first).to_contain_text("moved the account")
    name = first.get_by_role("link").first.inner_text()
    first.get_by_role("link", name="Evidence").click()

    expect(page.locator(".record")).to_have_count(1)
    expect(page.locator(".record")).to_contain_text(name)
    expect(page.get_by_role("region", name="On what it was decided").locator("tbody tr").first).to_contain_text("holds")
    expect(page.get_by_text("Every recorded input")).to_be_visible()


def test_verifies_the_whole_history(page: Page, site: Served) -> None:
    page.goto(site.page("/audit/verification", Role.AUDITOR))
    page.get_by_role("button", name="Verify all history").click()

    expect(page.locator(".outcome")).to_have_text("Everything holds.")
    expect(page.locator(".figures div").first).to_have_text("Accounts40")
    told = site.ask(f"{{ verifyHistory {{ {COUNTS} undecided {{ inWords }} }} }}", Role.AUDITOR)["verifyHistory"]
    others = ", ".join(each["inWords"] for each in told.pop("undecided"))
    assert page.locator(".figures dd").all_text_contents() == [f"{told[name]:,}" for name in COUNTS.split()]
    expect(page.get_by_text(f"What else no guard decided: {others}.")).to_be_visible()


def test_a_question_is_asked_of_a_record_and_answered(page: Page, site: Served) -> None:
    page.goto(site.page("/audit?kind=MOVED", Role.AUDITOR))
    page.locator(".record").first.get_by_role("link", name="Evidence").click()
    page.get_by_label("Comment").fill("Why so early?")
    page.get_by_role("button", name="Raise a question").click()
    expect(page.locator(".mark.open")).to_contain_text("Why so early?")
    page.goto(f"{site.address}/audit/reviews")
    question = page.locator(".mark", has_text="Why so early?")
    question.get_by_label("Answer").fill("Their launch was moved forward.")
    question.get_by_role("button", name="Send the answer").click()

    expect(question).to_have_count(0)
    page.get_by_label("Shown").select_option("all")
    expect(question).to_contain_text("Their launch was moved forward.")


def test_takes_the_chosen_records_along_as_a_file(page: Page, site: Served, tmp_path: Path) -> None:
    page.goto(site.page("/audit?kind=MOVED", Role.AUDITOR))
    expect(page.locator(".record").first).to_be_visible()
    total = page.get_by_role("status").first.inner_text().split(" of ")[1]
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    download.value.save_as(tmp_path / "history.csv")
    rows = list(csv.DictReader((tmp_path / "history.csv").read_text().splitlines()))

    assert (len(rows), {row["kind"] for row in rows}) == (int(total.replace(",", "")), {"MOVED"})
    assert all(len(row["hash"]) == 64 for row in rows)


def test_names_who_changed_rules_alone(page: Page, site: Served) -> None:
    page.goto(site.page("/audit/duties", Role.AUDITOR))

    expect(page.get_by_role("region", name="Rules changed alone")).to_be_visible()
    expect(page.get_by_role("region", name="Own refusals overridden")).to_be_visible()


def test_takes_the_whole_history_along_with_its_proofs(page: Page, site: Served, tmp_path: Path) -> None:
    page.goto(site.page("/audit", Role.AUDITOR))
    page.get_by_text("Take the whole history along").click()
    page.get_by_label("Form").select_option("csv")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    download.value.save_as(tmp_path / "history.zip")

    assert download.value.suggested_filename == "history.csv.zip"
    with zipfile.ZipFile(tmp_path / "history.zip") as archive:
        (name, proof) = archive.namelist()
        rows = archive.read(name).decode().splitlines()
    assert (name, proof.startswith("history.csv.")) == ("history.csv", True)
    total = site.ask("{ history(first: 1) { totalCount } }", Role.AUDITOR)["history"]["totalCount"]
    assert len(rows) - 1 == total


def test_takes_the_history_of_a_segment_and_period_along(page: Page, site: Served, tmp_path: Path) -> None:
    page.goto(site.page("/audit", Role.AUDITOR))
    asked = '{ history(first: 1, filter: {segments: ["enterprise"], recorded: {before: "%s"}}) { totalCount } }'
    newest = site.ask("{ history(first: 1) { nodes { recordedAt } } }", Role.AUDITOR)["history"]["nodes"][0][
        "recordedAt"
    ]
    day = newest[:10]
    page.get_by_text("Take the whole history along").click()
    dialog = page.locator("details.deed")
    dialog.get_by_label("Segment").select_option("enterprise")
    dialog.get_by_label("Recorded to").fill(day)
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Download").click()
    download.value.save_as(tmp_path / "history.ndjson")

    report = check_file(tmp_path / "history.ndjson")

    following = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    total = site.ask(asked % f"{following}T00:00:00Z", Role.AUDITOR)["history"]["totalCount"]
    assert (report.flaws, report.rows, report.has_gaps) == ([], total, True)


def test_has_a_worker_verify_and_watches_how_far_it_is(page: Page, site: Served) -> None:
    page.goto(site.page("/audit/verification", Role.AUDITOR))
    asked = page.get_by_role("region", name="Verifications by workers")
    asked.get_by_role("button", name="Have all history verified").click()
    newest = asked.get_by_role("listitem").first
    expect(newest).to_contain_text("Under way")
    expect(newest.get_by_role("progressbar")).to_have_attribute("value", "0")
    while verify_next_part(site.world, "worker"):
        pass

    expect(newest).to_contain_text("Everything holds.")
    expect(newest.get_by_role("progressbar")).to_have_count(0)
    records = site.ask("{ history(first: 1) { totalCount } }", Role.AUDITOR)["history"]["totalCount"]
    expect(newest).to_contain_text(f"{records:,} records hashed anew")
