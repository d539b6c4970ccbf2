"""A console that cannot be built stops a wheel, and leaves a checkout with an API that works."""

import stat
import subprocess
from pathlib import Path

import pytest

from build_console import ConsoleBuildHook

BROKEN = "#!/bin/sh\ncase $1 in --version) echo v24.0.0;; *) echo 'src/main.tsx:1:1: broken' >&2; exit 1;; esac\n"


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ConsoleBuildHook:
    """The hook on a machine whose npm fails."""
    for name in ("node", "npm"):
        (tmp_path / name).write_text(BROKEN)
        (tmp_path / name).chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.delenv("LIFECYCLE_CONSOLE", raising=False)
    return ConsoleBuildHook(str(tmp_path), {}, None, None, str(tmp_path), "wheel")  # type: ignore[arg-type] # what it does not read


def test_an_editable_install_goes_on_and_says_why(hook: ConsoleBuildHook, capsys: pytest.CaptureFixture[str]) -> None:
    hook.initialize("editable", {})

    assert capsys.readouterr().err == (
        "The console was not built (src/main.tsx:1:1: broken); the API works without it.\n"
    )


def test_a_wheel_is_not_made_without_it(hook: ConsoleBuildHook) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        hook.initialize("standard", {})
