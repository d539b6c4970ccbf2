"""A trace leads from the request to the statement, on both databases, and names nobody."""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from random import Random
from typing import Any

import opentelemetry.semconv._incubating.attributes
import opentelemetry.semconv.attributes
import orjson
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from api.app import create_app
from lifecycle_fsm.background.notify.posting import Post
from lifecycle_fsm.background.notify.webhook import Webhook
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.errors import StoreFailed
from lifecycle_fsm.domain.notification import Notifications, Route, WebhookChannel
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.notifying import route_page
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.telemetry.logs import LogPlan, pseudonym, set_up_logs
from lifecycle_fsm.telemetry.statements import described, normal
from lifecycle_fsm.telemetry.traces import NOTHING, begun, here, within
from tests.api.door import Door, a_door
from tests.background.receivers import a_receiver
from tests.background.test_deliveries import KEYS as SIGNING_KEYS
from tests.background.test_deliveries import LOOPBACK
from tests.telemetry.recording import KEY, recorded, told, without_reads
from tests.worlds import ADMIN, Stage, a_stage

CSM = "Ada Lovelace"
CLIENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE = CLIENT.split("-")[1]
PAGE = """query Page($key: String) { account(key: $key) {
  key name stage { title } health { score } openCtas { title } history(first: 3) { nodes { seq } } } }"""
REACH = """mutation Kickoff($input: ReachMilestoneInput!) {
  reachMilestone(input: $input) { __typename ... on Problem { code } } }"""
ALL = Notifications({"crm": WebhookChannel("crm", "http://127.0.0.1", ())}, (Route(("crm",)),))


@dataclass
class Watched:
    """A server whose traces are kept."""

    kept: InMemorySpanExporter
    stage: Stage
    door: Door

    def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """Ask with the client's trace."""
        sent = {"query": query, "variables": variables}
        answer = self.door.send("POST", json=sent, headers={"traceparent": CLIENT})
        found: dict[str, Any] = answer.json()["data"]
        return found

    def reach(self, milestone: str) -> str:
        """Reach a milestone of the only account, and give the type of the answer."""
        (node,) = self.door.data("{ accounts(first: 1) { nodes { id } } }")["accounts"]["nodes"]
        self.kept.clear()
        wanted = {"accountId": node["id"], "milestone": milestone, "idempotencyKey": milestone}
        answered = self.data(REACH, input=wanted)["reachMilestone"]
        return str(answered["__typename"])

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self.kept.get_finished_spans()


@pytest.fixture
def watched(database_url: str) -> Iterator[Watched]:
    with ExitStack() as stack:
        kept = stack.enter_context(recorded())
        stage = stack.enter_context(a_stage(database_url))
        stage.sign("ACME", arr=5_000, csm=CSM)
        application = create_app(stage.world, Settings(database_url=database_url))
        token = issue_token(stage.world, ADMIN, CSM, [Role.CSM], None).token
        door = stack.enter_context(a_door(application, token))
        life = application.router.lifespan_context(application)
        door.runner.run(life.__aenter__())
        kept.clear()
        yield Watched(kept, stage, door)
        door.runner.run(life.__aexit__(None, None, None))


READ_AN_ACCOUNT = [
    "      view_accounts",
    "        SELECT field_slot",
    "        SELECT account_state",
    "        SELECT cta",
    "        SELECT success_plan",
    "        SELECT account_profile",
]
PAGE_TOLD = ["POST /graphql", "  query", "    Query.account", *READ_AN_ACCOUNT, "    Account.history"]
HISTORY_BY_SERVICE = ["      page_history", "        SELECT transition_log transition_inputs account_state"]
HISTORY_DIRECTLY = ["      SELECT transition_log account_state"]


def test_a_page_is_told_from_its_fields_to_its_statements(watched: Watched) -> None:
    watched.data(PAGE, key="ACME")
    watched.kept.clear()

    watched.data(PAGE, key="ACME")

    is_sqlite = watched.stage.world.database.is_sqlite
    assert told(watched.spans) == PAGE_TOLD + (HISTORY_BY_SERVICE if is_sqlite else HISTORY_DIRECTLY)


AT_ONCE = "UPDATE account_state transition_log transition_inputs"


def test_a_mutation_is_told_with_what_it_wrote(watched: Watched) -> None:
    assert watched.reach("kickoff_done") == "MilestoneReached"

    is_sqlite = watched.stage.world.database.is_sqlite
    moved = ["UPDATE account_state", "INSERT transition_log", "INSERT transition_inputs"] if is_sqlite else [AT_ONCE]
    statements = ["SELECT …", *moved, "INSERT milestone_event", "INSERT outbox", "SELECT …"]
    above = ["POST /graphql", "  mutation", "    Mutation.reachMilestone", "      reach_milestone"]
    wanted = [*above, "        transaction", *(f"{' ' * 10}{each}" for each in statements)]
    assert without_reads(told(watched.spans)) == wanted


def test_a_request_goes_on_with_its_clients_trace_and_says_who_what_and_how_dear(
    watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs(LogPlan("info", "json", KEY))
    watched.reach("kickoff_done")

    (line,) = [each for each in map(orjson.loads, capsys.readouterr().err.splitlines()) if each["kind"] == "mutation"]
    request, operation = named(watched, "POST /graphql"), named(watched, "mutation")
    said = {**attributes_of(request), **attributes_of(operation)}
    changing = {"lifecycle.request.id", "lifecycle.run.id", "lifecycle.machine", "lifecycle.graphql.document.sha256"}
    assert {trace_of(span) for span in watched.spans} == {TRACE} == {line["trace"]}
    assert request.kind is SpanKind.SERVER
    assert (said["lifecycle.run.id"], said["lifecycle.request.id"]) == (line["run"], line["request"])
    assert {name: value for name, value in said.items() if name not in changing} == {
        "enduser.pseudo.id": pseudonym(KEY, "actor", CSM),
        "graphql.operation.name": "Kickoff",
        "graphql.operation.type": "mutation",
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "http.route": "/graphql",
        "lifecycle.account": line["account"],
        "lifecycle.graphql.cost": 11,
        "lifecycle.outcome": "ok",
        "network.protocol.version": "1.1",
        "url.scheme": "http",
        "user.roles": ("csm",),
    }


def test_the_receiver_of_a_webhook_goes_on_with_the_trace_that_caused_it(watched: Watched) -> None:
    with a_receiver() as receiver:
        watched.reach("kickoff_done")
        caused = watched.spans
        watched.kept.clear()
        post = Post(watched.stage.world, {"crm": Webhook(receiver.url, SIGNING_KEYS, LOOPBACK, 5)}, Random(1))
        with begun("job deliver"):
            while route_page(watched.stage.world, ALL) is not None or post.page("crm") is not None:
                pass

    (arrived,) = [each for each in receiver.arrived if b'"milestone":"kickoff_done"' in each.body]
    version, trace, span_id, flags = arrived.headers["traceparent"].split("-")
    (deliver,) = [span for span in watched.spans if span.context and f"{span.context.span_id:016x}" == span_id]
    above = deliver.parent
    assert above is not None
    assert (version, trace, flags, deliver.name, trace_of(deliver)) == ("00", TRACE, "01", "deliver crm", TRACE)
    assert orjson.loads(arrived.body)["traceparent"] == f"00-{TRACE}-{above.span_id:016x}-01"
    assert above.span_id in {span.context.span_id for span in caused if span.context}
    assert [trace_of_link(deliver)] == [trace_of(named(watched, "job deliver"))]
    about = attributes_of(deliver)
    assert (about["http.request.method"], about["http.response.status_code"]) == ("POST", 204)
    assert (about["server.address"], about["lifecycle.channel"]) == ("127.0.0.1", "crm")


def test_nothing_in_a_trace_names_anybody(watched: Watched) -> None:
    stage, door = watched.stage, watched.door
    acme = stage.sign("GLOBEX", arr=50_000, csm=CSM)
    watched.data(PAGE, key="GLOBEX")
    watched.data('{ accounts(first: 2, filter: {search: "Globex"}) { nodes { key name csm } } }')
    watched.data("query ($k: String) { account(key: $k) { milestones { key } } }", k="GLOBEX")
    (kickoff,) = stage.open_ctas(acme).values()
    with begun("job evaluate"):
        stage.send(acme, setup_completion=90)
        assert kickoff.id is not None
        close_cta(stage.world, ADMIN, CloseCta(acme, kickoff.id, CtaOutcome.SUCCESS, "Globex said yes", "k"))
    door.as_token("lfsm_wrong_but_looks_like_one").ask("{ viewer { name } }")
    door.ask('{ account(key: "GLOBEX") { nothing } }')

    private = ("lovelace", "globex", "acme", str(acme), acme.hex, "lfsm_", "said yes", "wrong_but")
    texts = [(span.name, name, str(value)) for span in watched.spans for name, value in attributes_of(span).items()]
    assert len({name for name, _, _ in texts}) > 20
    assert [text for text in texts if any(word in f"{text}".lower() for word in private)] == []
    assert {name for _, name, _ in texts} - EXPLAINED == set()
    assert [(event.name, span.status.description) for span in watched.spans for event in span.events] == []


EXPLAINED = set(
    re.findall(r"`([a-z_]+(?:\.[a-z_0-9]+)+)`", (Path(__file__).parents[2] / "docs" / "traces.md").read_text())
)


def test_attributes_are_those_of_the_conventions_or_our_own() -> None:
    homes = (opentelemetry.semconv.attributes, opentelemetry.semconv._incubating.attributes)
    modules = [import_module(f"{home.__name__}.{each.name}") for home in homes for each in iter_modules(home.__path__)]
    standard = {value for module in modules for value in vars(module).values() if isinstance(value, str)}

    foreign = {each for each in EXPLAINED if not each.startswith("lifecycle.")}
    assert foreign - standard == set()
    assert len(foreign) > 15


def test_a_fault_is_an_error_without_its_words(watched: Watched) -> None:
    with pytest.raises(StoreFailed), begun("job sweep"), watched.stage.world.database.writing() as connection:
        connection.exec_driver_sql("SELECT 'Ada', 17 FROM nowhere WHERE name = 'Lovelace'")

    statement, transaction, job = watched.spans
    assert [span.name for span in watched.spans] == ["SELECT nowhere", "transaction", "job sweep"]
    assert attributes_of(statement)["db.query.text"] == "SELECT ?, ? FROM nowhere WHERE name = ?"
    assert {span.status.status_code for span in watched.spans} == {StatusCode.ERROR}
    assert [attributes_of(span)["error.type"] for span in (transaction, job)] == ["store_failed"] * 2


def test_probes_and_scrapes_are_not_traced(watched: Watched) -> None:
    statuses = [watched.door.send("GET", path).status_code for path in ("/livez", "/readyz", "/metrics")]

    assert (statuses, watched.spans) == ([200, 200, 404], ())


@pytest.mark.parametrize("header", ["", "none", "00-0-0-01", f"{CLIENT}-{'x' * 5000}", CLIENT.replace("-01", "-zz")])
def test_a_header_that_is_no_trace_begins_a_new_one(watched: Watched, header: str) -> None:
    answer = watched.door.send("POST", json={"query": "{ __typename }"}, headers={"traceparent": header})

    assert answer.status_code == 200
    assert {trace_of(span) for span in watched.spans} & {TRACE} == set()
    assert [span.name for span in watched.spans][-1] == "POST /graphql"


def test_a_client_that_does_not_want_a_trace_has_none(watched: Watched) -> None:
    unwanted = f"{CLIENT[:-2]}00"
    watched.door.send("POST", json={"query": PAGE, "variables": {"key": "ACME"}}, headers={"traceparent": unwanted})

    assert watched.spans == ()


def test_a_trace_that_is_not_chosen_costs_no_span(sqlite_store: str) -> None:
    with recorded(ratio=0.0) as kept, a_stage(sqlite_store) as stage, begun("job sweep") as first:
        assert first is not None
        assert (first.is_recorded, here(), within("page")) == (False, None, NOTHING)
        stage.sign("ACME", arr=5_000)

    assert kept.get_finished_spans() == ()


def test_without_traces_there_is_nothing() -> None:
    assert (begun("job sweep"), within("page"), here()) == (NOTHING, NOTHING, None)
    with begun("job sweep") as span:
        assert span is None


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("SELECT  a\n FROM b WHERE c = 'it''s Ada' AND d = 17.5", "SELECT a FROM b WHERE c = ? AND d = ?"),
        ("SELECT a1 FROM b2 WHERE c = $1 AND d = %s", "SELECT a1 FROM b2 WHERE c = $1 AND d = %s"),
        ("DELETE FROM t WHERE id IN ($1, $2, $3)", "DELETE FROM t WHERE id IN (?)"),
        ("INSERT INTO t (a, b) VALUES (?, ?), (?, ?), (?, ?)", "INSERT INTO t (a, b) VALUES (?)"),
        (
            "SELECT a FROM t WHERE b = %(name_1)s::BIGINT LIMIT 5",
            "SELECT a FROM t WHERE b = %(name_1)s::BIGINT LIMIT ?",
        ),
    ],
)
def test_a_statement_is_shown_without_its_values(statement: str, shown: str) -> None:
    assert normal(statement) == shown


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("SELECT a FROM b JOIN c ON TRUE LEFT JOIN d ON TRUE JOIN e ON TRUE", "SELECT b c d"),
        ("WITH x AS (SELECT 1 FROM b) SELECT * FROM x", "SELECT b"),
        ("WITH x AS (UPDATE b SET c = ? RETURNING d) INSERT INTO e SELECT d FROM x", "UPDATE b e"),
        ("COPY outbox (a, b) FROM STDIN", "COPY outbox"),
        ("PRAGMA page_count", "PRAGMA"),
        ("", "STATEMENT"),
    ],
)
def test_a_statement_is_called_by_what_it_does_and_to_what(statement: str, name: str) -> None:
    assert described(statement).name == name


def named(watched: Watched, name: str) -> ReadableSpan:
    (found,) = [span for span in watched.spans if span.name == name]
    return found


def attributes_of(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


def trace_of(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"{span.context.trace_id:032x}"


def trace_of_link(span: ReadableSpan) -> str:
    links: Sequence[Any] = span.links
    (link,) = links
    return f"{link.context.trace_id:032x}"
