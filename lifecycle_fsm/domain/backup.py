"""What a backup says of itself, so that a restore can hold it to its word."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from lifecycle_fsm.domain.errors import BackupDamaged

FORMAT = "lifecycle-backup/v1"


@dataclass(frozen=True, slots=True)
class Contents:
    """
    Say what one snapshot of a store holds.

    `revision` is that of its tables, `rows` are counted by table, `heads` is the SHA-256
    over the end of every account's chain, in hexadecimal; `log_size` and `log_root` are
    those of the Merkle log, the root empty where nothing was kept.
    """

    revision: str
    rows: Mapping[str, int]
    heads: str
    log_size: int
    log_root: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """
    Describe a backup: which store and release it was made of, when, what is in it, and its file.

    `kind` is `sqlite` or `postgresql`, `schema` the schema of the latter. `checkpoint` is the last
    signed note that the store has, None before the first.
    """

    kind: str
    release: str
    made_at: datetime
    schema: str | None
    contents: Contents
    checkpoint: str | None
    file: str
    bytes: int
    sha256: str

    def text(self) -> str:
        """The manifest as it is written beside the file."""
        document = {"format": FORMAT, **asdict(self), "made_at": self.made_at.isoformat()}
        return json.dumps(document, indent=2) + "\n"


def read_manifest(text: str) -> Manifest:
    """
    Read what `Manifest.text` gave.

    Raises:
        BackupDamaged: it is no manifest, or one of another format.
    """
    try:
        found = json.loads(text)
        if found.pop("format") != FORMAT:
            raise BackupDamaged(f"the manifest is of another format; expected {FORMAT!r}")
        contents = Contents(**found.pop("contents"))
        return Manifest(**{**found, "made_at": datetime.fromisoformat(found["made_at"]), "contents": contents})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupDamaged(f"the manifest cannot be read ({type(error).__name__}); take another backup") from error
