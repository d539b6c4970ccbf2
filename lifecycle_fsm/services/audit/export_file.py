"""
An export as a file, in four forms, that can be interrupted and gone on with.

Whatever the form, history is first written as NDJSON to `FILE.partial`; what is whole of it is kept
when the run is interrupted. CSV, XES and Parquet are made from it, and what proves them
(header, audit entries, inclusion proofs, end) goes to `FILE.proof.ndjson`.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO

import orjson

from lifecycle_fsm.domain.access import Actor
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.audit.export import (
    Begun,
    Exported,
    Wanted,
    foresee_export,
    record_export,
    resume_export,
    write_history,
)
from lifecycle_fsm.services.audit.forms.as_csv import read_csv, write_csv
from lifecycle_fsm.services.audit.forms.as_parquet import read_parquet, write_parquet
from lifecycle_fsm.services.audit.forms.as_xes import read_xes, write_xes
from lifecycle_fsm.services.audit.forms.record import Record
from lifecycle_fsm.services.world import World


class Form(StrEnum):
    """How an export is written."""

    NDJSON = "ndjson"
    CSV = "csv"
    XES = "xes"
    PARQUET = "parquet"


_WRITERS: dict[Form, Callable[[Iterable[Record], Path], None]] = {
    Form.CSV: write_csv,
    Form.XES: write_xes,
    Form.PARQUET: write_parquet,
}
READERS: dict[Form, Callable[[Path], Iterator[Record]]] = {
    Form.CSV: read_csv,
    Form.XES: read_xes,
    Form.PARQUET: read_parquet,
}


def form_of(path: Path) -> Form:
    """The form that a file's name ends with; NDJSON where it says nothing."""
    suffix = path.suffix.removeprefix(".").lower()
    return Form(suffix) if suffix in set(Form) else Form.NDJSON


def proof_of(path: Path) -> Path:
    """Where the proofs of a file of another form than NDJSON are."""
    return path.with_name(f"{path.name}.proof.ndjson")


def partial_of(path: Path) -> Path:
    """Where an export is until it is whole."""
    return path.with_name(f"{path.name}.partial")


def export_file(world: World, actor: Actor, path: Path, wanted: Wanted, *, resume: bool = False) -> Exported:
    """
    Write history to a file in the form that its name ends with, and record who did.

    The file has its name only when it is whole. With `resume` an interrupted export
    goes on behind its last whole row; where there is none, it begins.

    Raises:
        Forbidden: the actor may not read history.
        InvalidInput: the file is there, an interrupted export is, or it wanted something else.
    """
    form, partial = form_of(path), partial_of(path)
    foresee_export(world, actor, wanted.chosen)
    if path.exists():
        raise InvalidInput(f"{path.name} exists; an export overwrites nothing", path="FILE")
    begun = _begun(path, wanted, form, actor) if resume else None
    with partial.open("ab" if begun else "wb" if resume else "xb") as stream:
        done = write_history(world, actor, stream.write, wanted, form=form.value, begun=begun)
    digest = done.sha256 if form is Form.NDJSON else _formed(form, partial, path)
    record_export(world, actor, wanted, done, {"form": form.value, "sha256": digest})
    if form is Form.NDJSON:
        partial.rename(path)
    else:
        _made(path).rename(path)
        partial.unlink()
    return done


def _begun(path: Path, wanted: Wanted, form: Form, actor: Actor) -> Begun | None:
    partial = partial_of(path)
    if not partial.exists():
        return None
    with partial.open("r+b") as stream:
        begun = resume_export(stream, wanted, form.value, actor)
        stream.truncate(0 if begun is None else begun.size)
    return begun


def _made(path: Path) -> Path:
    return path.with_name(f"{path.name}.made")


def _formed(form: Form, partial: Path, path: Path) -> str:
    """Make the file and its proofs from the lines of the export, and give the file's digest."""
    made = _made(path)
    with partial.open("rb") as lines, proof_of(path).open("wb") as proof:
        split = _Split(lines, proof)
        _WRITERS[form](split.rows(), made)
        with made.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        proof.write(orjson.dumps({**split.end(), "file_sha256": digest}, option=orjson.OPT_APPEND_NEWLINE))
    return digest


class _Split:
    """Gives the rows of an export, and writes its other lines to where the proofs are."""

    def __init__(self, lines: Iterable[bytes], proof: BinaryIO) -> None:
        self._lines = lines
        self._proof = proof
        self._digest = sha256()
        self._rows = 0

    def rows(self) -> Iterator[Record]:
        """Row after row."""
        for line in self._lines:
            if line.startswith(b'{"row":'):
                self._rows += 1
                record = orjson.loads(line)
                self._keep_path(record)
                yield {**record.pop("row"), **record}
            elif not line.startswith(b'{"rows":'):
                self._keep(line)

    def _keep_path(self, record: dict[str, object]) -> None:
        """A row's inclusion proof goes to where the proofs are, under the row's hash and position."""
        path = record.pop("proof", None)
        if path is not None:
            proved = {"hash": record["hash"], "position": record["position"], "proof": path}
            self._keep(orjson.dumps(proved, option=orjson.OPT_APPEND_NEWLINE))

    def _keep(self, line: bytes) -> None:
        self._digest.update(line)
        self._proof.write(line)

    def end(self) -> dict[str, object]:
        """The last line of the proofs."""
        return {"rows": self._rows, "sha256": self._digest.hexdigest()}
