"""`lifecycle-fsm documents`: who may run the documents of a folder, what they cost, and what does not fit."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

PAGE = """query Page($key: String!, $first: Int = 3, $more: Boolean!) {
  account(key: $key) { name history(first: $first) @include(if: $more) { nodes { seq } } }
}
query Who { viewer { name } }
"""
CLOSE = """mutation Close($input: CloseCtaInput!) { closeCta(input: $input) { __typename } }"""
ACCESS = "{ tokens(first: 1) { nodes { portfolio { csm } } } }"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mine"
    made.mkdir()
    return made


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def asked(run: Run, *arguments: str, **settings: str) -> Any:
    return json.loads(run("documents", "mine", "--format", "json", *arguments, **settings).out)


def test_each_operation_is_told_with_who_may_run_it_and_what_it_costs(run: Run, folder: Path) -> None:
    (folder / "page.graphql").write_text(PAGE)
    (folder / "close.gql").write_text(CLOSE)

    done = run("documents", "mine")

    assert done.status == 0
    assert done.out.splitlines() == [
        "mine/close.gql:1:1: mutation Close",
        "    roles: csm, admin",
        "    needs: WORK_CTAS (Mutation.closeCta)",
        "    costs at most 11 of 100,000",
        "mine/page.graphql:1:1: query Page",
        "    roles: viewer, csm, admin, auditor",
        "    needs: READ (Query.account); READ_HISTORY (Account.history)",
        "    costs at most 102 of 100,000",
        "mine/page.graphql:4:1: query Who",
        "    roles: viewer, csm, admin, auditor, ingest",
        "    needs: nothing but a token",
        "    costs at most 1 of 100,000",
        "2 documents, 3 operations, 0 errors, 0 warnings",
    ]


def test_scripts_get_the_same_as_json(run: Run, folder: Path) -> None:
    (folder / "access.graphql").write_text(ACCESS)

    told = asked(run, max_cost="0")

    assert told == {
        "documents": 1,
        "errors": 0,
        "limit": None,
        "operations": [
            {
                "file": "mine/access.graphql",
                "line": 1,
                "document": hash_of(ACCESS),
                "kind": "query",
                "name": None,
                "cost": 3,
                "capabilities": ["MANAGE_TOKENS"],
                "needs": [{"field": "Query.tokens", "capability": "MANAGE_TOKENS"}],
                "roles": ["admin"],
                "reachesEverything": True,
            }
        ],
        "findings": [
            {
                "severity": "warning",
                "code": "deprecated",
                "message": "The field Portfolio.csm is deprecated. Use `csms`, which may be several. "
                "To be removed on 2027-11-26.",
                "file": "mine/access.graphql",
                "document": None,
                "line": 1,
                "column": ACCESS.index("csm") + 1,
            }
        ],
    }


def test_what_does_not_fit_is_shown_at_its_place_and_ends_with_1(run: Run, folder: Path) -> None:
    (folder / "old.graphql").write_text("query Old {\n  viewer { nam }\n  segments { key\n}\n")
    (folder / "typo.graphql").write_text("query Typo {\n  viewer { nam }\n}\n")

    done = run("documents", "mine")

    unknown = "Cannot query field 'nam' on type 'Viewer'. Did you mean 'name'?"
    assert done.status == 1
    assert done.out.splitlines() == [
        "mine/old.graphql:5:1: error[parse_failed]: Syntax Error: Expected Name, found <EOF>.",
        f"mine/typo.graphql:2:12: error[validation_failed]: {unknown}",
        "2 documents, 0 operations, 2 errors, 0 warnings",
    ]


def test_documents_of_a_list_are_placed_by_their_names(run: Run, folder: Path) -> None:
    (folder / "relay.json").write_text(json.dumps({"sha256:AB": "{ viewer { name } }", "cd": "{ nothing }"}))

    told = asked(run)

    assert [(each["file"], each["document"]) for each in told["operations"]] == [("mine/relay.json", "ab")]
    assert [(each["file"], each["document"], each["line"], each["column"]) for each in told["findings"]] == [
        ("mine/relay.json", "cd", 1, 3)
    ]
    assert "mine/relay.json#cd:1:3: error[validation_failed]: " in run("documents", "mine").out


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{ " + " ".join(f"a{number}: viewer {{ name }}" for number in range(51)) + " }", "limit_exceeded"),
        ("query Many($n: Int!) { accounts(first: $n) { nodes { key } } }", "cost_exceeded"),
    ],
)
def test_what_goes_beyond_a_limit_ends_with_1(run: Run, folder: Path, text: str, code: str) -> None:
    (folder / "large.graphql").write_text(text)

    done = run("documents", "mine", max_cost="100")

    assert (done.status, f"mine/large.graphql:1:1: error[{code}]: " in done.out) == (1, True)


def test_a_folder_without_documents_is_an_error(run: Run, folder: Path) -> None:
    (folder / "notes.txt").write_text("{ viewer { name } }")

    done = run("documents", "mine")

    assert (done.status, done.out) == (1, "")
    assert done.err == ("error[invalid_input]: 'mine' has no document; expected .graphql, .gql or .json files\n")


def test_a_file_in_another_coding_is_named(run: Run, folder: Path) -> None:
    (folder / "latin.graphql").write_bytes(b"# caf\xe9\n{ viewer { name } }")

    done = run("documents", "mine")

    assert (done.status, done.err) == (
        1,
        "error[invalid_input]: 'mine/latin.graphql' is not UTF-8 at byte 5; save it so\n",
    )


def test_line_ends_count_in_the_name_of_a_document(run: Run, folder: Path) -> None:
    text = "query Who {\r\n  viewer { name }\r\n}\r\n"
    (folder / "who.graphql").write_bytes(text.encode())

    assert asked(run)["operations"][0]["document"] == hash_of(text)
