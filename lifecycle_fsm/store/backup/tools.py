"""PostgreSQL's own programs for dumps: found, held to the server's version, run."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from lifecycle_fsm.domain.errors import BackupFailed, ToolMissing

Said = Callable[[str], None]
_MOST_WORDS = 500


def find_tool(name: str, server: int, folder: Path | None) -> str:
    """
    Find `pg_dump` or `pg_restore` in a folder, or on the path, that is at least of the server's major version.

    Raises:
        ToolMissing: there is none, or it is older.
    """
    found = shutil.which(name, path=None if folder is None else str(folder))
    where = "on the path" if folder is None else f"in {folder}"
    hint = (
        f"install PostgreSQL's client programs of version {server}, or set LIFECYCLE_POSTGRESQL_TOOLS to their folder"
    )
    if found is None:
        raise ToolMissing(f"{name} is not {where}; {hint}")
    version = _version(found)
    if version < server:
        raise ToolMissing(f"{found} is of version {version}, and the server of version {server}; {hint}")
    return found


def _version(tool: str) -> int:
    said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - found by its name
    number = re.search(r"\d+", said)
    return 0 if number is None else int(number[0])


def run_tool(command: list[str], url: URL, said: Said) -> None:
    """
    Run a program on a database, whose password it does not get by its arguments; `said` is given each line.

    Raises:
        BackupFailed: it ended with an error, which is quoted.
    """
    last = ""
    with _running(command, {**os.environ, **_access(url)}) as process:
        assert process.stderr is not None
        for line in process.stderr:
            said(line)
            last = line.strip() if "error:" in line or not last else last
    if process.returncode:
        name = Path(command[0]).name
        raise BackupFailed(f"{name} ended with {process.returncode}: {last[:_MOST_WORDS] or 'without a word'}")


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A program that is stopped when its caller is."""
    nothing = subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603 - our own arguments
        command, env=environment, stdin=nothing, stdout=nothing, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        except BaseException:
            process.terminate()
            raise


def _access(url: URL) -> dict[str, str]:
    """What PostgreSQL's programs read from the environment instead of arguments that all processes see."""
    return {"PGPASSWORD": url.password} if isinstance(url.password, str) else {}


def address(url: URL) -> str:
    """The address of a database without its password."""
    shown = url.set(drivername="postgresql")
    return URL.create(
        "postgresql", shown.username, None, shown.host, shown.port, shown.database, shown.query
    ).render_as_string()
