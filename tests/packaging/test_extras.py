"""Each extra in an empty environment: what it promises is there and works, and what it does not name is not."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.test_wheel import build
from tests.telemetry.collector import a_collector

ROOT = Path(__file__).parent.parent.parent
UV = str(Path(sys.executable).with_name("uv"))

USES = {
    "": (
        "import importlib.util as u; names = ('apprise', 'pyarrow', 'opentelemetry')\n"
        "assert [n for n in names if u.find_spec(n)] == []\n"
        "from lifecycle_fsm.cli.app import app\n"
    ),
    "postgres": "import asyncpg, psycopg; from lifecycle_fsm.store.database import Database\n"
    "assert not Database('postgresql://nobody@127.0.0.1:9/none').is_sqlite\n",
    "notify": "from lifecycle_fsm.background.notify.chat import Chat, check_chat\n"
    "check_chat('mail', Chat('json://127.0.0.1/', ()))\n",
    "parquet": (
        "import pyarrow as pa, pyarrow.parquet as pq, subprocess, sys\n"
        "pq.write_table(pa.table({'account': ['A'], 'value': [1.0]}), 'rows.parquet')\n"
        "from pathlib import Path\n"
        "assert pq.read_table('rows.parquet').num_rows == 1\n"
    ),
    "otel": (
        "import os; from lifecycle_fsm.cli.telemetry import telling_traces\n"
        "from lifecycle_fsm.settings import Settings; from lifecycle_fsm.telemetry.traces import begun\n"
        "with telling_traces(Settings(traces_endpoint=os.environ['COLLECTOR']), b'k' * 16):\n"
        "    with begun('job sweep'): pass\n"
    ),
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.mark.long
@pytest.mark.parametrize("extra", USES)
def test_an_extra_is_installed_and_used(extra: str, wheel: Path, tmp_path: Path) -> None:
    pins = re.findall(r"^[A-Za-z0-9._-]+==\S+", (ROOT / "requirements-dev.lock").read_text(), re.MULTILINE)
    (tmp_path / "pins").write_text("\n".join(pins))
    wanted = f"lifecycle-fsm[{extra}] @ file://{wheel}" if extra else str(wheel)
    python = tmp_path / "empty" / "bin" / "python"
    run(UV, "venv", "--quiet", "--python", sys.executable, tmp_path / "empty")
    run(UV, "pip", "install", "--quiet", "--python", python, "--constraint", tmp_path / "pins", wanted)

    with a_collector() as collector:
        run(python, "-c", USES[extra], cwd=tmp_path, COLLECTOR=collector.url)

    assert [span.name for span in collector.spans] == (["job sweep"] if extra == "otel" else [])


def run(*command: str | Path, cwd: Path | None = None, **environment: str) -> None:
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr[-2_000:]
