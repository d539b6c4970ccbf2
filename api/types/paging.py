"""The four arguments of every list that has pages."""

from typing import Annotated

import strawberry

First = Annotated[
    int | None,
    strawberry.argument(description="How many items from the beginning, or after `after`; 1 to 100. Not with `last`."),
]
After = Annotated[
    str | None,
    strawberry.argument(
        description="Go on after the item with this cursor; with `first` only. At most 1,000 characters."
    ),
]
Last = Annotated[
    int | None,
    strawberry.argument(description="How many items from the end, or before `before`; 1 to 100. Not with `first`."),
]
Before = Annotated[
    str | None,
    strawberry.argument(
        description="Go back before the item with this cursor; with `last` only. At most 1,000 characters."
    ),
]
