"""Queries of CTAs across accounts, of what they are opened from, and of people."""

from typing import Annotated

import strawberry

from api.context import Info
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.connection import Connection, connection_of
from api.types.cta import Cta
from api.types.cta_input import CtaFilterInput, CtaOrderInput
from api.types.cta_template import CtaTemplate, Playbook, SuccessPlanType
from api.types.paging import After, Before, First, Last
from api.types.person import Person
from lifecycle_fsm.services.cta_browse import page_ctas
from lifecycle_fsm.services.people import list_people

Filter = Annotated[
    CtaFilterInput | None,
    strawberry.argument(name="filter", description="Which CTAs; all of them where it is left out."),
]
Order = Annotated[
    CtaOrderInput | None, strawberry.argument(description="In which order; by due date where it is left out.")
]


@strawberry.type
class CtaQueries:
    """Fields of the query root."""

    @resolved(
        "A page of the CTAs of all accounts, for a day's work. Needs `first` or `last`, 1 to 100; anything else is an "
        "error. A cursor belongs to its filter and order."
    )
    async def ctas(  # noqa: PLR0913, PLR0917 # Relay has four, a list two
        self,
        info: Info,
        choose: Filter = None,
        order: Order = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Cta]:
        """Load a page of CTAs."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        wanted = (choose or CtaFilterInput()).to_domain()
        as_of, found = await info.context.call(page_ctas, wanted, (order or CtaOrderInput()).to_domain(), page)
        return connection_of(found, lambda placed: Cta.of(*placed, as_of))

    @resolved("The CTA templates that were published last, by key; at most 1,000.")
    async def cta_templates(self, info: Info) -> list[CtaTemplate]:
        """What CTAs are opened from."""
        catalog = await info.context.loaders.catalog()
        return [CtaTemplate.of(template) for _, template in sorted(catalog.templates.items())]

    @resolved("The playbooks that were published last, by key; at most 1,000.")
    async def playbooks(self, info: Info) -> list[Playbook]:
        """The prescribed lists of tasks."""
        catalog = await info.context.loaders.catalog()
        return [Playbook.of(playbook) for _, playbook in sorted(catalog.playbooks.items())]

    @resolved("The types of success plans that were published last, by key; at most 1,000.")
    async def success_plan_types(self, info: Info) -> list[SuccessPlanType]:
        """What plans are opened from."""
        catalog = await info.context.loaders.catalog()
        return [SuccessPlanType.of(kind) for _, kind in sorted(catalog.plans.items())]

    @resolved("The people that are known, with their leads, by id; at most 1,000.")
    async def people(self, info: Info) -> list[Person]:
        """Who works with accounts."""
        return [Person.of(person) for person in await info.context.call(list_people)]
