"""`lifecycle-fsm settings`: every setting with its value and where it came from, without secrets."""

from urllib.parse import urlsplit, urlunsplit

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from lifecycle_fsm.settings import Settings, read_given, read_settings

_HIDDEN = "***"


def settings() -> None:
    """Show every setting, its value and where it came from; passwords are not shown."""
    given, read = read_given(), read_settings()
    table = Table(box=None, pad_edge=False)
    for title in ("setting", "value", "from", "meaning"):
        table.add_column(title, overflow="fold")
    for name, field in Settings.model_fields.items():
        source = given[name].source if name in given else "default"
        table.add_row(name, shown(getattr(read, name)), source, field.description)
    console = Console()
    if console.is_terminal:
        console.print(table)
        return
    for name in Settings.model_fields:
        source = given[name].source if name in given else "default"
        typer.echo(f"{name}\t{shown(getattr(read, name))}\t{source}")


def shown(value: object) -> str:
    """A value as people read it; the password of an address is hidden."""
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return _HIDDEN
    text = str(value)
    parts = urlsplit(text) if isinstance(value, str) and "://" in text else None
    if parts is None or parts.password is None:
        return text
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:{_HIDDEN}@{place}"))
