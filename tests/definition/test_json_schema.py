"""The JSON Schema and the compiler answer alike: on good files, on mistakes, and on files changed at random."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import orjson
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.configuration import CATALOG_FILE, compile_configuration, is_definition
from lifecycle_fsm.definition.diagnostics import Severity
from lifecycle_fsm.definition.document import Document
from lifecycle_fsm.definition.json_schema.document import schema, schema_text
from lifecycle_fsm.definition.yaml_text import as_yaml
from tests.definition.broken import IN_CATALOG, IN_SEGMENT, Mistake
from tests.definition.corpus import Case, broken
from tests.definition.editor_view import editor_view
from tests.definition.folders import FIXTURES
from tests.definition.mutants import mutant
from tests.definition.samples import CATALOG, SEGMENT
from tests.definition.test_broken import marked
from tests.properties.definitions import Table, segments

COMMITTED = FIXTURES / "schema" / "lifecycle.v1.schema.json"
SEGMENT_FILE = "segments/enterprise.yaml"
SAMPLES = {CATALOG_FILE: CATALOG, SEGMENT_FILE: SEGMENT}
MUTANTS = 150

SHAPES = {
    Code.WRONG_TYPE,
    Code.UNKNOWN_KEY,
    Code.MISSING_VALUE,
    Code.INVALID_NAME,
    Code.NO_SUBJECT,
    Code.SEVERAL_SUBJECTS,
    Code.NO_OPERATOR,
    Code.SEVERAL_OPERATORS,
    Code.NO_EFFECT,
    Code.SEVERAL_EFFECTS,
}
"""Mistakes in the shape of a file, which a schema always sees."""

STRUCTURE = SHAPES | {
    Code.UNKNOWN_SCHEMA,
    Code.MISSING_KEY,
    Code.INVALID_VALUE,
    Code.WRONG_UNIT,
    Code.WRONG_SUBJECT,
    Code.WRONG_OPERATOR,
}
"""Mistakes that a schema sees unless they depend on the catalog, on other keys, or on arithmetic."""

NOT_YAML = {Code.SYNTAX_ERROR, Code.NOT_UTF_8, Code.SEVERAL_DOCUMENTS, Code.ALIAS_REFUSED, Code.TAG_REFUSED}
"""Mistakes that end the reading, before a schema is asked."""

BEYOND = {
    "time_zone: {fact: «account.arr»}": "the kind of the fact stands in the catalog",
    "time_zone_of_a_number": "the kind of the fact stands in the catalog",
    "due_in: «36h»": "hours may add up to whole days",
    "{«healthy»: 20": "the measure may be one of the whole scorecard",
    "{fact: account.status, «at_least»: active}": "the kind of the fact stands in the catalog",
    "{fact: account.renewal_on, at_least: «31.3.2026»}": "the kind of the fact stands in the catalog",
    "{measure: health.score, at_least: «.inf»}": "infinity is a number of YAML",
    "{measure: usage.logins_30d, at_least: «1e999»}": "infinity is a number of YAML",
    "{came_from: {is: «adopton»}}": "stages are names",
    "below: 5, for: 1d}\n    for: «7d»\n": "it depends on what stands in `when`",
    "owner: {fact: «account.arr»},\n                 fallback": "the kind of the fact stands elsewhere",
    "due_in: 3d, due_before: {fact: «account.arr», by: 30d},": "the kind of the fact stands elsewhere",
    "due_in: 3d, due_after: {fact: «account.arr», by: 30d},": "the kind of the fact stands elsewhere",
    "due_in: 3d, due_before: {fact: account.renewal_on, by: 3d}, due_after: «{fact: account.renewal_on, by: 3d}»,": (
        "it depends on two values"
    ),
    "due_in: 3d, subject: {kind: contract, fact: «account.arr»},": "the kind of the fact stands elsewhere",
    "{onboarding: {title: O, objectives: [{cta: «kickoff_call»}]}}": "the type of the template stands elsewhere",
    "{onboarding: {title: O, completes: «with_objectives»}}": "it depends on the objectives",
    "{title: Logins, type: choice, choices: «{many: 50, few: 50}»}": "it depends on two values",
    "{title: Logins, derived: {cases: [{when: «{measure: health.score, below: 3}», value: 1}]}}": (
        "the score is read like a measure"
    ),
    "hours_for_a_due_date": "hours may add up to whole days",
    "date_in_words": "the kind of the fact stands in the catalog",
    "text_compared_as_number": "the kind of the fact stands in the catalog",
    "unknown_word": "the texts of the fact stand in the catalog",
}
"""What looks like structure and is not, by the text of the mistake or the name of the file."""


def validator(part: str) -> Draft202012Validator:
    """The schema of a catalog or of a segment alone."""
    return Draft202012Validator({"$ref": f"#/$defs/{part}", "$defs": schema()["$defs"]})


WELL_FORMED = [case for case in broken() if not NOT_YAML & {code for code, _ in case.expected}]
"""The broken definitions of the corpus that an editor can read."""

OF_CATALOG, OF_SEGMENT = validator("catalog"), validator("segment")


def of(name: str) -> Draft202012Validator:
    return OF_CATALOG if name.endswith(CATALOG_FILE) else OF_SEGMENT


def good_files() -> list[Path]:
    """Every definition among the fixtures that is not there to be refused."""
    found = (path for root in FIXTURES.iterdir() if root.name != "broken" for path in root.rglob("*.yaml"))
    return sorted(path for path in found if is_definition("/".join(path.parts[-2:])) or path.name == CATALOG_FILE)


def test_the_schema_is_one_and_is_committed_as_it_is_generated() -> None:
    Draft202012Validator.check_schema(schema())

    assert COMMITTED.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("path", good_files(), ids=lambda path: path.relative_to(FIXTURES).as_posix())
def test_every_good_file_is_accepted(path: Path) -> None:
    seen = editor_view(path.read_text(encoding="utf-8"))

    assert [error.message for error in of(path.name).iter_errors(seen)] == []
    assert Draft202012Validator(schema()).is_valid(seen)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_is_accepted_whether_its_values_are_quoted_or_not(name: str) -> None:
    quoted = yaml.load(SAMPLES[name], yaml.BaseLoader)

    assert list(of(name).iter_errors(quoted)) == []
    assert list(of(name).iter_errors(editor_view(SAMPLES[name]))) == []


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        *((CATALOG_FILE, mistake) for mistake in IN_CATALOG if mistake.code in STRUCTURE),
        *((SEGMENT_FILE, mistake) for mistake in IN_SEGMENT if mistake.code in STRUCTURE),
    ],
    ids=str,
)
def test_a_mistake_of_structure_is_refused_as_the_compiler_refuses_it(name: str, mistake: Mistake) -> None:
    text, _ = marked(name, SAMPLES[name].replace(mistake.old, mistake.new, 1))

    assert of(name).is_valid(editor_view(text)) is (mistake.new in BEYOND)


@pytest.mark.parametrize("case", WELL_FORMED, ids=lambda case: case.name)
def test_a_broken_file_is_refused_where_its_structure_is_broken_and_nowhere_else(case: Case) -> None:
    broken_in_structure = {span.file for code, span in case.expected if code in STRUCTURE and case.name not in BEYOND}

    refused = {name for name, content in case.files.items() if not of(name).is_valid(editor_view(content.decode()))}

    assert refused == broken_in_structure


def test_every_exception_is_needed() -> None:
    structural = {mistake.new for mistake in (*IN_CATALOG, *IN_SEGMENT) if mistake.code in STRUCTURE}

    assert BEYOND.keys() - structural - {case.name for case in WELL_FORMED} == set()


@pytest.mark.parametrize("part", ["catalog", "segment"])
def test_neither_an_empty_file_nor_a_list_is_accepted(part: str) -> None:
    empty: tuple[object, ...] = (None, "", [], {})

    assert [validator(part).is_valid(value) for value in empty] == [False] * 4


def test_a_plain_null_and_a_name_that_yaml_reads_as_true_need_quotes() -> None:
    spelled = SEGMENT.replace("title: Enterprise customer lifecycle", "title: {}").replace("[auto, advance]", "[{}]")

    accepted = {
        words: OF_SEGMENT.is_valid(editor_view(spelled.replace("{}]", f"{words[1]}]", 1).replace("{}", words[0], 1)))
        for words in (("null", "go"), ("'null'", "go"), ("Title", "true"), ("Title", "'true'"))
    }

    assert list(accepted.values()) == [False, True, False, True]


@given(segments)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_whatever_the_language_says_is_accepted(segment: Table) -> None:
    as_texts = orjson.loads(orjson.dumps(segment))

    assert list(OF_SEGMENT.iter_errors(as_texts)) == []
    assert list(OF_SEGMENT.iter_errors(editor_view(as_yaml(as_texts)))) == []


def test_files_changed_at_random_are_refused_only_where_the_compiler_refuses_them() -> None:
    too_strict, too_lax = [], []
    for seed in range(MUTANTS):
        random = Random(seed)
        name = random.choice(list(SAMPLES))
        changed: Document = mutant(yaml.load(SAMPLES[name], yaml.BaseLoader), random)
        text = as_yaml(changed)
        accepted, codes = of(name).is_valid(editor_view(text)), errors_in(name, text)
        if not (accepted or codes or of(name).is_valid(changed)):
            too_strict.append((seed, text))
        if accepted and codes & SHAPES:
            too_lax.append((seed, codes))

    assert (too_strict, too_lax) == ([], [])


def errors_in(name: str, text: str) -> set[Code]:
    """The errors of a sample whose one file is replaced; those in the other file count as well."""
    files = {file: content.encode() for file, content in {**SAMPLES, name: text}.items()}
    return {found.code for found in compile_configuration(files).diagnostics if found.severity is Severity.ERROR}


def test_every_key_has_a_description() -> None:
    bare = [path for path, part in keys_of(schema(), "") if "description" not in part]

    assert bare == []


def keys_of(part: object, path: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Every key of every table of the schema, except in conditions about other keys."""
    for name, below in part.items() if isinstance(part, dict) else ():
        if name == "properties":
            yield from ((f"{path}.{key}", described) for key, described in below.items())
        if name not in {"then", "oneOf", "allOf"}:
            yield from keys_of(below, f"{path}.{name}")
    for index, item in enumerate(part if isinstance(part, list | tuple) else ()):
        yield from keys_of(item, f"{path}.{index}")
