"""Plans as text and back; the digest names a plan by all that it says."""

from functools import lru_cache
from hashlib import sha256

import orjson
from pydantic import TypeAdapter

from lifecycle_fsm.services.planning.content import PlanContent


def text_of(content: PlanContent) -> str:
    """The content as JSON with sorted keys."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()


def digest_of(text: str) -> str:
    """SHA-256 of a plan's text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def content_of(text: str) -> PlanContent:
    """The content that `text_of` wrote."""
    return _adapter().validate_json(text)


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[PlanContent]:
    return TypeAdapter(PlanContent)
