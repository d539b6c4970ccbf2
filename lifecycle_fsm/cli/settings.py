"""`lifecycle-fsm settings`: every setting with its value and where it came from, without secrets."""

import typer
from rich.console import Console
from rich.table import Table

from lifecycle_fsm.settings import Given, Settings, read_given, read_settings, shown
from lifecycle_fsm.settings.showing import HIDDEN


def settings() -> None:
    """Show every setting, its value and where it came from; passwords are not shown."""
    given, read = read_given(), read_settings()
    table = Table(box=None, pad_edge=False)
    for title in ("setting", "value", "from", "meaning"):
        table.add_column(title, overflow="fold")
    rows = [(name, *_told(given.get(name), getattr(read, name))) for name in Settings.model_fields]
    for name, value, source in rows:
        table.add_row(name, value, source, Settings.model_fields[name].description)
    console = Console()
    if console.is_terminal:
        console.print(table)
        return
    for row in rows:
        typer.echo("\t".join(row))


def _told(given: Given | None, value: object) -> tuple[str, str]:
    """A value and where it comes from; what stands in a secret file is not shown at all."""
    if given is None:
        return shown(value), "default"
    return HIDDEN if given.is_secret else shown(value), given.source
