"""A wrong setting stops the start with one clear line."""

import pytest

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.settings import read_settings


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
