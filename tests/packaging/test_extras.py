"""Each extra in an empty environment: what it promises is there and works, and what it does not name is not."""

import os
import re
import subprocess
import sys
import tomllib
from contextlib import ExitStack
from pathlib import Path

import orjson
import pytest

from tests.api.definitions import FILES
from tests.background.buckets import BUCKET, KEY_ID, REGION, SECRET, an_object_store
from tests.background.receivers import a_receiver
from tests.databases import PostgresServer
from tests.packaging.test_wheel import build
from tests.telemetry.collector import a_collector

ROOT = Path(__file__).parent.parent.parent
UV = str(Path(sys.executable).with_name("uv"))

USES = {
    "": (
        "import importlib.util as u; names = ('adbc_driver_sqlite', 'apprise', 'pyarrow', 'opentelemetry', 'obstore')\n"
        "assert [n for n in names if u.find_spec(n)] == []\n"
        "from lifecycle_fsm.cli.app import app\n"
    ),
    "postgres": (
        "import asyncpg, os; from lifecycle_fsm.store.database import Database\n"
        "from lifecycle_fsm.store.migrate import newest, upgrade\n"
        "from sqlalchemy import text; url = os.environ['DATABASE']\n"
        "assert upgrade(url)\n"
        "with Database(url).reading() as connection:\n"
        "    assert connection.execute(text('SELECT version_num FROM alembic_version')).scalar() == newest()\n"
    ),
    "notify": (
        "import asyncio, os; from ipaddress import ip_network\n"
        "from lifecycle_fsm.background.notify.chat import Chat, tell\n"
        "chat = Chat(os.environ['ROOM'], (ip_network('127.0.0.0/8'),))\n"
        "asyncio.run(tell(chat, 'Usage dropped', 'ACME stood still'))\n"
    ),
    "parquet": (
        "import os, pyarrow as pa, pyarrow.parquet as pq\n"
        "from lifecycle_fsm.cli import main; import sys\n"
        "os.environ['LIFECYCLE_DATABASE_URL'] = 'sqlite:///store.db'\n"
        "rows = {'key': ['ACME', 'BOLT'], 'name': ['Acme', 'Bolt'], 'facts.arr': [5_000, 7_000]}\n"
        "pq.write_table(pa.table(rows), 'rows.parquet')\n"
        "def run(*words):\n"
        "    sys.argv = ['lifecycle-fsm', *words]\n"
        "    try: main()\n"
        "    except SystemExit as ended: assert ended.code == 0, words\n"
        "run('migrate'); run('publish', 'mine'); run('import', 'rows', 'accounts', 'rows.parquet')\n"
        "run('export', 'history.parquet'); run('verify-export', 'history.parquet')\n"
        "assert pq.read_table('history.parquet').num_rows == 2\n"
    ),
    "columns": (
        "import os, pathlib; from lifecycle_fsm.services.audit.quick_look import address_of, has_columns\n"
        "from lifecycle_fsm.store.audit_rows import split; from lifecycle_fsm.store.columns.look import look\n"
        "from lifecycle_fsm.store.database import Database; from lifecycle_fsm.store.migrate import upgrade\n"
        "assert has_columns()\n"
        "for url in ('sqlite:///store.db', os.environ['DATABASE']):\n"
        "    upgrade(url); assert look(address_of(Database(url)), split(1)[0]) == (0, 0), url\n"
    ),
    "object-store": (
        "import os; from datetime import UTC, datetime; from lifecycle_fsm.bootstrap import plan_worker\n"
        "from lifecycle_fsm.services.audit.signing import make_signer\n"
        "from lifecycle_fsm.settings import read_settings\n"
        "from lifecycle_fsm.store.checkpoints import StoredCheckpoint\n"
        f"store = {{'': 's3://{BUCKET}/log', '_ENDPOINT': os.environ['OBJECTS'], '_REGION': {REGION!r}, "
        f"'_KEY_ID': {KEY_ID!r}, '_KEY': {SECRET!r}}}\n"
        "settings = {'LIFECYCLE_CHECKPOINTS_STORE' + name: value for name, value in store.items()}\n"
        "(place,) = plan_worker(read_settings(settings)).places\n"
        "note = StoredCheckpoint(7, str(make_signer('example.com/log').verifier), datetime.now(UTC), 'signed')\n"
        "place.take(note); place.take(note); assert place.look([note]) == place.look([])\n"
    ),
    "otel": (
        "import os; from lifecycle_fsm.cli.telemetry import telling_traces\n"
        "from lifecycle_fsm.settings import Settings; from lifecycle_fsm.telemetry.traces import begun\n"
        "with telling_traces(Settings(traces_endpoint=os.environ['COLLECTOR']), b'k' * 16):\n"
        "    with begun('job sweep'): pass\n"
    ),
}
"""What each extra is for, done for real: tables made, a room told, files, an object and a span written."""


def test_every_extra_is_tried() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert USES.keys() == {"", *project["optional-dependencies"]}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.mark.long
@pytest.mark.parametrize("extra", USES)
def test_an_extra_is_installed_and_used(extra: str, wheel: Path, tmp_path: Path, postgresql: PostgresServer) -> None:
    pins = re.findall(r"^[A-Za-z0-9._-]+==[^\\\n]+", (ROOT / "requirements-dev.lock").read_text(), re.MULTILINE)
    (tmp_path / "pins").write_text("\n".join(pins))
    wanted = f"lifecycle-fsm[{extra}] @ file://{wheel}" if extra else str(wheel)
    python = tmp_path / "empty" / "bin" / "python"
    run(UV, "venv", "--quiet", "--python", sys.executable, tmp_path / "empty")
    run(UV, "pip", "install", "--quiet", "--python", python, "--constraint", tmp_path / "pins", wanted)

    for name, text in FILES.items():
        (tmp_path / "mine" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "mine" / name).write_bytes(text)

    with ExitStack() as stack:
        collector, room = stack.enter_context(a_collector()), stack.enter_context(a_receiver())
        bucket, database = stack.enter_context(an_object_store()), stack.enter_context(postgresql.empty_database())
        places = {
            "COLLECTOR": collector.url,
            "ROOM": f"json://127.0.0.1:{room.port}/",
            "DATABASE": database,
            "OBJECTS": bucket.url,
        }
        run(python, "-c", USES[extra], cwd=tmp_path, **places)

    told = [orjson.loads(each.body) for each in room.arrived]
    assert [(each["title"], each["message"]) for each in told] == (
        [("Usage dropped", "ACME stood still")] if extra == "notify" else []
    )
    assert [span.name for span in collector.spans] == (["job sweep"] if extra == "otel" else [])
    assert list(bucket.objects.values()) == ([b"signed"] if extra == "object-store" else [])


def run(*command: str | Path, cwd: Path | None = None, **environment: str) -> None:
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr[-2_000:]
