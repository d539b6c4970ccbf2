"""Records what this release tells its database, for the tests of the next one: `make record-release`."""

import gzip
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import orjson

from lifecycle_fsm.store.migrate import newest
from tests.databases import postgres_server, sqlite_database, sqlite_template
from tests.releases.recording import MIGRATED, Recorder, recording
from tests.releases.scenes import Scene, doors, ends, lives
from tests.worlds import FIXTURES, a_stage

SCENES: Mapping[str, tuple[Scene, str | None]] = {
    "lives": (lives, "demo"),
    "ends": (ends, "demo"),
    "doors": (doors, None),
}
"""What is recorded, and the definitions that are published before."""

RELEASE = FIXTURES / "releases"
"""The release that was recorded last: one script for each scene and database, and which release it is."""


def record(url: str, name: str) -> Recorder:
    """Play a scene on an empty store of these tables."""
    scene, published = SCENES[name]
    with recording() as recorder, a_stage(url, published) as stage:
        for _ in scene(stage):
            recorder.done.append([*MIGRATED])
        recorder.done.append(["ended", stage.clock().isoformat()])
    return recorder


def record_all(folder: Path) -> None:
    """Write the scripts of this release in the place of those of the last one."""
    with tempfile.TemporaryDirectory() as scratch:
        template = sqlite_template(Path(scratch))
        for name in SCENES:
            with sqlite_database(Path(scratch), template) as url:
                _keep(folder / f"{name}.sqlite.ndjson.gz", record(url, name))
        with postgres_server(Path(scratch)) as server:
            for name in SCENES:
                with server.database() as url:
                    _keep(folder / f"{name}.postgresql.ndjson.gz", record(url, name))
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    told = {"release": version("lifecycle-fsm"), "revision": newest(), "commit": commit}
    (folder / "release.json").write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _keep(file: Path, recorder: Recorder) -> None:
    file.write_bytes(gzip.compress(b"".join(recorder.lines()), mtime=0))


if __name__ == "__main__":
    record_all(RELEASE)
