"""Channels and routes as text: whom an installation tells of what."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_network
from urllib.parse import urlsplit

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Diagnostic, Findings
from lifecycle_fsm.definition.nodes import Node, TextNode
from lifecycle_fsm.definition.source import read_source
from lifecycle_fsm.definition.tables import Table, named_entries, read_table
from lifecycle_fsm.definition.values import items_of, read_duration, read_text, read_word
from lifecycle_fsm.domain.cta import CtaType, Priority
from lifecycle_fsm.domain.notification import (
    KINDS,
    AppriseChannel,
    Channel,
    Network,
    Notifications,
    Route,
    Secret,
    WebhookChannel,
)

SCHEMA = "lifecycle/notifications/v1"
WEBHOOK_KEYS = ("webhook", "secrets", "allow", "timeout")
APPRISE_KEYS = ("apprise", "allow")
WHEN_KEYS = ("kind", "type", "priority", "segment", "owner")
SHORTEST_TIMEOUT_MS, USUAL_TIMEOUT_MS, LONGEST_TIMEOUT_MS = 1_000, 10_000, 60_000
MOST_SECRETS = 5


@dataclass(frozen=True, slots=True)
class ReadNotifications:
    """What became of the text; `notifications` is None when a diagnostic is an error."""

    notifications: Notifications | None
    diagnostics: tuple[Diagnostic, ...]


def read_notifications(file: str, content: bytes) -> ReadNotifications:
    """Read channels and routes; secrets are only named in it."""
    findings = Findings()
    root = read_source(file, content, findings)
    read = None if root is None else _notifications(root, findings)
    return ReadNotifications(None if findings.has_errors else read, findings.sorted())


def _notifications(root: Node, findings: Findings) -> Notifications | None:
    keys = ("schema", "channels", "routes")
    table = read_table(root, findings, "a file of notifications", keys, required=("schema", "channels"))
    if table is None:
        return None
    schema = table.get("schema")
    if schema is not None and table.text("schema") not in (SCHEMA, None):
        findings.error(Code.UNKNOWN_SCHEMA, schema.span, f"this reads {SCHEMA!r} only", suggestion=SCHEMA)
    channels: dict[str, Channel] = {}
    names = []
    for key, node in named_entries(table.get("channels"), findings, "`channels`"):
        names.append(key.text)
        channel = _channel(key.text, node, findings)
        if channel is not None:
            channels[key.text] = channel
    routes = [_route(node, findings, names) for node in table.items("routes")]
    return Notifications(channels, tuple(route for route in routes if route is not None))


def _channel(name: str, node: Node, findings: Findings) -> Channel | None:
    is_chat = getattr(node, "get", lambda _: None)("apprise") is not None
    keys, first = (APPRISE_KEYS, "apprise") if is_chat else (WEBHOOK_KEYS, "webhook")
    table = read_table(node, findings, "a channel", keys, required=(first,) if is_chat else (first, "secrets"))
    if table is None:
        return None
    allow = tuple(each for item in table.items("allow") if (each := _network(item, findings)) is not None)
    if is_chat:
        url = table.read("apprise", _secret)
        return None if url is None else AppriseChannel(name, url, allow)
    return _webhook(name, table, allow)


def _webhook(name: str, table: Table, allow: tuple[Network, ...]) -> WebhookChannel | None:
    node = table.get("webhook")
    url = None if node is None else _url(node, table.findings)
    items = table.items("secrets")
    if len(items) > MOST_SECRETS:
        table.findings.error(Code.INVALID_VALUE, items[MOST_SECRETS].span, f"at most {MOST_SECRETS} secrets sign")
    secrets = tuple(each for item in items if (each := _secret(item, table.findings)) is not None)
    timeout = table.read("timeout", _timeout)
    return None if url is None else WebhookChannel(name, url, secrets, allow, timeout or USUAL_TIMEOUT_MS)


def _url(node: Node, findings: Findings) -> str | Secret | None:
    """A URL, or where it stands when it is a secret itself."""
    if not isinstance(node, TextNode):
        return _secret(node, findings)
    parts = urlsplit(node.text)
    if parts.scheme in ("http", "https") and parts.hostname and not parts.username:
        return node.text
    findings.error(Code.INVALID_VALUE, node.span, "a webhook goes to an https:// address without a user name in it")
    return None


def _secret(node: Node, findings: Findings) -> Secret | None:
    table = read_table(node, findings, "a secret", ("env", "file"))
    if table is None:
        return None
    env, file = table.text("env"), table.text("file")
    if (env is None) == (file is None):
        findings.error(Code.INVALID_VALUE, node.span, "a secret is {env: NAME} or {file: PATH}")
        return None
    return Secret(env, file)


def _network(node: Node, findings: Findings) -> Network | None:
    text = read_text(node, findings)
    try:
        return None if text is None else ip_network(text)
    except ValueError as error:
        findings.error(Code.INVALID_VALUE, node.span, f"a network such as 10.0.0.0/8 is due here ({error})")
        return None


def _timeout(node: Node, findings: Findings) -> int | None:
    timeout = read_duration(node, findings)
    if timeout is not None and not SHORTEST_TIMEOUT_MS <= timeout <= LONGEST_TIMEOUT_MS:
        findings.error(Code.INVALID_VALUE, node.span, "a timeout is 1s to 60s")
        return None
    return timeout


def _route(node: Node, findings: Findings, channels: Iterable[str]) -> Route | None:
    table = read_table(node, findings, "a route", ("when", "to"), required=("to",))
    if table is None:
        return None
    to = _words(table.get("to"), findings, tuple(channels))
    when = table.read("when", lambda given, found: read_table(given, found, "`when`", WHEN_KEYS))
    if when is None:
        return Route(tuple(sorted(to)))
    return Route(
        tuple(sorted(to)),
        kinds=_words(when.get("kind"), findings, KINDS),
        cta_types=_words(when.get("type"), findings, tuple(CtaType)),
        priorities=_words(when.get("priority"), findings, tuple(Priority)),
        segments=_texts(when.get("segment"), findings),
        owners=_texts(when.get("owner"), findings),
    )


def _words(node: Node | None, findings: Findings, known: tuple[str, ...]) -> frozenset[str]:
    words = (read_word(item, findings, known) for item in ([] if node is None else items_of(node, findings)))
    return frozenset(word for word in words if word is not None)


def _texts(node: Node | None, findings: Findings) -> frozenset[str]:
    texts = (read_text(item, findings) for item in ([] if node is None else items_of(node, findings)))
    return frozenset(text for text in texts if text is not None)
