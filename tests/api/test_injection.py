"""A text of an attacker is kept and found as the text that it is, or refused; it is never a part of anything else."""

import pytest
from graphql import GraphQLInputObjectType, ObjectValueNode, get_named_type, parse_value, print_ast

from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.world import World
from tests.api.conftest import ADMIN
from tests.api.door import Door
from tests.api.test_permissions import INPUTS, SCHEMA, filled, ids_of

TEXTS = [
    "'; DROP TABLE account_state; --",
    "' OR '1'='1",
    '" OR ""="',
    "%",
    "_",
    "\\",
    "%s %(name)s :name ?",
    "$(touch /tmp/x) `id`",
    "{{7*7}} ${7*7}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "\N{WAVING BLACK FLAG}",
]

ACCOUNTS = "query ($search: String) { accounts(first: 5, filter: {search: $search}) { totalCount nodes { key name } } }"
REGISTER = """mutation ($rows: [AccountRowInput!]!) {
  registerAccounts(input: {rows: $rows, source: "x", idempotencyKey: "i"}) {
    ... on AccountsRegistered { rows { note } }
    ... on Problem { code message }
  }
}"""


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_of_an_attacker_is_a_text(door: Door, world: World, text: str) -> None:
    before = page_history(world, ADMIN, [account_id_for("ACME")], PageRequest(10))
    nothing = door.data(ACCOUNTS, search=text)["accounts"]
    registered = door.data(REGISTER, rows=[{"key": f"{text}!", "name": text, "csm": text}])["registerAccounts"]

    found = door.data(ACCOUNTS, search=text)["accounts"]

    assert nothing == {"totalCount": 0, "nodes": []}
    assert registered == {"rows": [{"note": "CREATED"}]}
    assert found == {"totalCount": 1, "nodes": [{"key": f"{text}!", "name": text}]}
    assert page_history(world, ADMIN, [account_id_for("ACME")], PageRequest(10)) == before


@pytest.mark.parametrize("text", ["\N{RIGHT-TO-LEFT MARK}", " ", "a\x00b", "a\nb", "\u2028", "x" * 501])
def test_texts_that_cannot_be_kept_are_refused(door: Door, text: str) -> None:
    answer = door.ask(REGISTER, rows=[{"key": "NEW", "name": text}])

    assert answer["data"]["registerAccounts"] == {"rows": [{"note": "REJECTED"}]}
    assert door.data(ACCOUNTS, search="NEW")["accounts"]["totalCount"] == 0


def texts_of(mutation: str) -> list[str]:
    """The members of its input that are texts of printable characters, as their descriptions say."""
    assert SCHEMA.mutation_type is not None
    given = get_named_type(SCHEMA.mutation_type.fields[mutation].args["input"].type)
    assert isinstance(given, GraphQLInputObjectType)
    return [name for name, field in given.fields.items() if "printable characters" in str(field.description)]


@pytest.mark.parametrize("text", ["", "a\x00b", "a\nb", "\N{RIGHT-TO-LEFT MARK}", "x" * 501], ids=ascii)
def test_every_text_of_every_mutation_is_what_its_description_says(door: Door, world: World, text: str) -> None:
    outcomes, ids = {}, ids_of(world, "ACME")
    for mutation, template in INPUTS.items():
        for name in texts_of(mutation):
            given = parse_value(filled(template, ids))
            assert isinstance(given, ObjectValueNode)
            others = [print_ast(each) for each in given.fields if each.name.value != name]
            members = ", ".join([*others, f"{name}: $text"])
            query = f"mutation ($text: String!) {{ {mutation}(input: {{{members}}}) {{ __typename }} }}"
            outcomes[f"{mutation}.{name}"] = door.data(query, text=text)[mutation]["__typename"]

    assert len(outcomes) > 50
    assert {what: outcome for what, outcome in outcomes.items() if outcome != "InvalidInput"} == {}
