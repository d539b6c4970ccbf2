"""The built wheel, installed into an empty environment, shows the demo: the first five minutes of a stranger."""

import os
import re
import signal
import socket
import subprocess
import sys
import venv
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.long
def test_a_stranger_installs_the_wheel_and_sees_the_demo(tmp_path: Path) -> None:
    wheel = build(tmp_path)
    python = install(wheel, tmp_path / "environment")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LIFECYCLE_PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    command = [str(python.parent / "lifecycle-fsm"), "demo"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as demo:
        try:
            said = until_ready(demo)
            console = httpx.get(f"http://127.0.0.1:{port}/")
            token = re.search(r"viewer\s+(\S+)", said)
            assert token is not None
            answer = httpx.post(
                f"http://127.0.0.1:{port}/graphql",
                headers={"Authorization": f"Bearer {token[1]}"},
                json={"query": "{ accounts(first: 1) { totalCount } publishedConfiguration { name } }"},
            ).json()
        finally:
            demo.send_signal(signal.SIGINT)
            ended = demo.wait(60)

    assert ended == 0
    assert (console.status_code, '<div id="console">' in console.text) == (200, True)
    assert answer["data"]["accounts"]["totalCount"] == 240
    assert len(answer["data"]["publishedConfiguration"]) == 4


def build(folder: Path) -> Path:
    """The wheel of this source."""
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, ROOT],
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, environment: Path) -> Path:
    """Install the wheel beside what the lock names; the environment's Python."""
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    for what in (["--require-hashes", "-r", str(ROOT / "requirements.lock")], ["--no-deps", str(wheel)]):
        subprocess.run([python, "-m", "pip", "install", "-q", *what], check=True)
    return python


def until_ready(demo: subprocess.Popen[str]) -> str:
    """What the demo says until it serves."""
    said: list[str] = []
    assert demo.stdout is not None
    for line in demo.stdout:
        said.append(line)
        if line.startswith("Stop with"):
            return "".join(said)
    raise AssertionError(f"the demo ended: {''.join(said)}")
