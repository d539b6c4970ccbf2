"""What is told of a message: an event for programs, two lines for people."""

from lifecycle_fsm.background.notify.events import cloud_event
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.store.deliveries import Letter
from lifecycle_fsm.store.outbox import TRACE

_SENTENCES = {
    "moved": "moved to {stage}",
    "cta_opened": "CTA opened: {cta}",
    "cta_escalated": "CTA raised to {after}: {cta}",
    "cta_closed": "CTA closed ({outcome}): {cta}",
    "milestone_reached": "reached {milestone}",
    "notified": "{message}",
    "alert_opened": "alert: {subject}",
    "alert_raised": "alert is graver: {subject}",
    "pace_changed": "is {subject} in {stage}",
}


def event_of(letter: Letter) -> bytes:
    """
    Write a message as an event; the trace that caused it, where one was recorded, is its `traceparent`.

    Source: CloudEvents 1.0, extension "Distributed Tracing".
    """
    payload = {key: value for key, value in letter.payload.items() if value is not None}
    trace = payload.pop(TRACE, None)
    account = {"id": str(letter.account_id), "key": letter.account_key, "segment": letter.segment, "csm": letter.csm}
    data = {"account": account, "revision": letter.seq, **payload}
    traced = {} if trace is None else {TRACE: str(trace)}
    subject = letter.account_key or str(letter.account_id)
    return cloud_event(letter.kind, str(letter.message_id), subject, letter.created_at, data, **traced)


def title_of(letter: Letter) -> str:
    """One line for people."""
    name = letter.account_name or letter.account_key or "An account"
    words = {"cta": letter.cta_title, **{k: v for k, v in letter.payload.items() if k != "cta"}}
    sentence = _SENTENCES.get(letter.kind)
    told = letter.kind.replace("_", " ") if sentence is None else sentence.format_map(_Words(words))
    return f"{name}: {told}"


def text_of(letter: Letter) -> str:
    """The rest for people: where the account stands, who has it, and when it is due."""
    due = letter.payload.get("due_at")
    parts = {
        "Segment": letter.segment,
        "Stage": letter.payload.get("stage"),
        "CSM": letter.csm,
        "Priority": letter.payload.get("priority"),
        "Owner": letter.payload.get("owner"),
        "Due": from_ms(due).date().isoformat() if isinstance(due, int) else None,
    }
    return "\n".join(f"{name}: {value}" for name, value in parts.items() if value is not None)


class _Words(dict[str, object]):
    """What a sentence asks for; a dash where the message has nothing."""

    def __missing__(self, key: str) -> str:
        return "-"
