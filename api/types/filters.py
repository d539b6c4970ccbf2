"""Which accounts a list shows, and in which order."""

from collections.abc import Sequence

import strawberry

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.portfolio import AccountFilter, AccountOrder, AccountOrderField
from lifecycle_fsm.domain.reports.address import read_address
from lifecycle_fsm.domain.scorecard import Band

MOST_CHOICES = 100
LONGEST_SEARCH = 200


@strawberry.input(
    name="AccountFilter",
    description="Chooses accounts. What is left out, null or empty chooses all; what is given must all apply.",
)
class AccountFilterInput:
    """A filter of accounts."""

    segments: list[str] | None = strawberry.field(
        default=None, description="In one of these segments; at most 100 keys."
    )
    stages: list[str] | None = strawberry.field(default=None, description="In one of these stages; at most 100 keys.")
    bands: list[Band] | None = strawberry.field(default=None, description="With a health score of one of these bands.")
    csms: list[str] | None = strawberry.field(default=None, description="Owned by one of these CSMs; at most 100 ids.")
    search: str | None = strawberry.field(
        default=None, description="Whose name or key begins with this; at most 200 characters."
    )
    behind: str | None = strawberry.field(
        default=None,
        description="Counted in the number of a report that has this address, as reports give it; "
        "at most 2,000 characters. For lists, not for subscriptions.",
    )

    def to_domain(self) -> AccountFilter:
        """
        Give the filter as services know it.

        Raises:
            InvalidInput: a list has more than 100 entries, a text cannot be one of an account,
                or there is no such address.
        """
        search = self.search or None
        if search is not None and not (len(search) <= LONGEST_SEARCH and search.isprintable()):
            message = f"the search is {search[:40]!r}; expected at most {LONGEST_SEARCH} printable characters"
            raise InvalidInput(message, path="filter.search")
        return AccountFilter(
            segments=few(self.segments, "segments"),
            stages=few(self.stages, "stages"),
            bands=tuple(self.bands or ()),
            csms=few(self.csms, "csms"),
            search=search,
            behind=None if self.behind is None else read_address(self.behind),
        )


@strawberry.input(name="AccountOrder", description="The order of a list of accounts.")
class AccountOrderInput:
    """An order of accounts."""

    field: AccountOrderField = strawberry.field(
        default=AccountOrderField.NAME, description="What they are ordered by; NAME where it is left out."
    )
    descending: bool = strawberry.field(default=False, description="Largest, latest or last first.")

    def to_domain(self) -> AccountOrder:
        """Give the order as services know it."""
        return AccountOrder(self.field, self.descending)


def few(keys: Sequence[str] | None, name: str) -> tuple[str, ...]:
    """
    The texts of a list, each once.

    Raises:
        InvalidInput: there are more than 100, or one is not printable.
    """
    if keys is not None and len(keys) > MOST_CHOICES:
        message = f"`{name}` has {len(keys)} entries; expected at most {MOST_CHOICES}"
        raise InvalidInput(message, path=f"filter.{name}")
    odd = next((key for key in keys or () if not key.isprintable()), None)
    if odd is not None:
        raise InvalidInput(f"`{name}` has {odd[:40]!r}; expected printable texts", path=f"filter.{name}")
    return tuple(dict.fromkeys(keys or ()))
