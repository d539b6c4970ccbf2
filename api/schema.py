"""The schema: what the queries and mutations make together."""

from collections.abc import Iterator
from functools import cache

import strawberry
from graphql import GraphQLArgument, GraphQLInputField, GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema
from graphql.pyutils import Undefined
from strawberry.schema.config import StrawberryConfig

from api.cost.directives import show_costs
from api.execution.interpreter import Interpreter
from api.mutations.answer_question import AnswerQuestion
from api.mutations.apply_configuration import ApplyConfiguration
from api.mutations.approve_plan import ApprovePlan
from api.mutations.assign_segment import AssignSegment
from api.mutations.cancel_sweep import CancelSweep
from api.mutations.change_ctas import ChangeCtas
from api.mutations.close_cta import CloseCta
from api.mutations.comment_cta import CommentCta
from api.mutations.end_health_override import EndHealthOverride
from api.mutations.erase_account import EraseAccount
from api.mutations.erase_texts import EraseTexts
from api.mutations.fire_transition import FireTransition
from api.mutations.issue_token import IssueToken
from api.mutations.link_cta import LinkCta
from api.mutations.mark_reviewed import MarkReviewed
from api.mutations.open_cta import OpenCta
from api.mutations.open_success_plan import OpenSuccessPlan
from api.mutations.override_health import OverrideHealth
from api.mutations.pause_account import PauseAccount
from api.mutations.plan_configuration import PlanConfiguration
from api.mutations.purge_deliveries import PurgeDeliveries
from api.mutations.raise_question import RaiseQuestion
from api.mutations.reach_milestone import ReachMilestone
from api.mutations.reach_milestones import ReachMilestones
from api.mutations.record_facts import RecordFacts
from api.mutations.record_people import RecordPeople
from api.mutations.redate_milestone import RedateMilestone
from api.mutations.register_accounts import RegisterAccounts
from api.mutations.rehearse_sweep import RehearseSweep
from api.mutations.reopen_cta import ReopenCta
from api.mutations.replay_deliveries import ReplayDeliveries
from api.mutations.resume_account import ResumeAccount
from api.mutations.resume_run import ResumeRun
from api.mutations.revoke_milestone import RevokeMilestone
from api.mutations.revoke_token import RevokeToken
from api.mutations.set_cta_task import SetCtaTask
from api.mutations.set_success_plan_status import SetSuccessPlanStatus
from api.mutations.snooze_cta import SnoozeCta
from api.mutations.start_back_fill import StartBackFill
from api.mutations.start_sweep import StartSweep
from api.mutations.start_verification import StartVerification
from api.mutations.undo_run import UndoRunField
from api.mutations.unlink_cta import UnlinkCta
from api.mutations.update_cta import UpdateCta
from api.queries.accounts import AccountQueries
from api.queries.alerts import AlertQueries
from api.queries.audit_entries import AuditEntryQueries
from api.queries.configuration import ConfigurationQueries
from api.queries.ctas import CtaQueries
from api.queries.history import HistoryQueries
from api.queries.machines import MachineQueries
from api.queries.nodes import NodeQueries
from api.queries.operations import OperationQueries
from api.queries.plans import PlanQueries
from api.queries.proofs import ProofQueries
from api.queries.reports import ReportQueries
from api.queries.reviews import ReviewQueries
from api.queries.runs import RunQueries
from api.queries.tokens import TokenQueries
from api.scalars import SCALARS
from api.subscriptions.changes import Subscription
from api.types.problems import Problem


@strawberry.type(description="What can be read. Everything needs a token.")
class Query(
    AccountQueries,
    AlertQueries,
    CtaQueries,
    HistoryQueries,
    ReviewQueries,
    ProofQueries,
    AuditEntryQueries,
    MachineQueries,
    ConfigurationQueries,
    PlanQueries,
    OperationQueries,
    TokenQueries,
    NodeQueries,
    RunQueries,
    ReportQueries,
):
    """The root of queries."""


@strawberry.type(
    description="What can be changed. Each field is one command in one transaction and answers with a union of its "
    "success and its problems."
)
class Mutation(
    FireTransition,
    RecordFacts,
    RegisterAccounts,
    ReachMilestones,
    ReachMilestone,
    RedateMilestone,
    RevokeMilestone,
    UndoRunField,
    CloseCta,
    OverrideHealth,
    EndHealthOverride,
    PauseAccount,
    ResumeAccount,
    OpenCta,
    UpdateCta,
    SnoozeCta,
    ReopenCta,
    SetCtaTask,
    CommentCta,
    LinkCta,
    UnlinkCta,
    ChangeCtas,
    OpenSuccessPlan,
    SetSuccessPlanStatus,
    RecordPeople,
    AssignSegment,
    PlanConfiguration,
    ApprovePlan,
    ApplyConfiguration,
    StartSweep,
    StartVerification,
    RehearseSweep,
    CancelSweep,
    StartBackFill,
    ResumeRun,
    ReplayDeliveries,
    PurgeDeliveries,
    MarkReviewed,
    RaiseQuestion,
    AnswerQuestion,
    IssueToken,
    RevokeToken,
    EraseAccount,
    EraseTexts,
):
    """The root of mutations."""


@cache
def make_schema() -> strawberry.Schema:
    """Build the schema, once for a process."""
    config = StrawberryConfig(scalar_map=SCALARS)
    schema = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[Problem],
        config=config,
        execution_context_class=Interpreter,
    )
    for given in _inputs(schema._schema):
        # Left out and null mean the same here; a default of null would only be noise in the text.
        if given.default_value is None:
            given.default_value = Undefined
    show_costs(schema._schema)
    return schema


def _inputs(schema: GraphQLSchema) -> Iterator[GraphQLArgument | GraphQLInputField]:
    """Everything that a client may give: arguments of fields, and fields of inputs."""
    for named in schema.type_map.values():
        if isinstance(named, GraphQLInputObjectType):
            yield from named.fields.values()
        if isinstance(named, GraphQLObjectType):
            for field in named.fields.values():
                yield from field.args.values()
