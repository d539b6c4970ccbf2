"""A wrong setting stops the start with one clear line."""

from pathlib import Path

import pytest
from annotated_types import Ge, Le
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.settings import Settings, read_given, read_settings, shown


def test_the_defaults_listen_on_loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIFECYCLE_HOST", raising=False)

    assert read_settings().host == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "70000", "LIFECYCLE_PORT='70000': expected at most 65535"),
        ("THREADS", "many", "LIFECYCLE_THREADS='many': expected a whole number"),
        ("WORKER", "perhaps", "LIFECYCLE_WORKER='perhaps': expected true or false; correct or remove it"),
        (
            "TRACES_ENDPOINT",
            "ftp://x",
            "LIFECYCLE_TRACES_ENDPOINT='ftp://x': expected an address that begins with http://",
        ),
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
        ({"LIFECYCLE_OIDC_ROLES": '{"a": "king"}'}, "expected 'viewer', 'csm', 'admin', 'auditor' or 'ingest'"),
        ({"LIFECYCLE_OIDC_ROLES": "{a"}, "LIFECYCLE_OIDC_ROLES='{a': expected a JSON object"),
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


_SPANS = [name for name in Settings.model_fields if name.startswith("schedule_")]
WRONG: dict[str, list[str]] = {
    "database_url": ["", "mysql://x", "sqlite://", "file.db"],
    "workflows_url": ["mysql://x"],
    "host": [""],
    "document_policy": ["", "closed"],
    "document_policies": ["{", "[]", '{"king": "open"}', '{"csm": "closed"}'],
    "oidc_issuer": ["login.example", "ftp://x", "https://a b"],
    "oidc_audience": [""],
    "oidc_roles": ["{", '{"a": "king"}', '{"a": 1}'],
    "oidc_roles_claim": [""],
    "oidc_name_claim": [""],
    "oidc_segments": ["{", '{"a": 1}'],
    "oidc_limited_roles": ["", "king", "csm,,viewer"],
    "checkpoints_store": ["evidence", "https://evidence", "s3://", "s3://E/x", "s3://evidence?x=1"],
    "checkpoints_store_endpoint": ["minio", "ftp://minio", "https://ada:secret@minio"],
    "checkpoints_store_region": [""],
    "checkpoints_store_key": ["short"],
    "metrics_host": [""],
    "traces_endpoint": ["collector:4318", "ftp://collector", "https://ada:secret@collector"],
    "traces_ratio": ["-0.1", "1.1", "all"],
    "traces_service": ["x" * 101],
    "metrics_token": ["short"],
    "drain_seconds": ["-1", "nan", "soon"],
    "operation_seconds": ["0", "-1", "nan", "3601", "soon"],
    "log_level": ["", "loud"],
    "log_format": ["", "xml"],
    "log_key": ["short"],
    "worker_name": ["x" * 101],
    **{name: ["", "soon", "5", "61 * * * *", "-1s"] for name in _SPANS},
    **{name: ["perhaps", "2", ""] for name in ("approval", "read_only", "introspection", "worker", "migrate")},
}
"""Values that cannot be; of whole numbers they follow from their limits."""

ANYTHING = {
    "cors_origins",
    "documents",
    "oidc_csm_claim",
    "oidc_segments_claim",
    "oidc_accounts_claim",
    "notifications",
    "signing_key",
    "checkpoints",
    "checkpoints_channel",
    "checkpoints_store_key_id",
    "erasures",
    "postgresql_tools",
    "configuration",
}
"""Settings that take any text; that a file is there is seen when it is opened."""


def limits(name: str) -> list[str]:
    """Numbers just outside of what a setting takes, and no numbers."""
    found = ["", "many", "1.5"]
    for limit in Settings.model_fields[name].metadata:
        if isinstance(limit, Ge) and isinstance(limit.ge, int):
            found.append(str(limit.ge - 1))
        if isinstance(limit, Le) and isinstance(limit.le, int):
            found.append(str(limit.le + 1))
    return [each for each in found if each or Settings.model_fields[name].default is not None]


NUMBERS = {name for name, field in Settings.model_fields.items() if field.annotation in (int, int | None)}
CASES = [(name, value) for name, values in WRONG.items() for value in values]
CASES += [(name, value) for name in sorted(NUMBERS) for value in limits(name)]


def test_every_setting_is_told_what_it_refuses() -> None:
    assert WRONG.keys() | NUMBERS | ANYTHING == Settings.model_fields.keys()


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_wrong_value_of_any_setting_stops_the_start_with_one_line(name: str, value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_settings({f"LIFECYCLE_{name.upper()}": value})

    assert caught.value.message.startswith(f"LIFECYCLE_{name.upper()}")
    assert caught.value.message.endswith("; correct or remove it")
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 500


SECRET = "s3cr3t"
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=300)
WITH_PASSWORDS = [
    f"postgresql://ada:{SECRET}@db/x",
    f"postgresql://ada:p@{SECRET}@db/x",
    f"postgresql://ada:p/@{SECRET}@db/x",
    f"postgresql://ada@db/x?password={SECRET}",
    f"https://ada:{SECRET}@login.example/",
    f"mysql://ada:{SECRET}@db/x",
    f"sftp://:{SECRET}@[::1",
]


@given(name=st.sampled_from(sorted(Settings.model_fields)), text=TEXTS | st.sampled_from(WITH_PASSWORDS))
def test_any_text_is_taken_or_refused_in_one_line_and_no_password_is_told(name: str, text: str) -> None:
    environment = {f"LIFECYCLE_{name.upper()}": text}
    try:
        told = shown(getattr(read_settings(environment), name))
    except InvalidInput as refused:
        told = refused.message
        assert told.startswith(f"LIFECYCLE_{name.upper()}")

    assert SECRET not in told or text not in WITH_PASSWORDS
    assert len(told.splitlines()) <= 1 or told == text[:200]


def test_what_stands_in_a_secret_file_is_never_repeated(tmp_path: Path) -> None:
    (tmp_path / "port").write_text(SECRET)

    with pytest.raises(InvalidInput) as caught:
        read_settings({"LIFECYCLE_SECRETS": str(tmp_path)})

    assert caught.value.message.startswith(f"{tmp_path / 'port'}: port: expected a whole number")
    assert SECRET not in caught.value.message


def test_an_empty_variable_leaves_a_setting_without_a_default_unset() -> None:
    assert read_settings({"LIFECYCLE_SIGNING_KEY": "", "LIFECYCLE_OIDC_ISSUER": ""}) == Settings()
