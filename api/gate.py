"""What every way in has in common: who asks, what for, and whether that may run."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

import orjson
import strawberry
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, OperationDefinitionNode, OperationType

from api.auth import identity_of, line_of, note_actor
from api.context import Context
from api.deadlines import Deadlines
from api.documents import Document, Documents
from api.execution.executor import Executor
from api.incoming import Incoming
from api.limits import Limits
from api.needs import Need, lacking_of
from api.oidc.configured import sign_in_of
from api.oidc.sign_in import looks_like_one
from api.payloads import Answered, Cost
from api.persisted import PersistedDocuments, Policy, read_trusted
from api.refusals import RequestRefused
from api.threads import Threads
from api.throttle import Status, Throttle
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.quick import Quick, Together
from lifecycle_fsm.services.tokens import Identity, identity_of_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.telemetry import metrics
from lifecycle_fsm.telemetry.trail import Fields, note_all

_REMEMBERED = timedelta(seconds=10)
_MOST_REMEMBERED = 1_000
_GUESS = 10
"""The points that a wrong token costs the address that sent it."""
_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class _Known:
    """Whom a token was found to belong to, until when that may be believed, and what the log says of it."""

    identity: Identity
    until: datetime
    line: Fields


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation that may run for whoever asks."""

    document: Document
    operation: OperationDefinitionNode
    incoming: Incoming
    identity: Identity
    text: str
    cost: Cost
    is_trusted: bool
    """Whether the role prefers trusted documents and this is one, or does not care."""
    label: str
    """What metrics call it: its name where its document is trusted, for clients may choose any."""
    line: Fields
    """What the log says of it where it runs."""
    question: Hashable
    """What makes two queries one: the text, the operation, its variables, and whoever asks."""
    extensions: Mapping[str, object]
    """What goes with the answer: the cost, and what of it the caller may not ask, for these fields will be refused."""


Admitted = Prepared | tuple[GraphQLError, ...]
"""An operation that may run, or why none may."""


class Gate:
    """Let requests in: tokens, documents, limits and the points of each client."""

    def __init__(
        self, schema: strawberry.Schema, world: World, settings: Settings, threads: Threads, limits: Limits
    ) -> None:
        self.schema = schema
        self.graphql: GraphQLSchema = schema._schema
        self.world, self.settings, self.threads = world, settings, threads
        self.deadlines = Deadlines(settings.operation_seconds)
        self.throttle = Throttle(settings.rate, settings.rate_burst)
        self.quick: Quick | None = None
        self.shared: Together[None, Answered | ExecutionResult] = Together()
        """Where equal queries of one actor meet, for one run to answer them."""
        self.executor = Executor(schema, introspection=settings.introspection)
        self._documents = Documents(self.graphql, limits, introspection=settings.introspection)
        self._persisted = PersistedDocuments(
            read_trusted(settings.documents),
            {Role(role): Policy(policy) for role, policy in settings.document_policies.items()},
            Policy(settings.document_policy),
        )
        self._sign_in = sign_in_of(settings, threads, world.clock)
        self._known: OrderedDict[bytes, _Known] = OrderedDict()

    async def identify(self, header: str | None, address: str | None = None) -> Identity:
        """
        Say who sends an `Authorization` header; what was found is remembered for 10 s.

        A header without a valid token costs its address points, where points are counted; an
        address without any has to wait before another token is looked up for it.

        Raises:
            RequestRefused: 401, there is no valid token in it; 429, the address sent too many of these.
        """
        bucket = None if address is None or not self.throttle.is_on else f"address {address}"
        try:
            identity = await identity_of(header, partial(self._look_up, bucket))
        except RequestRefused as refused:
            if bucket is not None and refused.status == _UNAUTHORIZED:
                self._charge(bucket)
            raise
        note_actor(identity.actor)
        return identity

    def recall(self, header: str | None) -> Identity | None:
        """Who sent this `Authorization` header within the last 10 s; None where it has to be looked up."""
        if header is None or not header.startswith("Bearer "):
            return None
        known = self._believed(sha256(header[7:].encode()).digest(), self.world.clock())
        if known is None:
            return None
        note_all(known.line)
        return known.identity

    def _believed(self, digest: bytes, now: datetime) -> _Known | None:
        """What is known of a token and may be believed still."""
        known = self._known.get(digest)
        return known if known is not None and now < known.until else None

    def _charge(self, bucket: str) -> None:
        """
        Take the points of a token that was wrong.

        Raises:
            RequestRefused: 429, the address has too few.
        """
        status = self.throttle.take(bucket, min(_GUESS, self.settings.rate_burst))
        if status.is_refused:
            message = f"Too many requests without a valid token came from your address; wait {status.retry_after} s."
            raise _throttled(status, message, {})

    def forget(self, identity: Identity) -> None:
        """Look a token up anew when it comes next."""
        left = ((digest, known) for digest, known in self._known.items() if known.identity != identity)
        self._known = OrderedDict(left)

    def context_for(self, identity: Identity) -> Context:
        """What the resolvers of one operation work with."""
        return Context(self.world, identity.actor, self.threads, self.quick)

    def take(self, identity: Identity, *admitted: Admitted) -> Status:
        """
        Take the points of what came in one request from its client's bucket, of all or of nothing.

        Raises:
            RequestRefused: 429, the bucket holds too few.
        """
        points = sum(_points_of(each) for each in admitted)
        status = self.throttle.take(identity.key, points)
        if not status.is_refused:
            return status
        message = f"The request costs {points} points, your client has {status.available}; wait {status.retry_after} s."
        raise _throttled(status, message, limit_headers(status))

    def prepare(self, incoming: Incoming, identity: Identity) -> Admitted:
        """
        Find and judge the document, and choose its operation.

        Raises:
            RequestRefused: 405, it would change something and came by GET.
        """
        policy = self._persisted.policy_of(identity.actor.roles)
        text = self._persisted.text_of(incoming.query, incoming.document_id, policy)
        if isinstance(text, GraphQLError):
            return (text,)
        document = self._documents.read(text)
        operation = _operation(document, incoming)
        if not isinstance(operation, OperationDefinitionNode):
            return operation
        cost = Cost(self._documents.cost(document, operation, incoming.variables), self.settings.max_cost)
        if 0 < cost.limit < cost.requested:
            return (_too_dear(cost),)
        is_kept = self._persisted.is_trusted(text)
        return Prepared(
            document=document,
            operation=operation,
            incoming=incoming,
            identity=identity,
            text=text,
            cost=cost,
            is_trusted=is_kept or policy is not Policy.PREFERRED,
            label=_label(operation) if is_kept else metrics.OTHER,
            line=_line(operation),
            question=_question(text, incoming, identity),
            extensions=_extensions(cost, lacking_of(self._documents.needs(document, operation), identity.actor)),
        )

    async def _look_up(self, bucket: str | None, token: str) -> Identity:
        digest, now = sha256(token.encode()).digest(), self.world.clock()
        known = self._believed(digest, now)
        if known is not None:
            return known.identity
        if bucket is not None and self.throttle.level(bucket) < min(_GUESS, self.settings.rate_burst):
            self._charge(bucket)
        if self._sign_in is not None and looks_like_one(token):
            identity = await self._sign_in.identity(token)
        else:
            identity = await self.threads.run(identity_of_token, self.world, token)
        until = now + _REMEMBERED
        until = until if identity.expires_at is None else min(until, identity.expires_at)
        self._known[digest] = _Known(identity, until, line_of(identity.actor))
        if len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)
        return identity


def _points_of(admitted: Admitted) -> int:
    return max(1, admitted.cost.requested) if isinstance(admitted, Prepared) else 1


def _throttled(status: Status, message: str, headers: Mapping[str, str]) -> RequestRefused:
    """The refusal of a client that has to wait; who has no headers reads in the error how long."""
    more = {"Retry-After": str(status.retry_after), **headers}
    return RequestRefused(429, "throttled", message, more, {"throttle": status.shown()})


def limit_headers(status: Status) -> Mapping[str, str]:
    """The status of a client's bucket as headers, after the IETF's draft "RateLimit header fields for HTTP"."""
    window = -(-status.maximum // status.restore_rate)
    return {
        "RateLimit-Policy": f'"points";q={status.maximum};w={window}',
        "RateLimit": f'"points";r={status.available};t={max(status.retry_after, 1)}',
    }


def _label(operation: OperationDefinitionNode) -> str:
    return metrics.OTHER if operation.name is None else metrics.OPERATIONS.label(operation.name.value)


def _line(operation: OperationDefinitionNode) -> Fields:
    """What the log says of an operation that runs; its name has at most 60 characters."""
    name = "(unnamed)" if operation.name is None else operation.name.value[:60]
    return {"operation": name, "kind": operation.operation.value, "outcome": "ok"}


def _question(text: str, incoming: Incoming, identity: Identity) -> Hashable:
    variables = orjson.dumps(incoming.variables, option=orjson.OPT_SORT_KEYS) if incoming.variables else b""
    return text, incoming.operation_name, variables, identity.actor


def _extensions(cost: Cost, lacking: tuple[Need, ...]) -> Mapping[str, object]:
    shown = {"cost": cost.shown()}
    return {**shown, "lacking": [need.shown() for need in lacking]} if lacking else shown


def _too_dear(cost: Cost) -> GraphQLError:
    message = f"The operation costs {cost.requested}; at most {cost.limit} are allowed. Ask for shorter pages, or less."
    return GraphQLError(message, extensions={"code": "cost_exceeded", "cost": cost.shown()})


def _operation(document: Document, incoming: Incoming) -> OperationDefinitionNode | tuple[GraphQLError, ...]:
    """The operation to run, or why none may run."""
    if document.errors:
        return document.errors
    operation = document.operation(incoming.operation_name)
    if isinstance(operation, GraphQLError):
        return (operation,)
    if operation.operation is OperationType.MUTATION and not incoming.may_change:
        message = f"A {operation.operation.value} does not go by GET; send it by POST."
        raise RequestRefused(405, "method_not_allowed", message, {"Allow": "POST"})
    return operation
