"""Drafts of definitions, checked without storing anything."""

from collections.abc import Callable

import pytest

from lifecycle_fsm.domain.access import Role
from tests.api.definitions import CATALOG, FILES, SEGMENT
from tests.api.door import JSON, Door

CHECK = """query ($files: [ConfigurationFile!]!) { checkConfiguration(files: $files) {
    isValid errors warnings notes segments diagnostics { code severity message suggestion
        place { file line column endLine endColumn }
        related { message place { line } } example { key value } } } }"""


def as_files(files: dict[str, bytes]) -> list[JSON]:
    return [{"name": name, "content": text.decode()} for name, text in files.items()]


def check(door: Door, **changed: bytes) -> JSON:
    texts = {"catalog": CATALOG, "segment": SEGMENT, **changed}
    files = {"catalog.yaml": texts["catalog"], "segments/starter.yaml": texts["segment"]}
    found: JSON = door.data(CHECK, files=as_files(files))["checkConfiguration"]
    return found


def test_a_draft_without_mistakes_is_valid(door: Door) -> None:
    found = check(door)

    assert (found["isValid"], found["errors"], found["segments"]) == (True, 0, ["starter"])


def test_points_at_a_mistake_and_says_what_was_probably_meant(door: Door) -> None:
    found = check(door, segment=SEGMENT.replace(b"{measure: setup, at_least: 80}", b"{measure: setpu, at_least: 80}"))

    (mistake,) = found["diagnostics"]
    assert (found["isValid"], found["errors"], found["segments"]) == (False, 1, [])
    assert (mistake["code"], mistake["severity"], mistake["suggestion"]) == ("unknown-measure", "ERROR", "setup")
    assert mistake["place"] == {
        "file": "segments/starter.yaml",
        "line": 27,
        "column": 25,
        "endLine": 27,
        "endColumn": 30,
    }
    assert (mistake["related"], mistake["example"]) == ([], None)


def test_shows_an_account_for_which_two_exits_are_open(door: Door) -> None:
    rival = b"""      - key: rival
        to: launched
        trigger: [advance]
        when: {measure: logins, at_least: 5}
      - key: kicked_off"""
    found = check(door, segment=SEGMENT.replace(b"      - key: kicked_off", rival))

    (mistake,) = [each for each in found["diagnostics"] if each["code"] == "overlapping-exits"]
    example = {field["key"]: field["value"] for field in mistake["example"]}
    assert example["measure.setup"] == 80.0
    assert example["measure.logins"] == 5.0
    assert len(mistake["related"]) == 1


def test_stores_nothing(door: Door) -> None:
    before = door.data('{ machine(segment: "starter") { digest } segments { key } }')

    check(door, segment=SEGMENT.replace(b"at_least: 80}", b"at_least: 70}"))

    assert door.data('{ machine(segment: "starter") { digest } segments { key } }') == before


def test_what_is_no_definition_is_reported(door: Door) -> None:
    files = [*as_files(FILES), {"name": "notes.txt", "content": "later"}]

    found = door.data(CHECK, files=files)["checkConfiguration"]

    (unread,) = [each for each in found["diagnostics"] if each["place"]["file"] == "notes.txt"]
    assert (unread["code"], unread["severity"], found["isValid"]) == ("unexpected-file", "WARNING", True)


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ([], "files"),
        ([{"name": f"segments/a{number}.yaml", "content": ""} for number in range(101)], "files"),
        ([{"name": "", "content": ""}], "files.0.name"),
        ([{"name": "a\nb", "content": ""}], "files.0.name"),
        ([{"name": "x" * 201, "content": ""}], "files.0.name"),
        ([{"name": "catalog.yaml", "content": ""}] * 2, "files.1.name"),
        ([{"name": "catalog.yaml", "content": "x" * 500_001}], "files.0.content"),
    ],
)
def test_refuses_files_beyond_the_limits(door: Door, files: list[JSON], path: str) -> None:
    error = door.error(CHECK, files=files)

    assert (error["extensions"]["code"], error["extensions"]["input"]) == ("invalid_input", path)


def test_whoever_may_read_may_check(door: Door, token_of: Callable[[Role], str]) -> None:
    assert check(door.as_token(token_of(Role.VIEWER)))["isValid"] is True


def test_whoever_may_not_read_may_not_check(door: Door, token_of: Callable[[Role], str]) -> None:
    error = door.as_token(token_of(Role.INGEST)).error(CHECK, files=as_files(FILES))

    assert error["extensions"]["code"] == "forbidden"
