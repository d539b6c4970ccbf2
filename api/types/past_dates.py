"""The two dates of what was: of when it is, and as of when it was known."""

from datetime import datetime
from typing import Annotated

import strawberry

AsOf = Annotated[datetime, strawberry.argument(description="The date; from 1900 to now.")]
AsKnownAt = Annotated[
    datetime | None,
    strawberry.argument(
        description="Only what was recorded by then counts, up to now; null for all that is known now."
    ),
]
