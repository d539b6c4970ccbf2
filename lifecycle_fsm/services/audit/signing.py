"""
Checkpoints as signed notes, with Ed25519 keys in their text forms.

Source: C2SP signed-note (https://c2sp.org/signed-note) and tlog-checkpoint (https://c2sp.org/tlog-checkpoint).
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from lifecycle_fsm.domain.errors import InvalidInput

_ED25519 = b"\x01"
_DASH = "\N{EM DASH} "
_SIGNER = "PRIVATE+KEY+"
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under its name: what a checkpoint is checked with."""

    name: str
    key: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that a signature names its key by."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        """The key as text: `name+id+key`."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.key).decode()}"


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key under its name; its text belongs into a file that only the signing process reads."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        """The public key."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return Verifier(self.name, public.public_bytes(Encoding.Raw, PublicFormat.Raw))

    def text(self) -> str:
        """The key as text: `PRIVATE+KEY+name+id+key`."""
        return f"{_SIGNER}{self.name}+{self.verifier.key_id.hex()}+{b64encode(_ED25519 + self.seed).decode()}"

    def sign(self, text: str) -> str:
        """The signed note of a text that ends with a line feed."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        stated = b64encode(self.verifier.key_id + signature).decode()
        return f"{text}\n{_DASH}{self.name} {stated}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says: the log's name, how many leaves it had, its root, and when that was signed."""

    origin: str
    size: int
    root: bytes
    signed_at_ms: int

    def text(self) -> str:
        """The text that is signed; the instant is an extension line."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\nsigned_at {self.signed_at_ms}\n"


def make_signer(name: str) -> Signer:
    """
    Make a new key.

    Raises:
        InvalidInput: the name cannot stand in a note.
    """
    if not name or "+" in name or any(character.isspace() for character in name):
        raise InvalidInput(f"the key is named {name!r}; expected a text without spaces and '+'", path="name")
    made = Ed25519PrivateKey.generate()
    return Signer(name, made.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))


def read_signer(text: str) -> Signer:
    """
    Read a private key.

    Raises:
        InvalidInput: the text is none, or it was damaged.
    """
    name, stated, key = _parts(text.strip().removeprefix(_SIGNER), path="key")
    signer = Signer(name, key)
    if signer.verifier.key_id.hex() != stated:
        raise InvalidInput("the signing key is damaged: its id is not that of its bytes", path="key")
    return signer


def read_verifier(text: str) -> Verifier:
    """
    Read a public key.

    Raises:
        InvalidInput: the text is none, or it was damaged.
    """
    name, stated, key = _parts(text.strip(), path="verifier")
    verifier = Verifier(name, key)
    if verifier.key_id.hex() != stated:
        raise InvalidInput("the public key is damaged: its id is not that of its bytes", path="verifier")
    return verifier


def signed_text(note: str, verifier: Verifier) -> str | None:
    """The text of a note if this key signed it, else None."""
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not any(_is_signed(f"{text}\n", line, verifier) for line in signatures.splitlines()):
        return None
    return f"{text}\n"


def open_note(note: str, verifier: Verifier) -> Checkpoint | None:
    """What a checkpoint says if this key signed it, else None."""
    text = signed_text(note, verifier)
    return None if text is None else _checkpoint(text.removesuffix("\n"))


def read_unsigned(note: str) -> Checkpoint | None:
    """What a checkpoint says, whoever signed it; None where it is none."""
    return _checkpoint(note.rpartition("\n\n")[0])


def _is_signed(text: str, line: str, verifier: Verifier) -> bool:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    try:
        stated = b64decode(encoded, validate=True)
        if (name, stated[:4]) != (verifier.name, verifier.key_id):
            return False
        Ed25519PublicKey.from_public_bytes(verifier.key).verify(stated[4:], text.encode())
    except (ValueError, InvalidSignature):
        return False
    return True


def _checkpoint(text: str) -> Checkpoint | None:
    lines = text.split("\n")
    try:
        origin, size, root, *extensions = lines
        signed_at = next((line.split()[1] for line in extensions if line.startswith("signed_at ")), "0")
        return Checkpoint(origin, int(size), b64decode(root, validate=True), int(signed_at))
    except (ValueError, IndexError):
        return None


def _parts(text: str, path: str) -> tuple[str, str, bytes]:
    try:
        name, stated, encoded = text.split("+", 2)
        key = b64decode(encoded, validate=True)
    except ValueError as error:
        raise InvalidInput("the key cannot be read; expected name+id+key", path=path) from error
    if key[:1] != _ED25519 or len(key) != _KEY_BYTES + 1:
        raise InvalidInput("the key is no Ed25519 key", path=path)
    return name, stated, key[1:]
