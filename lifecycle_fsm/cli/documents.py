"""`lifecycle-fsm documents`: who may run the GraphQL documents of a folder, what they cost, and what does not fit."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from lifecycle_fsm.cli.planning import Form, Format
from lifecycle_fsm.domain.counted import counted
from lifecycle_fsm.settings import read_settings

if TYPE_CHECKING:
    from api.checking import CheckedDocuments, CheckedOperation, Finding

DocumentFolder = Annotated[
    Path,
    typer.Argument(
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="Folder of trusted documents, as for LIFECYCLE_DOCUMENTS.",
    ),
]


def documents(folder: DocumentFolder, *, form: Form = Format.TEXT) -> None:
    """
    Show who may run the GraphQL documents of a folder and what they cost; no server or store is asked.

    The exit status is 1 when one of them does not fit the schema, or goes beyond a limit.
    """
    # The core does not know its doors, and commands that open none start faster.
    from api.checking import check_documents  # noqa: PLC0415

    checked = check_documents(folder, read_settings())
    if form is Format.JSON:
        written = orjson.dumps(_document(checked), option=orjson.OPT_INDENT_2)
        typer.echo(written.decode())
    else:
        typer.echo("\n".join(_lines(checked)))
    if checked.errors:
        raise typer.Exit(1)


def _lines(checked: "CheckedDocuments") -> Iterator[str]:
    for operation in checked.operations:
        yield f"{operation.place.shown()}: {operation.kind} {operation.name or '(unnamed)'}"
        yield f"    roles: {_roles(operation)}"
        yield f"    needs: {_needs(operation)}"
        yield f"    costs at most {operation.cost:,}{f' of {checked.most:,}' if checked.most else ''}"
    for found in checked.findings:
        severity = "error" if found.is_error else "warning"
        yield f"{found.place.shown()}: {severity}[{found.code}]: {found.message}"
    counts = {
        "document": checked.documents,
        "operation": len(checked.operations),
        "error": checked.errors,
        "warning": len(checked.findings) - checked.errors,
    }
    yield ", ".join(counted(count, name, f"{name}s") for name, count in counts.items())


def _roles(operation: "CheckedOperation") -> str:
    unlimited = "; a token without a portfolio" if operation.reaches_everything else ""
    return ", ".join(role.value for role in operation.roles) + unlimited


def _needs(operation: "CheckedOperation") -> str:
    by_capability = {
        each: ", ".join(need.field for need in operation.needs if need.capability is each)
        for each in operation.capabilities
    }
    return "; ".join(f"{each.name} ({fields})" for each, fields in by_capability.items()) or "nothing but a token"


def _document(checked: "CheckedDocuments") -> dict[str, object]:
    return {
        "documents": checked.documents,
        "errors": checked.errors,
        "limit": checked.most or None,
        "operations": [_operation(each) for each in checked.operations],
        "findings": [_finding(each) for each in checked.findings],
    }


def _operation(operation: "CheckedOperation") -> dict[str, object]:
    place = operation.place
    return {
        "file": place.file,
        "line": place.line,
        "document": operation.document_id,
        "kind": operation.kind,
        "name": operation.name,
        "cost": operation.cost,
        "capabilities": [each.name for each in operation.capabilities],
        "needs": [{"field": each.field, "capability": each.capability.name} for each in operation.needs],
        "roles": [role.value for role in operation.roles],
        "reachesEverything": operation.reaches_everything,
    }


def _finding(found: "Finding") -> dict[str, object]:
    return {
        "severity": "error" if found.is_error else "warning",
        "code": found.code,
        "message": found.message,
        "file": found.place.file,
        "document": found.place.document,
        "line": found.place.line,
        "column": found.place.column,
    }
