"""Opaque global ids: what a client keeps of a node, and what it names the node by later."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from uuid import UUID

from lifecycle_fsm.domain.article import one
from lifecycle_fsm.domain.errors import InvalidInput

LONGEST_ID = 500
_DIGEST = re.compile("[0-9a-f]{64}")
_SEQ = re.compile("[1-9][0-9]{0,8}")


def global_id(type_name: str, *parts: str | int | UUID) -> str:
    """The id of a node of this type; equal parts give an equal id, for ever."""
    text = f"{type_name}:{'/'.join(str(part) for part in parts)}"
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_id(given: str, path: str) -> tuple[str, str]:
    """
    Give the type's name and the local part of an id.

    Raises:
        InvalidInput: this API never gave such an id; `path` says where it stood.
    """
    type_name, colon, local = _decoded(given).partition(":")
    if not colon or global_id(type_name, local) != given:
        raise InvalidInput(f"{given[:60]!r} is not an id; expected one that a field `id` of this API gave", path=path)
    return type_name, local


def account_of(given: str, path: str) -> UUID:
    """
    Give the account that an id names.

    Raises:
        InvalidInput: it is not the id of an account.
    """
    return _uuid(_local(given, "Account", path), given, path)


def cta_of(given: str, path: str) -> tuple[UUID, UUID]:
    """
    Give the account and the CTA that an id names.

    Raises:
        InvalidInput: it is not the id of a CTA.
    """
    account, _, cta = _local(given, "Cta", path).partition("/")
    return _uuid(account, given, path), _uuid(cta, given, path)


def success_plan_of(given: str, path: str) -> tuple[UUID, UUID]:
    """
    Give the account and the success plan that an id names.

    Raises:
        InvalidInput: it is not the id of a success plan.
    """
    account, _, plan = _local(given, "SuccessPlan", path).partition("/")
    return _uuid(account, given, path), _uuid(plan, given, path)


def plan_of(given: str, path: str) -> str:
    """
    Give the digest of the plan that an id names.

    Raises:
        InvalidInput: it is not the id of a plan.
    """
    digest = _local(given, "ConfigurationPlan", path)
    if not _DIGEST.fullmatch(digest):
        raise InvalidInput(f"{given[:60]!r} is not an id that this API gave; read it again", path=path)
    return digest


def token_of(given: str, path: str) -> str:
    """
    Give the hash of the token that an id names.

    Raises:
        InvalidInput: it is not the id of a token.
    """
    digest = _local(given, "Token", path)
    if not _DIGEST.fullmatch(digest):
        raise InvalidInput(f"{given[:60]!r} is not an id that this API gave; read it again", path=path)
    return digest


def publication_of(given: str, path: str) -> UUID:
    """
    Give the publication that an id names.

    Raises:
        InvalidInput: it is not the id of a publication.
    """
    return _uuid(_local(given, "Publication", path), given, path)


def delivery_of(given: str, path: str) -> tuple[UUID, UUID, str]:
    """
    Give the account, the message and the channel of the delivery that an id names.

    Raises:
        InvalidInput: it is not the id of a delivery.
    """
    account, _, rest = _local(given, "Delivery", path).partition("/")
    message, _, channel = rest.partition("/")
    return _uuid(account, given, path), _uuid(message, given, path), channel


def verification_of(given: str, path: str) -> UUID:
    """
    Give the verification that an id names.

    Raises:
        InvalidInput: it is not the id of a verification.
    """
    return _uuid(_local(given, "Verification", path), given, path)


def run_of(given: str, path: str) -> UUID:
    """
    Give the run that an id names.

    Raises:
        InvalidInput: it is not the id of a run.
    """
    return _uuid(_local(given, "Run", path), given, path)


def review_mark_of(given: str, path: str) -> UUID:
    """
    Give the review mark that an id names.

    Raises:
        InvalidInput: it is not the id of a review mark.
    """
    return _uuid(_local(given, "ReviewMark", path), given, path)


def record_of(given: str, path: str) -> tuple[UUID, int]:
    """
    Give the account and the place in its history that the id of a record names.

    Raises:
        InvalidInput: it is not the id of a history record.
    """
    account, _, seq = _local(given, "HistoryRecord", path).partition("/")
    if not _SEQ.fullmatch(seq):
        raise InvalidInput(f"{given[:60]!r} is not an id that this API gave; read it again", path=path)
    return _uuid(account, given, path), int(seq)


def _local(given: str, expected: str, path: str) -> str:
    type_name, local = read_id(given, path)
    if type_name != expected:
        raise InvalidInput(f"{given!r} is the id of {one(type_name)}; expected that of {one(expected)}", path=path)
    return local


def _decoded(given: str) -> str:
    if len(given) > LONGEST_ID:
        return ""
    try:
        return urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode()
    except (NotBase64, ValueError):
        return ""


def _uuid(text: str, given: str, path: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput(f"{given[:60]!r} is not an id that this API gave; read it again", path=path) from error
