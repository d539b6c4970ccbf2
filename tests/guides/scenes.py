"""What each document finds when its reader begins: files, a store, and names in the place of those that it shows."""

import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped] # it has no types
from pyarrow import parquet

from api.ids import global_id
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.notification import Notifications, Route, WebhookChannel
from lifecycle_fsm.services.notifying import route_page
from lifecycle_fsm.services.planning.kept import list_publications
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.store.deliveries import Attempt, claim, settle
from tests.conformance.guide import VARIABLES as OF_THE_API
from tests.guides.reader import Reader
from tests.worlds import ADMIN, FIXTURES, Stage, a_stage

ACME = global_id("Account", account_id_for("ACME"))

VARIABLES: Mapping[str, Mapping[str, Any]] = {
    **OF_THE_API,
    "MyDay": {"me": "ada"},
    "HandOver": {
        "input": {
            "ids": [global_id("Cta", account_id_for("ACME"), account_id_for("ACME"))],
            "owner": "bob",
            "expectedRevisions": [{"accountId": ACME, "revision": 1}],
            "idempotencyKey": "guide-hand-over",
        }
    },
    "Story": {"id": ACME},
    "Say": {
        "input": {
            "accountId": ACME,
            "measure": "setup_completion",
            "value": 55,
            "until": "2026-05-01T00:00:00Z",
            "reason": "seen on site",
            "idempotencyKey": "guide-say",
        }
    },
    "Explained": {"id": ACME},
    "Past": {"asOf": "2026-03-01T00:00:00Z", "since": "2026-01-01T00:00:00Z"},
    "Priced": {"first": 50},
    "AccountPage": {"key": "ACME"},
    "Portfolio": {},
    "Close": {
        "input": {
            "ctaId": global_id("Cta", account_id_for("ACME"), account_id_for("ACME")),
            "outcome": "SUCCESS",
            "idempotencyKey": "guide-close",
        }
    },
    "Live": {},
}
"""What the operations of the documents are given, by their names; one that needs more is told here."""

NOT_TYPED: Mapping[str, str] = {
    "make ": "what `make` does is what the gate does",
    "python3 -m venv": "tests/packaging/test_wheel.py makes an environment and installs into it",
    "docker compose": "no engine runs here; tests/packaging/test_container.py reads the files",
    "mkdir ": "a folder for the composition",
    "echo ": "secrets for the composition",
    "pip install lifecycle-fsm": "tests/packaging/test_wheel.py makes an environment and installs into it",
    "pip install 'lifecycle-fsm[": "tests/packaging/test_extras.py installs every extra into an empty environment",
    ". lifecycle/bin/activate": "tests/packaging/test_wheel.py makes an environment and installs into it",
    "npm ": "tests/conformance/test_typed.py has the packages, pinned",
    "npx ": "tests/conformance/test_typed.py runs the compiler",
    "pip install 'gql": "tests/conformance/test_clients.py has them",
    "ADDRESS=": "tests/conformance/test_clients.py runs it",
    "lifecycle-fsm demo": "it goes on until it is stopped; tests/packaging/test_wheel.py does that",
    ".venv/bin/": "tests/packaging/test_wheel.py makes an environment and installs into it",
}
"""Commands that are not typed here, and why."""


@dataclass(slots=True)
class Scene:
    """Other words than the document has, what ends with another status, and whether answers are held to it."""

    words: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    is_exact: bool = False

    def changed(self, command: str) -> str:
        """The command with the words of this scene."""
        for word, other in self.words.items():
            command = command.replace(word, other)
        return command


def prepared(document: str, reader: Reader) -> Scene:
    """Lay out what the document needs."""
    return SCENES[document](reader) if document in SCENES else Scene()


_TELCO = (
    "customerID,gender,SeniorCitizen,Partner,Dependents,tenure,PhoneService,MultipleLines,InternetService,OnlineSecurity,"
    "OnlineBackup,DeviceProtection,TechSupport,StreamingTV,StreamingMovies,Contract,PaperlessBilling,PaymentMethod,"
    "MonthlyCharges,TotalCharges,Churn"
)
_ROW = "{key},Male,0,No,No,{tenure},Yes,No,DSL,No,No,No,Yes,No,No,{contract},No,Mailed check,52.55,{total},No"


def _readme(reader: Reader) -> Scene:
    _telco_file(reader, "FILE.csv")
    telco = FIXTURES / "telco"
    return Scene({"DIR": str(telco), "MAP.yaml": str(telco / "map.yaml"), "NAME": "ada"})


def _telco_file(reader: Reader, name: str, *more: str) -> None:
    rows = [_ROW.format(key="4472-LVYGI", tenure=0, contract="Two year", total=""), *more]
    (reader.folder / name).write_text("\n".join([_TELCO, *rows]) + "\n")


def _import(reader: Reader) -> Scene:
    _telco_file(reader, "telco-customer-churn.csv")
    _telco_file(
        reader,
        "dirty.csv",
        _ROW.format(key="A", tenure="many", contract="Weekly", total="-1"),
        "B,1,2",
        _ROW.format(key="4472-LVYGI", tenure=1, contract="Two year", total=""),
    )
    mapping = (FIXTURES / "telco" / "map.yaml").read_text()
    (reader.folder / "map.yaml").write_text(mapping)
    (reader.folder / "wrong.yaml").write_text(mapping.replace("Two year: two_year}", "Two year: two_years}"))
    (reader.folder / "usage.ndjson").write_text(
        '{"account": "4472-LVYGI", "measure": "tenure", "value": 3}\n'
        '{"account": "4472-LVYGI", "measure": "x", "value": 3}\n'
    )
    (reader.folder / "golive.csv").write_text("account,milestone\n")
    _parquet(reader)
    refused = ("accounts dirty.csv --map map.yaml", "accounts dirty.csv --map wrong.yaml", "rows measures usage.ndjson")
    statuses = {f"lifecycle-fsm import {each}": 1 for each in refused}
    return Scene({"fixtures/telco": str(FIXTURES / "telco")}, statuses)


def _parquet(reader: Reader) -> None:
    table = pa.table({"key": ["P-1"], "name": ["P"]})
    parquet.write_table(table, reader.folder / "accounts.parquet")


def _audit(reader: Reader) -> Scene:
    with _a_store(reader) as stage:
        account = stage.sign("ACME", arr=250_000)
    return Scene({"ACCOUNT": str(account)}, is_exact=True)


def _admins(reader: Reader) -> Scene:
    """The demo's folder with another title, planned; the first publication is that of the store."""
    shutil.copytree(FIXTURES / "demo", reader.folder / "mine")
    file = reader.folder / "mine" / "segments" / "enterprise.yaml"
    file.write_text(file.read_text().replace("title: Enterprise", "title: Large", 1))
    with _a_store(reader) as stage:
        first = list_publications(stage.world, ADMIN, 1)[0].id
    planned = reader.type("lifecycle-fsm plan mine --existing evaluate --format json")
    return Scene({"PLAN": json.loads(planned.out)["plan"], "FIRST": str(first)})


def _notifications(reader: Reader) -> Scene:
    with _a_store(reader) as stage:
        stage.sign("ACME", arr=250_000)
        message = _a_dead_letter(stage)
    return Scene({"01957f2e-0a6b-7d30-9c5f-2f6e3c1b7a11": message})


def _a_dead_letter(stage: Stage) -> str:
    crm = Notifications({"crm": WebhookChannel("crm", "https://x.example", ())}, (Route(("crm",)),))
    route_page(stage.world, crm)
    now = stage.clock()
    with stage.world.database.writing() as connection:
        letters = claim(connection, "crm", now, now + timedelta(minutes=1), 10)
        settle(connection, [Attempt(each, "the answer was 503", now, is_dead=True) for each in letters], now)
    return str(letters[0].key.message_id)


def _undo(reader: Reader) -> Scene:
    with _a_store(reader) as stage:
        stage.sign("ACME", arr=250_000)
        run = sweep(stage.world, ADMIN)
    return Scene({"RUN": str(run.run_id)})


def _operators(reader: Reader) -> Scene:
    with _a_store(reader) as stage:
        stage.sign("ACME", arr=250_000)
    (reader.folder / "erasures.ndjson").touch()
    places = {"/srv/lifecycle": str(reader.folder), "/srv/backups": str(reader.folder)}
    return Scene(places, is_exact=True)


def _sign_in(reader: Reader) -> Scene:
    with _a_store(reader) as stage:
        stage.sign("ACME-017", arr=250_000)
    return Scene()


def _connect(reader: Reader) -> Scene:
    reader.variables["LIFECYCLE_SMALL_BATCH"] = "200"
    return Scene({"fixtures/demo": str(FIXTURES / "demo")}, is_exact=True)


def _a_store(reader: Reader) -> AbstractContextManager[Stage]:
    return a_stage(f"sqlite:///{reader.folder / 'lifecycle.db'}")


SCENES: dict[str, Callable[[Reader], Scene]] = {
    "docs/admins.md": _admins,
    "docs/audit.md": _audit,
    "README.md": _readme,
    "docs/connect.md": _connect,
    "docs/frontend.md": lambda _: Scene(is_exact=True),
    "docs/import.md": _import,
    "docs/notifications.md": _notifications,
    "docs/operators.md": _operators,
    "docs/sign-in.md": _sign_in,
    "docs/start.md": lambda _: Scene(is_exact=True),
    "docs/time-and-milestones.md": _undo,
}
