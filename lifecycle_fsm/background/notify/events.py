"""The envelope of everything that programs are told."""

from collections.abc import Mapping
from datetime import UTC, datetime

import orjson

CONTENT_TYPE = "application/cloudevents+json"
SOURCE = "/lifecycle-fsm"


def cloud_event(
    kind: str, message_id: str, subject: str, at: datetime, data: Mapping[str, object], **extensions: str
) -> bytes:
    """
    Write an event of `lifecycle.KIND.v1`: the same bytes at each attempt, so that a receiver may compare them.

    Source: CloudEvents 1.0, JSON event format.
    """
    event = {
        "specversion": "1.0",
        "id": message_id,
        "source": SOURCE,
        "type": f"lifecycle.{kind}.v1",
        "subject": subject,
        "time": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": data,
        **extensions,
    }
    return orjson.dumps(event, option=orjson.OPT_SORT_KEYS)
