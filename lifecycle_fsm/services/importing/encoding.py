"""The bytes of a file are UTF-8, all of them, before the first row of it is written."""

from codecs import getincrementaldecoder
from dataclasses import dataclass
from typing import BinaryIO

from lifecycle_fsm.domain.errors import InvalidInput

_CHUNK = 1024 * 1024
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(slots=True)
class _Place:
    """Where the reading stands: the line, and how many of its bytes lie behind."""

    line: int = 1
    behind: int = 0

    def pass_over(self, chunk: bytes) -> None:
        """Go on to the end of the chunk."""
        self.line += chunk.count(b"\n")
        newline = chunk.rfind(b"\n")
        self.behind = self.behind + len(chunk) if newline < 0 else len(chunk) - newline - 1


def check_encoding(stream: BinaryIO, file: str) -> int:
    """
    Read a file to its end, rewind it, and give its size in bytes.

    Raises:
        InvalidInput: a byte is not UTF-8; the message names its line and its place in the line.
    """
    decoder, place, size = getincrementaldecoder("utf-8")(), _Place(), 0
    while True:
        chunk = stream.read(_CHUNK)
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise _refused(error, len(chunk), place, file, utf_16=size == 0 and chunk[:2] in _UTF_16) from error
        if not chunk:
            stream.seek(0)
            return size
        place.pass_over(chunk)
        size += len(chunk)


def _refused(error: UnicodeDecodeError, of_chunk: int, place: _Place, file: str, *, utf_16: bool) -> InvalidInput:
    # The decoder may have kept the first bytes of a character from the chunk before.
    kept = len(error.object) - of_chunk
    at = _Place(place.line, place.behind - kept)
    at.pass_over(error.object[: error.start])
    seen = f"the byte 0x{error.object[error.start]:02x} at place {at.behind + 1} of line {at.line} is not UTF-8"
    guess = "; the file looks like UTF-16" if utf_16 else ""
    return InvalidInput(f"{seen}{guess}; save the file as CSV with UTF-8 encoding", path=f"{file}:{at.line}")
