"""The schema: what the queries and mutations make together."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.mutations.close_cta import CloseCta
from api.mutations.fire_transition import FireTransition
from api.mutations.reach_milestone import ReachMilestone
from api.mutations.record_facts import RecordFacts
from api.queries.accounts import AccountQueries
from api.queries.machines import MachineQueries
from api.queries.nodes import NodeQueries
from api.scalars import SCALARS
from api.types.problems import Problem


@strawberry.type(description="What can be read. Everything needs a token.")
class Query(AccountQueries, MachineQueries, NodeQueries):
    """The root of queries."""


@strawberry.type(
    description="What can be changed. Each field is one command in one transaction and answers with a union of its "
    "success and its problems."
)
class Mutation(FireTransition, RecordFacts, ReachMilestone, CloseCta):
    """The root of mutations."""


def make_schema() -> strawberry.Schema:
    """Build the schema; the same each time."""
    return strawberry.Schema(
        query=Query, mutation=Mutation, types=[Problem], config=StrawberryConfig(scalar_map=SCALARS)
    )
