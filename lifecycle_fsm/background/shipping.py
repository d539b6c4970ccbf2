"""Signed checkpoints leave the store by themselves: a note each in a folder, such as of another machine."""

from pathlib import Path

from lifecycle_fsm.services.audit.signing import read_verifier
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.checkpoints import StoredCheckpoint, load_checkpoints


def ship_checkpoints(world: World, folder: Path) -> int:
    """
    Write every checkpoint that the folder lacks, and say how many those were; what is there stays as it is.

    Whatever failed is tried again by the next call.

    Raises:
        OSError: the folder cannot be written to.
    """
    with world.database.reading() as connection:
        kept = load_checkpoints(connection)
    lacking = [each for each in kept if not (folder / name_of(each)).exists()]
    for each in lacking:
        unfinished = folder / f".{name_of(each)}.partial"
        unfinished.write_text(each.note, encoding="utf-8")
        unfinished.replace(folder / name_of(each))
    return len(lacking)


def name_of(checkpoint: StoredCheckpoint) -> str:
    """The name of a checkpoint's file: its size, so that names sort as the log grew, and the id of its key."""
    return f"{checkpoint.size:020}-{read_verifier(checkpoint.verifier).key_id.hex()}.note"
