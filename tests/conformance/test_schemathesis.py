"""Schemathesis sends documents that it makes from the schema; none of them may break the server."""

import json
import re
import warnings
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from graphql import build_schema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api.app import create_app
from api.export import SCHEMA_FILE
from api.ids import global_id
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.publish import publish
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Database
from tests.api.conftest import ADMIN, an_account, register
from tests.api.definitions import FILES
from tests.builders import MONDAY
from tests.databases import one_of_both
from tests.fakes import Clock
from tests.usual import first

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.core.failures import FailureGroup
    from schemathesis.core.result import Ok
    from schemathesis.graphql import nodes
    from schemathesis.graphql.checks import GraphQLClientError

if TYPE_CHECKING:
    from schemathesis.schemas import BaseSchema

AnyCase = schemathesis.Case[Any]
QUICK = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.generate],
)
CALLERS_MISTAKES = {"invalid_input", "parse_failed", "cost_exceeded", "limit_exceeded", "machine_not_found"}
ACME = global_id("Account", account_id_for("ACME"))
PLAN = global_id("ConfigurationPlan", "0" * 64)
TOKEN = global_id("Token", "0" * 64)
DEFINITION = json.dumps(FILES["segments/starter.yaml"].decode()).replace("\\", "\\\\")
SCHEMA = build_schema(SCHEMA_FILE.read_text())
OPERATIONS = sum(len(named.fields) for named in (SCHEMA.query_type, SCHEMA.mutation_type) if named)
TEXT = r"\"(?:[^\"\\]|\\.)*\""
LIKELY = {
    rf"\b(accountId|id): {TEXT}": f'\\1: "{ACME}"',
    rf"\b(accountKey|key): {TEXT}": '\\1: "ACME"',
    rf"\bsegment: {TEXT}": 'segment: "starter"',
    rf"\bmeasure: {TEXT}": 'measure: "setup"',
    rf"\bmilestone: {TEXT}": 'milestone: "kickoff_done"',
    rf"\btrigger: {TEXT}": 'trigger: "advance"',
    rf"\bname: {TEXT}": 'name: "segments/starter.yaml"',
    rf"\bcontent: {TEXT}": f"content: {DEFINITION}",
    rf"\btokenId: {TEXT}": f'tokenId: "{TOKEN}"',
    rf"\bplanId: {TEXT}": f'planId: "{PLAN}"',
    rf"\b(after|before): {TEXT}": "\\1: null",
    r"\bfirst: -?\w+": "first: 3",
    r"\blast: -?\d+": "last: null",
}
"""What turns a document of chance into one that reaches the store."""

schemathesis.graphql.scalar(
    "DateTime",
    st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001 # bounds
        lambda at: nodes.String(at.isoformat())
    ),
)
schemathesis.graphql.scalar(
    "Duration", st.sampled_from(["PT0S", "-P1D", "PT0.000001S", "PT12H", "P30D", "P200000D"]).map(nodes.String)
)
schemathesis.graphql.scalar(
    "Value",
    st.one_of(
        st.integers(-(2**31), 2**31 - 1).map(nodes.Int),
        st.floats(allow_nan=False, allow_infinity=False).map(nodes.Float),
        st.text(max_size=20).map(nodes.String),
        st.booleans().map(nodes.Boolean),
    ),
)


@pytest.fixture(scope="module", params=first(1, ["sqlite", "postgresql"]))
def populated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store with a segment and twenty accounts, once of each kind."""
    with one_of_both(request, tmp_path_factory.mktemp("schemathesis")) as url:
        yield url


@pytest.fixture(scope="module")
def api(populated: str) -> Iterator["BaseSchema"]:
    database = Database(populated)
    world = World(database, Clock(MONDAY))
    publish(world, ADMIN, FILES)
    register(world, *(an_account(key, setup=50) for key in ("ACME", *(f"A{number}" for number in range(19)))))
    token = issue_token(world, ADMIN, "root", [Role.ADMIN], None).token
    headers = {"Authorization": f"Bearer {token}"}
    schema = schemathesis.graphql.from_asgi(
        "/graphql", create_app(world, Settings(database_url=populated)), headers=headers
    )
    schema.config.update(headers=headers)
    yield schema
    database.dispose()


def send_all(
    api: "BaseSchema",
    prepare: Callable[[AnyCase], None],
    token: str | None = None,
    allowed: Collection[str] = CALLERS_MISTAKES,
    bounds: settings = QUICK,
) -> int:
    """Send documents for every query and mutation; gives how many of these there are."""
    operations = [found.ok() for found in api.get_all_operations() if isinstance(found, Ok)]
    for operation in operations:

        @given(case=operation.as_strategy())
        @bounds
        def send(case: AnyCase) -> None:
            prepare(case)
            assert codes_of(case, token) <= set(allowed)

        send()
    return len(operations)


def codes_of(case: AnyCase, token: str | None) -> set[str]:
    """The codes of the errors that a document gets; a fault of the server is raised."""
    response = case.call(headers=None if token is None else {"Authorization": f"Bearer {token}"})
    try:
        case.validate_response(response)
    except FailureGroup as failures:
        faults = [failure for failure in failures.exceptions if not isinstance(failure, GraphQLClientError)]
        if faults:
            raise
    return {error["extensions"]["code"] for error in response.json().get("errors", [])}


def as_it_is(_: AnyCase) -> None:
    """Leave the document alone."""


def make_likely(case: AnyCase) -> None:
    body = str(case.body)
    for pattern, likely in LIKELY.items():
        body = re.sub(pattern, likely, body)
    case.body = body


def test_no_document_breaks_the_server(api: "BaseSchema") -> None:
    assert send_all(api, as_it_is) == OPERATIONS


def test_no_document_that_reaches_the_store_breaks_the_server(api: "BaseSchema") -> None:
    assert send_all(api, make_likely) == OPERATIONS


@pytest.mark.long
@pytest.mark.parametrize("role", Role)
def test_no_document_of_any_role_breaks_the_server(api: "BaseSchema", populated: str, role: Role) -> None:
    database = Database(populated)
    token = issue_token(World(database, Clock(MONDAY)), ADMIN, role.value, [role], None).token
    database.dispose()

    at_length = settings(QUICK, max_examples=20)
    assert send_all(api, make_likely, token, {*CALLERS_MISTAKES, "forbidden"}, at_length) == OPERATIONS
