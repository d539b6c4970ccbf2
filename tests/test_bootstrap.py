"""Settings become places for checkpoints."""

from pathlib import Path

import pytest

from lifecycle_fsm.bootstrap import plan_worker
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.settings import Settings, read_settings

CHANNELS = """
schema: lifecycle/notifications/v1
channels:
  auditors: {webhook: "https://auditors.example/hook", secrets: [{env: AUDITORS_KEY}]}
"""


def test_every_place_that_is_set_gets_checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDITORS_KEY", "whsec_bm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5u")
    (tmp_path / "channels.yaml").write_text(CHANNELS, encoding="utf-8")
    settings = Settings(
        checkpoints=tmp_path,
        notifications=tmp_path / "channels.yaml",
        checkpoints_channel="auditors",
        checkpoints_store="s3://evidence/lifecycle",
    )

    places = plan_worker(settings).places

    assert [each.name for each in places] == [f"folder {tmp_path}", "channel auditors", "store s3://evidence/lifecycle"]


def test_a_channel_that_nobody_described_stops_the_start() -> None:
    with pytest.raises(InvalidInput, match="LIFECYCLE_NOTIFICATIONS has no channel 'auditors'; it has: none"):
        plan_worker(Settings(checkpoints_channel="auditors"))


def test_mistakes_in_the_file_of_notifications_are_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDITORS_KEY", "whsec_bm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5u")
    file = tmp_path / "channels.yaml"
    file.write_text(CHANNELS + "routes:\n  - to: [auditor]\n  - {to: [auditors], wen: {}}\n", encoding="utf-8")

    with pytest.raises(InvalidInput) as told:
        plan_worker(Settings(notifications=file))

    assert told.value.message == (
        "the file of notifications has mistakes: channels.yaml:6:10: only 'auditors' can stand here, not 'auditor' "
        "(did you mean 'auditors'?); channels.yaml:7:22: a route has no key 'wen'; it may have: when, to "
        "(did you mean 'when'?)"
    )


@pytest.mark.parametrize("setting", ["LIFECYCLE_NOTIFICATIONS", "LIFECYCLE_SIGNING_KEY"])
def test_a_file_that_is_not_there_is_told_with_the_setting_that_names_it(tmp_path: Path, setting: str) -> None:
    settings = read_settings({setting: str(tmp_path / "gone")})

    with pytest.raises(InvalidInput, match=r"the file '.*gone' cannot be read: No such file or directory") as told:
        plan_worker(settings)

    assert told.value.path == setting


def test_the_secret_of_a_bucket_is_never_shown() -> None:
    settings = read_settings({"LIFECYCLE_CHECKPOINTS_STORE_KEY": "wJalrXUtnFEMI"})

    assert "wJalrXUtnFEMI" not in repr(settings)
