"""A mapping says which column becomes what; its mistakes are found before a row is read."""

import pytest

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.import_map import Blank, ImportMap, missing_columns, read_import_map
from lifecycle_fsm.domain.catalog import Catalog, FactSpec, MeasureSpec
from lifecycle_fsm.domain.fields import FieldKind

CATALOG = Catalog(
    measures={
        "tenure": MeasureSpec("tenure", "Months with us", "months", minimum=0),
        "support": MeasureSpec("support", "Support", "%", minimum=0, maximum=100),
    },
    facts={
        "contract": FactSpec("contract", "Contract", FieldKind.TEXT, one_of=("month_to_month", "one_year")),
        "churned": FactSpec("churned", "Left", FieldKind.FLAG),
    },
)
BEGINNING = "schema: lifecycle/import/v1\naccount: {key: Id}\n"


def read(text: str) -> ImportMap:
    found = read_import_map("map.yaml", text.encode(), CATALOG)
    assert found.diagnostics == ()
    assert found.mapping is not None
    return found.mapping


def test_names_the_column_of_each_value_and_what_its_texts_become() -> None:
    mapping = read(
        f"{BEGINNING}measures: {{tenure: Months}}\n"
        'facts:\n  churned: {column: Churn, values: {"Yes": true, "No": false, "n/a": ""}}\n'
    )

    assert mapping.key.name == "Id"
    assert (mapping.measures["tenure"].name, mapping.measures["tenure"].values) == ("Months", None)
    assert mapping.facts["churned"].name == "Churn"
    assert mapping.facts["churned"].values == {"Yes": "true", "No": "false", "n/a": ""}


def test_blank_cells_are_unknown_and_commas_separate_unless_it_says_otherwise() -> None:
    plain = read(BEGINNING)
    other = read(f"{BEGINNING}blank: keep\ndelimiter: semicolon\nobserved_at: {{column: Seen}}\n")

    assert (plain.blank, plain.delimiter, plain.observed_at) == (Blank.UNKNOWN, ",", None)
    assert (other.blank, other.delimiter) == (Blank.KEEP, ";")
    assert other.observed_at is not None
    assert other.observed_at.name == "Seen"


def test_an_account_may_have_a_name_a_csm_a_stage_and_attributes() -> None:
    mapping = read(
        "schema: lifecycle/import/v1\n"
        "account: {key: Id, name: Name, csm: Owner, stage: Phase, entered_at: Since, attributes: {country: Land}}\n"
    )

    assert [column.name for column in mapping.columns()] == ["Id", "Name", "Owner", "Phase", "Since", "Land"]


@pytest.mark.parametrize(
    ("more", "code", "place", "suggestion"),
    [
        ("measures: {tenur: Months}", Code.UNKNOWN_MEASURE, (3, 12), "tenure"),
        ("facts: {contrct: Contract}", Code.UNKNOWN_FACT, (3, 9), "contract"),
        ("measure: {tenure: Months}", Code.UNKNOWN_KEY, (3, 1), "measures"),
        ("measures: {tenure: {colum: Months}}", Code.UNKNOWN_KEY, (3, 21), "column"),
        ("measures: {tenure: {values: {a: 1}}}", Code.MISSING_KEY, (3, 21), None),
        ("measures: {tenure: }", Code.MISSING_VALUE, (3, 20), None),
        ("measures: [tenure]", Code.WRONG_TYPE, (3, 11), None),
        ("measures: {support: {column: S, values: {a: 140}}}", Code.INVALID_VALUE, (3, 45), None),
        ("facts: {contract: {column: C, values: {a: on_year}}}", Code.INVALID_VALUE, (3, 43), "one_year"),
        ("facts: {contract: {column: C, values: [a]}}", Code.WRONG_TYPE, (3, 39), None),
        ("facts: {contract: {column: C, values: {a: [b]}}}", Code.WRONG_TYPE, (3, 43), None),
        ("observed_at: yesterday", Code.INVALID_VALUE, (3, 14), None),
        ("blank: zero", Code.INVALID_VALUE, (3, 8), None),
        ("delimiter: ';'", Code.INVALID_VALUE, (3, 12), None),
    ],
)
def test_each_mistake_is_found_at_its_place(
    more: str, code: Code, place: tuple[int, int], suggestion: str | None
) -> None:
    found = read_import_map("map.yaml", f"{BEGINNING}{more}\n".encode(), CATALOG)

    assert found.mapping is None
    assert [(each.code, (each.line, each.column), each.suggestion) for each in found.diagnostics] == [
        (code, place, suggestion)
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("account: {key: Id}", Code.MISSING_KEY),
        ("schema: lifecycle/v1\naccount: {key: Id}", Code.UNKNOWN_SCHEMA),
        ("schema: lifecycle/import/v1\naccount: {name: Id}", Code.MISSING_KEY),
        ("- account", Code.WRONG_TYPE),
        ("", Code.EMPTY_FILE),
        ("a: &x [1]\nb: *x", Code.ALIAS_REFUSED),
    ],
)
def test_a_text_that_is_no_mapping_is_refused(text: str, code: Code) -> None:
    found = read_import_map("map.yaml", text.encode(), CATALOG)

    assert found.mapping is None
    assert [each.code for each in found.diagnostics] == [code]


def test_reports_the_columns_that_a_file_lacks_where_the_mapping_names_them() -> None:
    mapping = read(f"{BEGINNING}measures: {{tenure: Month}}\nfacts: {{churned: {{column: Churn}}}}\n")

    missing = missing_columns(mapping, ("Id", "Months", "Total"))

    assert [(each.code, each.line, each.column, each.suggestion) for each in missing] == [
        (Code.UNKNOWN_COLUMN, 3, 20, "Months"),
        (Code.UNKNOWN_COLUMN, 4, 27, None),
    ]
    assert missing[0].message == "the file has no column 'Month'; it has: Id, Months, Total"
