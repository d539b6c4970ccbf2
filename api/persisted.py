"""Documents that a request names by their SHA-256 instead of sending them: trusted ones, and those seen before."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

import orjson
from graphql import GraphQLError

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.errors import InvalidInput

_PREFIX = "sha256:"
_KEPT = 1_000
_LARGEST_KEPT = 50_000


class Policy(StrEnum):
    """Which documents a role may run."""

    OPEN = "open"
    PREFERRED = "preferred"
    REQUIRED = "required"


class PersistedDocuments:
    """
    Find texts by hash.

    Trusted documents come from a folder at the start and are there for everybody. Under
    `open` and `preferred` clients add others by sending text and hash together once
    (Apollo's automatic persisted queries); the last 1,000 of those are kept in memory.
    """

    def __init__(self, trusted: Mapping[str, str], policies: Mapping[Role, Policy], otherwise: Policy) -> None:
        self._trusted = dict(trusted)
        self._policies = policies
        self._otherwise = otherwise
        self._known: dict[frozenset[Role], Policy] = {}
        self._seen: OrderedDict[str, str] = OrderedDict()

    def policy_of(self, roles: frozenset[Role]) -> Policy:
        """The most lenient policy of the roles, the general one for a role without its own."""
        known = self._known.get(roles)
        if known is None:
            order = list(Policy)
            policies = (self._policies.get(role, self._otherwise) for role in roles)
            known = self._known[roles] = min(policies, key=order.index, default=order[-1])
        return known

    def is_trusted(self, text: str) -> bool:
        """Whether the text is one of the trusted documents."""
        return bool(self._trusted) and hash_of(text) in self._trusted

    def text_of(self, query: str | None, document_id: str | None, policy: Policy) -> str | GraphQLError:
        """The text to run for what a request sent, or why none may run."""
        digest = None if document_id is None else document_id.removeprefix(_PREFIX).lower()
        if query is None:
            return self._by_hash(digest or "", policy)
        if digest is not None and hash_of(query) != digest:
            return _error("document_mismatch", "The hash is not the SHA-256 of the document; send those of one text.")
        if policy is Policy.REQUIRED and not self.is_trusted(query):
            return _untrusted()
        if digest is not None:
            self._remember(digest, query)
        return query

    def _by_hash(self, digest: str, policy: Policy) -> str | GraphQLError:
        if digest in self._trusted:
            return self._trusted[digest]
        if policy is Policy.REQUIRED:
            return _untrusted()
        if digest in self._seen:
            self._seen.move_to_end(digest)
            return self._seen[digest]
        # Message and code are those that Apollo's clients answer by sending the text.
        return _error("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")

    def _remember(self, digest: str, text: str) -> None:
        if len(text) <= _LARGEST_KEPT:
            self._seen[digest] = text
        if len(self._seen) > _KEPT:
            self._seen.popitem(last=False)


def hash_of(text: str) -> str:
    """The SHA-256 of a document's text in hexadecimal, by which requests name it."""
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Trusted:
    """A trusted document: what requests call it, its text, and the file that has it."""

    id: str
    text: str
    file: Path
    is_listed: bool
    """Whether it is one of several of a list, so that its lines are not those of the file."""


def read_trusted(folder: Path | None) -> dict[str, str]:
    """
    Read the texts of the trusted documents of a folder, by id.

    Raises:
        InvalidInput: the folder or one of its files cannot be read.
    """
    if folder is None:
        return {}
    if not folder.is_dir():
        raise InvalidInput(f"LIFECYCLE_DOCUMENTS is {str(folder)!r}; expected a folder", path="environment")
    return {each.id: each.text for each in trusted_in(folder)}


def trusted_in(folder: Path) -> Iterator[Trusted]:
    """
    The trusted documents of a folder and of those in it, file by file.

    A `.graphql` or `.gql` file is one document, named by its SHA-256. A `.json` file names its
    own: an object of texts by id, as graphql-codegen and the Relay compiler write, or Apollo's
    manifest with `operations` of `id` and `body`.

    Raises:
        InvalidInput: one of the files cannot be read.
    """
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield from _documents_of(file)


def _documents_of(file: Path) -> Iterator[Trusted]:
    if file.suffix in {".graphql", ".gql"}:
        text = _text(file)
        yield Trusted(hash_of(text), text, file, is_listed=False)
    if file.suffix == ".json":
        yield from (Trusted(digest, text, file, is_listed=True) for digest, text in _listed(file))


def _text(file: Path) -> str:
    try:
        # With its line ends as they are, for those count in the hash.
        return file.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{str(file)!r} is not UTF-8 at byte {error.start}; save it so") from error


def _listed(file: Path) -> list[tuple[str, str]]:
    try:
        content = orjson.loads(file.read_bytes())
        if "operations" in content and isinstance(content["operations"], list):
            content = {each["id"]: each["body"] for each in content["operations"]}
        return [(digest.removeprefix(_PREFIX).lower(), text.encode().decode()) for digest, text in content.items()]
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        message = f"{str(file)!r} is no list of documents; expected texts by id, or Apollo's manifest"
        raise InvalidInput(message) from error


def _untrusted() -> GraphQLError:
    return _error("untrusted_document", "Your role runs trusted documents only; send `documentId` of one of them.")


def _error(code: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})
