"""A wrong setting stops the start with one clear line."""

from pathlib import Path

import pytest

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.settings import Settings, read_given, read_settings


def test_the_defaults_listen_on_loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIFECYCLE_HOST", raising=False)

    assert read_settings().host == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "70000", "LIFECYCLE_PORT='70000': input should be less than or equal to 65535"),
        ("THREADS", "many", "LIFECYCLE_THREADS='many': input should be a valid integer"),
        ("DATABASE_URL", "mysql://ada:secret@db/x", "LIFECYCLE_DATABASE_URL is no store: expected sqlite:///FILE"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(f"LIFECYCLE_{name}", value)

    with pytest.raises(InvalidInput) as caught:
        read_settings()

    assert said in caught.value.message
    assert "secret" not in caught.value.message


def test_the_environment_counts_before_secret_files_and_those_before_the_file(tmp_path: Path) -> None:
    secrets, file = tmp_path / "secrets", tmp_path / "settings.toml"
    secrets.mkdir()
    (secrets / "LIFECYCLE_PORT").write_text("2222\n")
    (secrets / "threads").write_text("3")
    (secrets / ".hidden").write_text("4")
    file.write_text('port = 3333\nthreads = 4\nhost = "::1"\noidc_roles = {team = "csm"}\n')
    environment = {
        "LIFECYCLE_PORT": "1111",
        "LIFECYCLE_SECRETS": str(secrets),
        "LIFECYCLE_SETTINGS_FILE": str(file),
        "LIFECYCLE_TEST_DATABASE_URL": "not for the product",
        "HOME": "/nowhere",
    }

    read, given = read_settings(environment), read_given(environment)

    assert read == Settings.model_validate({"port": 1111, "threads": 3, "host": "::1", "oidc_roles": {"team": "csm"}})
    assert {name: each.source for name, each in given.items()} == {
        "port": "LIFECYCLE_PORT",
        "threads": str(secrets / "threads"),
        "host": str(file),
        "oidc_roles": str(file),
    }


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"LIFECYCLE_PROT": "1"}, "the variable LIFECYCLE_PROT is no setting; did you mean LIFECYCLE_PORT?"),
        ({"LIFECYCLE_ZZZ": "1"}, "the variable LIFECYCLE_ZZZ is no setting; README lists the settings"),
        ({"LIFECYCLE_OIDC_ROLES": '{"a": "king"}'}, "input should be 'viewer', 'csm', 'admin', 'auditor' or 'ingest'"),
        ({"LIFECYCLE_OIDC_ROLES": "{a"}, "LIFECYCLE_OIDC_ROLES='{a': input should be a valid dictionary"),
    ],
)
def test_a_name_or_value_that_cannot_be_is_said_in_one_line(environment: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_settings(environment)

    assert said in caught.value.message
    assert "\n" not in caught.value.message


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("port 8080")

    with pytest.raises(InvalidInput, match="no TOML") as caught:
        read_settings({"LIFECYCLE_SETTINGS_FILE": str(file)})

    assert caught.value.path == str(file)


def test_a_key_of_the_file_that_is_not_known_is_named(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("prot = 8080")

    with pytest.raises(InvalidInput, match=r"the key 'prot' is no setting; did you mean port\?"):
        read_settings({"LIFECYCLE_SETTINGS_FILE": str(file)})
