"""A backup on disk: a folder with one file and its manifest, which is there as a whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from lifecycle_fsm.domain.backup import Manifest, read_manifest
from lifecycle_fsm.domain.errors import BackupDamaged, InvalidInput

MANIFEST = "manifest.json"
_PIECE = 1 << 20

Told = Callable[[int, int], None]
"""Told from time to time: so much is done, of so much."""


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """
    Lend a folder beside the target that becomes the target at the end, and is removed when anything is raised.

    Who is killed leaves a hidden folder `.NAME.….partial`, which nobody takes for a backup.

    Raises:
        InvalidInput: the target is there already, or the folder that it would be in is not.
    """
    if target.exists():
        raise InvalidInput(f"{target} is there already; name a new folder", path="TARGET")
    if not target.absolute().parent.is_dir():
        raise InvalidInput(f"the folder {target.parent} is not there; make it first", path="TARGET")
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".partial", dir=target.absolute().parent))
    try:
        yield draft
        _sync(draft)
        draft.rename(target)
        _sync(target.absolute().parent)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def measure(file: Path) -> tuple[int, str]:
    """Write a file through to the disk, and give its size and its SHA-256 in hexadecimal."""
    _sync(file)
    digest, size = sha256(), 0
    for piece in _pieces(file):
        digest.update(piece)
        size += len(piece)
    return size, digest.hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put the manifest beside the file."""
    file = folder / MANIFEST
    file.write_text(manifest.text(), encoding="utf-8")
    _sync(file)


def load_manifest(source: Path) -> Manifest:
    """
    Read the manifest of a backup.

    Raises:
        BackupDamaged: there is none, or it cannot be read.
    """
    file = source / MANIFEST
    if not file.is_file():
        raise BackupDamaged(f"{source} has no {MANIFEST}, so it is no backup, or one that was interrupted")
    return read_manifest(file.read_text(encoding="utf-8", errors="replace"))


def check_file(source: Path, manifest: Manifest, told: Told) -> Path:
    """
    Hold the file of a backup to its manifest.

    Raises:
        BackupDamaged: it is missing, or is not what was written.
    """
    file = source / Path(manifest.file).name
    if not file.is_file():
        raise BackupDamaged(f"{file} is missing; take another backup")
    digest, size = sha256(), 0
    for piece in _pieces(file):
        digest.update(piece)
        size += len(piece)
        told(size, max(manifest.bytes, size))
    if (size, digest.hexdigest()) != (manifest.bytes, manifest.sha256):
        seen = f"it has {size:,} bytes of {manifest.bytes:,}" if size != manifest.bytes else "its contents were changed"
        raise BackupDamaged(f"{file} is not what the manifest says: {seen}; take another backup")
    return file


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
