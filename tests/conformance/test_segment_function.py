"""The destination function that docs/connect.md shows for Segment runs, and what it sends is taken."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.app import create_app
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.settings import Settings
from tests.api.door import Door, a_door
from tests.conformance.node import give_up
from tests.databases import sqlite_database
from tests.guides.blocks import ROOT, blocks_of
from tests.worlds import ADMIN, Stage, a_stage

BLOCKS = {block.rest: block.text for block in blocks_of(ROOT / "docs" / "connect.md") if block.rest}

RUN = """
const sent = [];
class RetryError extends Error {}
let status = 200, text = "refused";
async function fetch(url, request) {
  sent.push({ url, method: request.method, headers: request.headers, body: request.body });
  return { status, ok: status < 400, text: async () => text };
}
%s
(async () => {
  const settings = { address: "http://host", token: "TOKEN" };
  for (const event of %s) await (event.type === "group" ? onGroup : onTrack)(event, settings);
  const kinds = [];
  for (status of [503, 429, 422]) {
    try { await onGroup({ groupId: "x" }, settings); } catch (error) { kinds.push(error.constructor.name); }
  }
  text = JSON.stringify({ problems: [{ code: "unknown_account" }] });
  try {
    await onTrack({ event: "Went Live", context: { groupId: "x" } }, settings);
  } catch (error) { kinds.push(error.constructor.name); }
  console.log(JSON.stringify({ sent: sent.slice(0, -4), kinds }));
})();
"""


@pytest.fixture
def stage(tmp_path: Path, migrated_file: Path) -> Iterator[Stage]:
    with sqlite_database(tmp_path, migrated_file) as url, a_stage(url) as opened:
        yield opened


@pytest.fixture
def feed(stage: Stage) -> Iterator[Door]:
    token = issue_token(stage.world, ADMIN, "segment", [Role.INGEST], None).token
    with a_door(create_app(stage.world, Settings()), token) as opened:
        yield opened


def test_the_function_of_the_guide_sends_what_is_taken(stage: Stage, feed: Door) -> None:
    if shutil.which("node") is None:
        give_up("`node` is not installed, so the function cannot be run")
    script = RUN % (BLOCKS["segment.js"], BLOCKS["segment-events.json"])
    ran = subprocess.run(["node", "-e", script], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)

    answers = [
        feed.send(
            each["method"],
            each["url"].removeprefix("http://host"),
            content=each["body"],
            headers={"Content-Type": each["headers"]["Content-Type"]},
        )
        for each in told["sent"]
    ]

    assert [(each.status_code, each.json()["notes"]) for each in answers] == [
        (200, {"created": 1}),
        (200, {"reached": 1}),
    ]
    assert {each["headers"]["Authorization"] for each in told["sent"]} == {"Bearer TOKEN"}
    assert told["kinds"] == ["RetryError", "RetryError", "Error", "RetryError"]
    seen = stage.see(account_id_for("0015g00000A1bcDAAR"))
    assert seen.lifecycle.milestones.keys() >= {"kickoff_done"}
