"""The documents of the guide are valid, and what it says of limits and codes is so."""

import re
from pathlib import Path

from graphql import build_schema, parse, validate

from api.export import SCHEMA_FILE
from api.limits import Limits

GUIDE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()


def test_the_documents_of_the_guide_are_valid() -> None:
    documents = re.findall(r"```graphql\n(.*?)```", GUIDE, re.DOTALL)
    schema = build_schema(SCHEMA_FILE.read_text())

    assert len(documents) >= 8
    assert [validate(schema, parse(document)) for document in documents] == [[] for _ in documents]


def test_the_guide_tells_the_limits() -> None:
    limits = Limits()

    assert f"at most {limits.tokens:,} tokens, {limits.depth} levels, {limits.fields:,} fields" in GUIDE
    assert f" and {limits.aliases} aliases" in GUIDE
