"""Exports in four forms: each is checked with its proofs alone, and goes on where it was interrupted."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.audit.checkpoints import sign_checkpoint
from lifecycle_fsm.services.audit.export import Wanted
from lifecycle_fsm.services.audit.export_check import check_file
from lifecycle_fsm.services.audit.export_file import READERS, Form, export_file, partial_of, proof_of
from lifecycle_fsm.services.audit.forms.as_csv import write_csv
from lifecycle_fsm.services.audit.forms.as_parquet import write_parquet
from lifecycle_fsm.services.audit.forms.as_xes import read_xes, write_xes
from lifecycle_fsm.services.audit.forms.record import COLUMNS, NUMBERS, Record
from lifecycle_fsm.services.audit.signing import Signer, make_signer
from lifecycle_fsm.store.audit_entries import read_entries
from tests.services.audit.histories import a_long_story
from tests.worlds import ADMIN, Stage

FORMS = [each.value for each in Form]
NAMESPACE = "{http://www.xes-standard.org/}"
TEXTS = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
NUMBER = st.integers(0, 4_000_000_000_000)


@st.composite
def records(draw: st.DrawFn) -> Record:
    texts = {name: draw(NUMBER if name in NUMBERS else TEXTS) for name in COLUMNS}
    return texts | {"kind": "moved", "account_id": draw(st.sampled_from(["a", "b"]))}


@given(st.lists(records(), max_size=5).map(lambda rows: sorted(rows, key=lambda row: str(row["account_id"]))))
@settings(deadline=None, max_examples=50)
@pytest.mark.parametrize(
    ("form", "write"), [(Form.CSV, write_csv), (Form.XES, write_xes), (Form.PARQUET, write_parquet)]
)
def test_every_form_reads_back_to_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, form: Form, write: Callable[..., None], rows: list[Record]
) -> None:
    path = tmp_path_factory.mktemp("form") / f"history.{form}"

    write(rows, path)

    assert list(READERS[form](path)) == rows


@pytest.fixture
def signer(stage: Stage, acme: UUID, bolt: UUID) -> Signer:
    made = make_signer("example.com/log")
    sign_checkpoint(stage.world, ADMIN, made)
    return made


@pytest.mark.parametrize("form", FORMS)
def test_a_whole_export_gives_the_signed_root_in_every_form(
    stage: Stage, signer: Signer, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"history.{form}"

    done = export_file(stage.world, ADMIN, path, Wanted())
    report = check_file(path, str(signer.verifier))

    assert (report.flaws, report.rows, report.entries, report.root_checked) == ([], 14, 2, True)
    assert (done.rows, done.complete_to) == (14, 16)
    assert not partial_of(path).exists()
    with stage.world.database.reading() as connection:
        details = read_entries(connection)[-1].entry.details
    assert {name: details[name] for name in ("form", "rows", "complete_to", "after")} == {
        "form": form,
        "rows": 14,
        "complete_to": 16,
        "after": None,
    }


@pytest.mark.parametrize(("form", "old", "new"), [("csv", b",ada,", b",eve,"), ("xes", b'"ada"', b'"eve"')])
def test_an_edited_file_is_found_at_its_row(
    stage: Stage, signer: Signer, tmp_path: Path, form: str, old: bytes, new: bytes
) -> None:
    path = tmp_path / f"history.{form}"
    export_file(stage.world, ADMIN, path, Wanted())

    path.write_bytes(path.read_bytes().replace(old, new))
    flaws = check_file(path).flaws

    assert flaws[0].startswith("row ")
    assert flaws[0].endswith("is not what was hashed")
    assert flaws[-1] == f"{path.name} is not the file that was exported"


def test_a_parquet_file_with_a_row_left_out_is_found(stage: Stage, signer: Signer, tmp_path: Path) -> None:
    path = tmp_path / "history.parquet"
    export_file(stage.world, ADMIN, path, Wanted())
    rows = list(READERS[Form.PARQUET](path))

    write_parquet([*rows[:3], *rows[4:]], path)
    flaws = check_file(path).flaws

    assert flaws[0] == f"row 4: row 5 of {rows[4]['account_id']} does not follow the row before it"
    assert any("is missing" in flaw for flaw in flaws)


def test_a_file_without_its_proofs_proves_nothing(stage: Stage, signer: Signer, tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    export_file(stage.world, ADMIN, path, Wanted())

    proof_of(path).unlink()

    assert check_file(path).flaws == ["history.csv.proof.ndjson is missing; it has the proofs of history.csv"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("left", [0, 20, 4, 9])
def test_an_interrupted_export_goes_on_though_history_did(
    stage: Stage, signer: Signer, tmp_path: Path, form: str, left: int
) -> None:
    path = tmp_path / f"history.{form}"
    interrupt(stage, path, left)
    a_long_story(stage, "COIL")

    done = export_file(stage.world, ADMIN, path, Wanted(), resume=True)
    report = check_file(path, str(signer.verifier))

    assert (report.flaws, report.rows, report.root_checked) == ([], done.rows, True)
    assert done.complete_to == 16


def interrupt(stage: Stage, path: Path, whole: int) -> None:
    """Leave so many lines of an export, and half of the next."""
    apart = path.with_name("whole.ndjson")
    export_file(stage.world, ADMIN, apart, Wanted())
    lines = apart.read_bytes().splitlines(keepends=True)
    header = lines[0].replace(b'"form":"ndjson"', f'"form":"{path.suffix[1:]}"'.encode())
    kept = [header, *lines[1:]][:whole]
    half = lines[whole][:30] if whole < len(lines) - 1 else b""
    partial_of(path).write_bytes(b"".join(kept) + half)
    apart.unlink()


def test_another_export_is_not_gone_on_with(stage: Stage, signer: Signer, acme: UUID, tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    interrupt(stage, path, 9)

    with pytest.raises(InvalidInput, match="of something else"):
        export_file(stage.world, ADMIN, path, Wanted(acme), resume=True)


def test_a_file_that_is_there_stays(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text("precious")

    with pytest.raises(InvalidInput, match="overwrites nothing"):
        export_file(stage.world, ADMIN, path, Wanted())

    assert path.read_text() == "precious"


def test_xes_is_as_the_standard_says(stage: Stage, signer: Signer, acme: UUID, bolt: UUID, tmp_path: Path) -> None:
    path = tmp_path / "history.xes"
    export_file(stage.world, ADMIN, path, Wanted())

    log = ET.parse(path).getroot()

    assert log.tag == f"{NAMESPACE}log"
    assert float(log.attrib["xes.version"]) == 1849.2016
    order = ["extension", "global", "classifier", "string", "trace"]
    assert list(dict.fromkeys(kind(child) for child in log)) == order
    assert sorted(order.index(kind(child)) for child in log) == [order.index(kind(child)) for child in log]
    prefixes = {each.attrib["prefix"] for each in log if kind(each) == "extension"}
    for attribute in (each for each in log.iter() if "key" in each.attrib):
        assert kind(attribute) in {"string", "date", "int"}
        assert "value" in attribute.attrib
        prefix, colon, _ = attribute.attrib["key"].partition(":")
        assert not colon or prefix in prefixes
    traces = {
        key(trace[0]): [event for event in trace if kind(event) == "event"] for trace in log if kind(trace) == "trace"
    }
    assert {account: len(events) for account, events in traces.items()} == {str(acme): 7, str(bolt): 7}
    for event in (event for events in traces.values() for event in events):
        names = [attribute.attrib["key"] for attribute in event]
        assert len(names) == len(set(names))
        assert {"concept:name", "time:timestamp", "lifecycle:transition"} <= set(names)


def kind(element: ET.Element) -> str:
    return element.tag.removeprefix(NAMESPACE)


def key(attribute: ET.Element) -> str:
    assert attribute.attrib["key"] == "concept:name"
    return attribute.attrib["value"]


def test_xes_with_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xes"
    path.write_text('<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaa">]><log>&a;</log>')

    def reading() -> Iterator[Record]:
        return read_xes(path)

    with pytest.raises(ValueError, match="declares a document type"):
        list(reading())
