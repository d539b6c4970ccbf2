"""The list of erasures outside of the store: a file that a restored backup does not take back."""

import os
from pathlib import Path


def read_list(file: Path) -> str:
    """The text of the list, empty before the first erasure."""
    return file.read_text(encoding="utf-8") if file.exists() else ""


def append_to_list(file: Path, lines: str) -> None:
    """Put lines at the end, written through to the disk; the file is made where there is none, for its owner only."""
    number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(number, lines.encode())
        os.fsync(number)
    finally:
        os.close(number)
