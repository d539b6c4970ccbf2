"""Accounts: one customer organisation with everything that is known and possible."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Info
from api.ids import global_id
from api.resolvers import resolved
from api.types.account_course import AccountCourse
from api.types.account_known import AccountKnown
from api.types.account_past import AccountPast
from api.types.account_work import AccountWork
from api.types.machine import Machine
from api.types.node import Node
from api.types.segment import Segment
from lifecycle_fsm.services.views import AccountView

QUICK = frozenset(
    {
        "__typename",
        "id",
        "key",
        "name",
        "attributes",
        "csm",
        "csmName",
        "segment",
        "isAssignedByHand",
        "machine",
        "stage",
        "health",
        "measures",
        "facts",
        "timeZone",
        "milestones",
        "history",
        "revision",
        "nextCheckAt",
        "asOf",
    }
)
"""The fields that an account's rows answer without its CTAs, plans and past values."""


@strawberry.type(description="A free text attribute of an account.")
class Attribute:
    """A name and a text."""

    name: str = strawberry.field(description="Its name; at most 100 characters.")
    value: str = strawberry.field(description="Its text; at most 500 characters.")


@strawberry.type(description="A customer organisation: what it is called and whose it is.")
class AccountIdentity(Node):
    """Names and belongings."""

    view: strawberry.Private[AccountView]

    @resolved("Opaque and the same for ever; at most 500 characters.")
    def id(self) -> strawberry.ID:
        """The node id."""
        return strawberry.ID(global_id("Account", self.view.profile.account_id))

    @resolved("What its system of record calls it; at most 500 characters.")
    def key(self) -> str:
        """The key outside."""
        return self.view.profile.key

    @resolved("Its name for people; at most 500 characters.")
    def name(self) -> str:
        """The name for people."""
        return self.view.profile.name

    @resolved("What else its system of record says about it, by name; at most 100.")
    def attributes(self) -> list[Attribute]:
        """Free attributes."""
        return [Attribute(name=name, value=value) for name, value in sorted(self.view.profile.attributes.items())]

    @resolved("The id of the CSM who owns it; null for nobody. At most 200 characters.")
    def csm(self) -> str | None:
        """Who owns it."""
        return self.view.lifecycle.csm

    @resolved("The CSM's name for people; null when it is not known. At most 200 characters.")
    def csm_name(self) -> str | None:
        """What people call its CSM."""
        return self.view.profile.csm_name

    @resolved("The segment whose machine it follows; null while no segment takes it.")
    async def segment(self, info: Info) -> Segment | None:
        """Load its segment."""
        if self.view.machine is None:
            return None
        found = await info.context.loaders.segments.load(self.view.machine.segment)
        return None if found is None else Segment.of(found)

    @resolved("Whether a person put it into its segment, so that no rule takes it away.")
    def is_assigned_by_hand(self) -> bool:
        """Whether rules leave its segment alone."""
        return self.view.lifecycle.by_hand

    @resolved("The version of the rules that it follows; null while no segment takes it.")
    def machine(self) -> Machine | None:
        """Its pinned rules."""
        return None if self.view.machine is None else Machine(rules=self.view.machine)


@strawberry.type(description="A customer organisation, as it stands at `asOf`.")
class Account(AccountIdentity, AccountCourse, AccountKnown, AccountWork, AccountPast):
    """An account."""

    view: strawberry.Private[AccountView]

    @resolved("The first instant at which time alone may change something; null for never.")
    def next_check_at(self) -> datetime | None:
        """When it is looked at again."""
        return self.view.next_check_at

    @resolved("The evaluation date of everything that is said here.")
    def as_of(self) -> datetime:
        """When this was true."""
        return self.view.as_of


async def account_at(info: Info, account_id: UUID) -> Account | None:
    """Load an account, None where there is none or the reader may not see it."""
    view = await info.context.loaders.accounts.load(account_id)
    return None if view is None else Account(view=view)
