"""The way from GraphQL to an export of history."""

from datetime import datetime
from urllib.parse import urlencode

import strawberry

from api.scalars import write_instant
from api.types.history_filter import HistoryPeriod
from lifecycle_fsm.services.audit.export_file import Form

DOWNLOADS = "/exports/v1/history"
"""Where the door of downloads is."""


@strawberry.type(description="Where an export of history can be downloaded.")
class HistoryDownload:
    """An address, and what comes from it."""

    path: str = strawberry.field(
        description="Path and query on this server: GET it with the same `Authorization` header as GraphQL. The export "
        "is made, and recorded under your name, when it is asked for. At most 2,000 characters."
    )
    file_name: str = strawberry.field(
        description="What the file is called; a ZIP also has what proves it. At most 100 characters."
    )
    media_type: str = strawberry.field(description="The content type of the answer; at most 100 characters.")

    @classmethod
    def of(
        cls, form: Form, account_id: strawberry.ID | None, segment: str | None, recorded: HistoryPeriod
    ) -> "HistoryDownload":
        """Name what was chosen in the address."""
        chosen = {
            "form": form.value,
            "accountId": account_id,
            "segment": segment,
            "since": _written(recorded.since),
            "before": _written(recorded.before),
        }
        query = urlencode({name: value for name, value in chosen.items() if value is not None})
        is_plain = form is Form.NDJSON
        return cls(
            path=f"{DOWNLOADS}?{query}",
            file_name=f"history.{form.value}" + ("" if is_plain else ".zip"),
            media_type="application/x-ndjson" if is_plain else "application/zip",
        )


def _written(instant: datetime | None) -> str | None:
    return None if instant is None else write_instant(instant)
