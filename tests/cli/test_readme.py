"""The README tells every setting and every code that there is."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from graphql import build_schema, parse, validate

from api.export import SCHEMA_FILE
from lifecycle_fsm.domain.errors import LifecycleError
from lifecycle_fsm.settings import Settings

README = (Path(__file__).parents[2] / "README.md").read_text()


def codes(kind: type[LifecycleError]) -> Iterator[str]:
    for each in kind.__subclasses__():
        yield each.code
        yield from codes(each)


def test_every_setting_is_told_with_its_default() -> None:
    told = dict(re.findall(r"^\| `LIFECYCLE_(\w+)` \| (?:`(.*?)`)? ?\|", README, re.MULTILINE))

    defaults = {name.upper(): field.default for name, field in Settings.model_fields.items()}
    assert told == {
        name: "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in defaults.items()
    }


def test_every_code_is_told() -> None:
    import_module("lifecycle_fsm.cli.app")  # which knows all errors there are

    assert {code for code in codes(LifecycleError) if f"`{code}`" not in README} == set()


def test_the_query_of_the_readme_is_valid() -> None:
    documents = re.findall(r"```graphql\n(.*?)```", README, re.DOTALL)

    assert [validate(build_schema(SCHEMA_FILE.read_text()), parse(document)) for document in documents] == [[]]
