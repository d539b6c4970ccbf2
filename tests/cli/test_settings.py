"""An operator looks at what is set, and from where."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from lifecycle_fsm.cli.app import app
from lifecycle_fsm.settings import Settings
from tests.cli.conftest import Run


def test_shows_every_setting_with_its_source_and_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFECYCLE_DATABASE_URL", "postgresql://ada:secret@db.example:5433/crm?sslmode=require")
    monkeypatch.delenv("LIFECYCLE_PORT", raising=False)

    shown = CliRunner().invoke(app, ["settings"])

    lines = dict(line.split("\t", 1) for line in shown.stdout.splitlines())
    assert lines.keys() == Settings.model_fields.keys()
    assert lines["port"] == "8321\tdefault"
    assert lines["database_url"] == "postgresql://ada:***@db.example:5433/crm?sslmode=require\tLIFECYCLE_DATABASE_URL"
    assert "secret" not in shown.stdout


def test_shows_nothing_of_a_secret_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "oidc_audience").write_text("s3cr3t")

    ended = run("settings", secrets="secrets")

    lines = dict(line.split("\t", 1) for line in ended.out.splitlines())
    assert lines["oidc_audience"] == "***\tsecrets/oidc_audience"
    assert "s3cr3t" not in ended.out
