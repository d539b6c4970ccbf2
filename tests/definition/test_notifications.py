"""Channels and routes as text: read with every mistake at its place, and without any secret."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from lifecycle_fsm.background.notify.posting import receivers_of
from lifecycle_fsm.background.notify.webhook import Webhook
from lifecycle_fsm.definition.notifications import read_notifications
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.notification import (
    EFFECT_KINDS,
    About,
    AppriseChannel,
    Notifications,
    Route,
    Secret,
    WebhookChannel,
)

GOOD = b"""
schema: lifecycle/notifications/v1
channels:
  crm:
    webhook: https://crm.example/hooks/lifecycle
    secrets: [{env: CRM_KEY}, {file: /run/secrets/crm_old}]
    allow: [10.0.0.0/8]
    timeout: 5s
  risk_room:
    apprise: {env: SLACK_URL}
routes:
  - to: [crm]
  - when: {kind: [cta_opened, cta_escalated], type: [risk], priority: [high], segment: [enterprise], owner: [ada]}
    to: [risk_room]
"""
KEY = "whsec_" + "QUJD" * 8


def good() -> Notifications:
    read = read_notifications("n.yaml", GOOD)
    assert read.diagnostics == ()
    assert read.notifications is not None
    return read.notifications


def test_channels_and_routes_are_read() -> None:
    secrets = (Secret(env="CRM_KEY"), Secret(file="/run/secrets/crm_old"))
    crm = WebhookChannel("crm", "https://crm.example/hooks/lifecycle", secrets, (ip_network("10.0.0.0/8"),), 5_000)

    assert good() == Notifications(
        {"crm": crm, "risk_room": AppriseChannel("risk_room", Secret(env="SLACK_URL"))},
        (
            Route(("crm",)),
            Route(
                ("risk_room",),
                frozenset({"cta_opened", "cta_escalated"}),
                frozenset({"risk"}),
                frozenset({"high"}),
                frozenset({"enterprise"}),
                frozenset({"ada"}),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("about", "channels"),
    [
        (About("moved"), ("crm",)),
        (About("cta_opened", "enterprise", "risk", "high", "ada"), ("crm", "risk_room")),
        (About("cta_opened", "enterprise", "risk", "high", "bob"), ("crm",)),
        (About("cta_opened", "enterprise", "risk", None, "ada"), ("crm",)),
        (About("notified", channel="risk_room"), ("crm", "risk_room")),
        (About("notified", channel="nowhere"), ("crm",)),
    ],
)
def test_a_message_goes_where_a_route_or_its_definition_says(about: About, channels: tuple[str, ...]) -> None:
    assert good().channels_for(about) == channels


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("https://crm.example", "ftp://crm.example", 5, "a webhook goes to an https:// address"),
        ("https://crm.example", "https://ada:secret@crm.example", 5, "without a user name"),
        ("{env: CRM_KEY}", "whsec_abc", 6, "a secret is a table of keys"),
        ("{env: CRM_KEY}", "{env: A, file: B}", 6, "a secret is {env: NAME} or {file: PATH}"),
        ("10.0.0.0/8", "10.0.0.1/8", 7, "a network such as 10.0.0.0/8 is due here"),
        ("timeout: 5s", "timeout: 5m", 8, "a timeout is 1s to 60s"),
        ("timeout: 5s", "time_out: 5s", 8, "a channel has no key 'time_out'"),
        ("to: [crm]", "to: [crn]", 12, "crn"),
        ("cta_opened,", "cta_open,", 13, "cta_open"),
        ("[risk]", "[risky]", 13, "risky"),
        ("notifications/v1", "notifications/v2", 2, "this reads 'lifecycle/notifications/v1' only"),
    ],
)
def test_a_mistake_is_told_at_its_place(old: str, new: str, line: int, said: str) -> None:
    read = read_notifications("n.yaml", GOOD.replace(old.encode(), new.encode(), 1))

    assert read.notifications is None
    assert [(each.span.line, said in each.message) for each in read.diagnostics] == [(line, True)]


def test_secrets_are_read_where_they_stand_and_never_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "old").write_text(f"{KEY}\n")
    monkeypatch.setenv("CRM_KEY", KEY)
    secrets = (Secret(env="CRM_KEY"), Secret(file=str(tmp_path / "old")))
    channel = WebhookChannel("crm", "https://crm.example/token-in-path", secrets)

    receivers = receivers_of(Notifications({"crm": channel}))

    (crm,) = receivers.values()
    assert isinstance(crm, Webhook)
    assert crm.keys == (b"ABC" * 8, b"ABC" * 8)
    assert "ABC" not in repr(receivers)
    assert "token-in-path" not in repr(receivers)


@pytest.mark.parametrize(("value", "said"), [(None, "there is no secret"), ("hunter2", "holds no signing key")])
def test_a_missing_or_weak_secret_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, value: str | None, said: str
) -> None:
    if value is not None:
        monkeypatch.setenv("CRM_KEY", value)
    channel = WebhookChannel("crm", "https://crm.example", (Secret(env="CRM_KEY"),))

    with pytest.raises(InvalidInput, match=said) as caught:
        receivers_of(Notifications({"crm": channel}))

    assert "environment variable CRM_KEY" in caught.value.message
    assert "hunter2" not in caught.value.message


def test_every_kind_of_effect_may_be_routed() -> None:
    from api.types.enums import EffectKind  # noqa: PLC0415 - the API lists them for people

    assert {str(kind.value) for kind in EffectKind} == set(EFFECT_KINDS)
