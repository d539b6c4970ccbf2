"""Checkpoints as files of a folder, such as of another machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lifecycle_fsm.background.shipping.destination import OTHER_CONTENT, NotShipped, Seen, name_of
from lifecycle_fsm.store.checkpoints import StoredCheckpoint


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that is there; a file is whole or not there, and is never written again."""

    path: Path

    @property
    def name(self) -> str:
        """The folder."""
        return f"folder {self.path}"

    def take(self, checkpoint: StoredCheckpoint) -> None:
        """Write the note, unless it is there."""
        name = name_of(checkpoint)
        try:
            if (self.path / name).exists():
                if (self.path / name).read_bytes() != checkpoint.note.encode():
                    raise NotShipped(OTHER_CONTENT.format(name=name))
                return
            unfinished = self.path / f".{name}.partial"
            unfinished.write_text(checkpoint.note, encoding="utf-8", newline="")
            unfinished.replace(self.path / name)
        except OSError as error:
            raise NotShipped(f"the folder cannot be written to ({type(error).__name__})") from error

    def look(self, shipped: Sequence[StoredCheckpoint]) -> Seen:
        """Read every file."""
        try:
            there = {each.name for each in self.path.iterdir()}
            kept = [each for each in shipped if name_of(each) in there]
            altered = [each for each in kept if (self.path / name_of(each)).read_bytes() != each.note.encode()]
        except OSError as error:
            raise NotShipped(f"the folder cannot be read ({type(error).__name__})") from error
        return Seen(tuple(each for each in shipped if name_of(each) not in there), tuple(altered))
