"""An export checked without a database: chains, counts, and the root that was signed."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import BadZipFile, ZipFile

import orjson

from lifecycle_fsm.services.audit.export import FILTERS, FORMAT
from lifecycle_fsm.services.audit.export_file import READERS, Form, form_of, proof_of
from lifecycle_fsm.services.audit.forms.record import PROOF, Record
from lifecycle_fsm.services.audit.signing import Checkpoint, open_note, read_unsigned, read_verifier
from lifecycle_fsm.store.audit_rows import HASHED
from lifecycle_fsm.store.ledger import GENESIS, chain_hash
from lifecycle_fsm.store.merkle import leaf_hash, proves_inclusion
from lifecycle_fsm.store.merkle_log import Edge

_END = b'{"rows":'


@dataclass(slots=True)
class ExportReport:
    """
    Count what was checked, and name what failed by its line.

    `root_checked` says whether the export was whole, so that the signed root could be built again.
    Otherwise `proved` rows were shown to be in the signed log, and `newer` ones are not in it yet.
    `has_gaps` says that rows were chosen: nothing shows whether any of them is left out. `signed` says whether the
    export has a checkpoint, without which it shows only that its rows hold together.
    """

    rows: int = 0
    entries: int = 0
    root_checked: bool = False
    proved: int = 0
    newer: int = 0
    has_gaps: bool = False
    signed: bool = False
    flaws: list[str] = field(default_factory=list)


def check_export(lines: Iterable[bytes], trusted: str | None = None) -> ExportReport:
    """
    Check the lines of an export; with a public key, its checkpoint's signature, too.

    Raises:
        InvalidInput: the public key is none.
    """
    checker = _Checker(trusted)
    try:
        for number, line in enumerate(lines, 1):
            checker.take(number, line)
        checker.end()
    except (ValueError, KeyError, TypeError, AttributeError):
        checker.report.flaws.append("the file is no export: a line cannot be read")
    return checker.report


def check_file(path: Path, trusted: str | None = None) -> ExportReport:
    """
    Check a file of any form; one that is not NDJSON with the proofs that lie beside it, or in the same ZIP.

    Raises:
        InvalidInput: the public key is none, or Parquet cannot be read here.
    """
    if path.suffix == ".zip":
        return _check_together(path, trusted)
    form, proof = form_of(path), proof_of(path)
    if form is Form.NDJSON:
        with path.open("rb") as lines:
            return check_export(lines, trusted)
    if not proof.exists():
        return ExportReport(flaws=[f"{proof.name} is missing; it has the proofs of {path.name}"])
    checker = _Checker(trusted)
    try:
        with proof.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.startswith(_END):
                    _check_rows(checker, READERS[form](path))
                    _check_bytes(checker, path, orjson.loads(line)["file_sha256"])
                checker.take(number, line)
        checker.end()
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        checker.report.flaws.append("the file is no export: it or its proofs cannot be read")
    return checker.report


def _check_together(path: Path, trusted: str | None) -> ExportReport:
    with TemporaryDirectory() as folder:
        try:
            with ZipFile(path) as archive:
                (name,) = (each for each in archive.namelist() if not each.endswith((".proof.ndjson", ".zip")))
                archive.extractall(folder)
        except (BadZipFile, ValueError):
            return ExportReport(flaws=[f"{path.name} is no export: expected one file and its proofs"])
        return check_file(Path(folder) / name, trusted)


def _check_rows(checker: "_Checker", records: Iterable[Record]) -> None:
    for number, record in enumerate(records, 1):
        fields = {name: record[name] for name in HASHED}
        row = {"row": fields, **{name: record[name] for name in PROOF}}
        checker.report.flaws.extend(checker.chained(f"row {number}", row))


def _check_bytes(checker: "_Checker", path: Path, stated: str) -> None:
    with path.open("rb") as file:
        if file_digest(file, "sha256").hexdigest() != stated:
            checker.report.flaws.append(f"{path.name} is not the file that was exported")


class _Checker:
    """Follows an export line by line; of the rows only the end of each chain and one hash a leaf are kept."""

    def __init__(self, trusted: str | None) -> None:
        self.report = ExportReport()
        self._verifier = None if trusted is None else read_verifier(trusted)
        self._header: dict[str, Any] = {}
        self._heads: dict[str, tuple[int, bytes | None]] = {}
        self._leaves: dict[int, bytes] = {}
        self._said: Checkpoint | None = None
        self._is_part = False
        self._paths: dict[int, bytes] = {}
        self._digest = sha256()
        self._is_ended = False

    def take(self, number: int, line: bytes) -> None:
        """Check one line."""
        record = orjson.loads(line)
        if number == 1:
            self._begin(record)
        elif "sha256" in record:
            self._is_ended = True
            if (record["rows"], record["sha256"]) != (self.report.rows, self._digest.hexdigest()):
                self.report.flaws.append(f"line {number}: the export was cut or changed")
        elif "proof" in record and "row" not in record:
            own, position = bytes.fromhex(record["hash"]), int(record["position"])
            if self._leads(own, position, record["proof"]):
                self._paths[position] = own
        else:
            self.report.flaws.extend(self.chained(f"line {number}", record))
        self._digest.update(line)

    def end(self) -> None:
        """Check what only the whole file shows."""
        if not self._is_ended:
            self.report.flaws.append("the export has no end")
        if self._header["checkpoint"] is None:
            return
        if self._said is None:
            self.report.flaws.append("line 1: the trusted key did not sign the checkpoint")
        elif not self._is_part and self._header["after"] is None:
            self._compare_root(self._said.size, self._said.root)

    def _begin(self, header: dict[str, Any]) -> None:
        self._header = header
        self.report.has_gaps = any(header.get(name) is not None for name in FILTERS)
        self._is_part = header["account_id"] is not None or self.report.has_gaps
        note = header["checkpoint"]
        self.report.signed = note is not None
        if note is not None:
            self._said = read_unsigned(note) if self._verifier is None else open_note(note, self._verifier)
        if header["format"] != FORMAT:
            self.report.flaws.append(f"line 1: the format is {header['format']!r}; expected {FORMAT!r}")
        if header["after"] is not None:
            account_id, seq = header["after"]
            self._heads[account_id] = (int(seq), None)

    def chained(self, place: str, record: dict[str, Any]) -> Iterator[str]:
        """Check one row or entry, and say what does not hold at this place of the file."""
        fields = record.get("row") or record["entry"]
        is_row = "row" in record
        self.report.rows += is_row
        self.report.entries += not is_row
        chain = str(fields["account_id"]) if is_row else "audit entries"
        previous, own = bytes.fromhex(str(record["prev_hash"])), bytes.fromhex(str(record["hash"]))
        seq, head = self._heads.get(chain, (0, GENESIS))
        follows = fields["seq"] == seq + 1
        is_gap = self.report.has_gaps and fields["seq"] > seq + 1
        if not (is_gap or follows) or (follows and head is not None and previous != head):
            yield f"{place}: row {fields['seq']} of {chain} does not follow the row before it"
        if own != chain_hash(previous, orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)):
            yield f"{place}: row {fields['seq']} of {chain} is not what was hashed"
        self._heads[chain] = (int(str(fields["seq"])), own)
        if record["position"] is not None:
            self._leaves[int(str(record["position"]))] = own
        if self._is_part and not self._is_included(own, record):
            yield f"{place}: row {fields['seq']} of {chain} is not proved to be in the signed log"

    def _is_included(self, own: bytes, record: dict[str, Any]) -> bool:
        """Count the row as proved or as newer than the checkpoint; False where it should be proved and is not."""
        position = record["position"]
        if self._said is None or position is None or position >= self._said.size:
            self.report.newer += 1
            return True
        path = record.get("proof")
        holds = self._paths.pop(position, None) == own if path is None else self._leads(own, position, path)
        self.report.proved += holds
        return holds

    def _leads(self, own: bytes, position: int, path: list[str]) -> bool:
        said = self._said
        hashes = [bytes.fromhex(each) for each in path]
        return said is not None and proves_inclusion(leaf_hash(own), position, said.size, hashes, said.root)

    def _compare_root(self, size: int, root: bytes) -> None:
        edge = Edge()
        for position in range(size):
            if position not in self._leaves:
                self.report.flaws.append(f"leaf {position} of the signed log is missing")
                return
            list(edge.append(self._leaves[position]))
        self.report.root_checked = True
        if edge.root != root:
            seen = b64encode(edge.root).decode()
            self.report.flaws.append(f"the rows give the root {seen}, not the one that was signed")
