"""The chain: what is hashed is exact and stays the same for ever, and every change to it is found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.ledger import (
    GENESIS,
    Break,
    Link,
    canonical_effects,
    canonical_entry,
    canonical_inputs,
    chain_hash,
    commit_to,
    link,
    read_inputs,
    verify_chain,
)
from tests.store.builders import an_entry

ACCOUNT = UUID("0190aaaa-bbbb-7ccc-8ddd-eeeeffff0000")


def a_chain(length: int = 4) -> list[Link]:
    links: list[Link] = []
    for seq in range(1, length + 1):
        previous = links[-1].hash if links else GENESIS
        links.append(link(ACCOUNT, seq, previous, an_entry(f"stage-{seq}"), None))
    return links


def test_the_bytes_of_a_row_are_sorted_json_without_spaces() -> None:
    canonical = canonical_entry(ACCOUNT, 1, an_entry("adoption", command_id="key-1"), b"\x01\xff")

    assert canonical == (
        b'{"account_id":"0190aaaa-bbbb-7ccc-8ddd-eeeeffff0000","actor":"dana","cause":"person","command_id":"key-1",'
        b'"effective_at":1772366400000,"effects":"[]","evaluator":"1","from_stage":"onboarding","inputs_hash":"01ff",'
        b'"kind":"moved","machine":"digest-1","on_behalf_of":null,"recorded_at":1772366400000,'
        b'"run_id":null,"seq":1,"subject":null,"to_stage":"adoption","transition":"onboarded","trigger":"advance"}'
    )


def test_the_hash_of_the_first_row_is_that_of_a_zero_byte_the_genesis_and_its_bytes() -> None:
    (first,) = a_chain(1)

    expected = sha256(bytes(33) + canonical_entry(ACCOUNT, 1, first.entry, None)).digest()
    assert first.hash == chain_hash(GENESIS, canonical_entry(ACCOUNT, 1, first.entry, None)) == expected


def test_a_chain_as_written_holds() -> None:
    chain = a_chain()

    assert verify_chain(chain) is None
    assert verify_chain(chain, chain[-1].hash) is None
    assert verify_chain([], GENESIS) is None


@pytest.mark.parametrize(
    ("tamper", "seq"),
    [
        (lambda chain: [replace(chain[0], entry=replace(chain[0].entry, actor="eve")), *chain[1:]], 1),
        (lambda chain: [*chain[:2], replace(chain[2], inputs_hash=b"x" * 32), chain[3]], 3),
        (lambda chain: [*chain[:3], replace(chain[3], hash=b"x" * 32)], 4),
        (lambda chain: chain[1:], 2),
        (lambda chain: [chain[0], *chain[2:]], 3),
        (lambda chain: [chain[1], chain[0], *chain[2:]], 2),
        (lambda chain: [chain[0], *(replace(row, seq=row.seq - 1) for row in chain[2:])], 2),
        (lambda chain: [replace(row, account_id=UUID(int=1)) for row in chain], 1),
    ],
    ids=["edited", "other inputs", "other hash", "first removed", "middle removed", "swapped", "renumbered", "moved"],
)
def test_every_change_is_found_at_its_row(tamper: Callable[[list[Link]], list[Link]], seq: int) -> None:
    found = verify_chain(tamper(a_chain()))

    assert isinstance(found, Break)
    assert found.seq == seq


def test_a_removed_end_is_found_by_the_head() -> None:
    chain = a_chain()

    assert verify_chain(chain[:-1]) is None
    assert verify_chain(chain[:-1], chain[-1].hash) == Break(
        ACCOUNT, 4, "the account's head is not the hash of its last row"
    )


_VALUES = st.none() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text()


@given(st.dictionaries(st.text("abz.@_09", max_size=8), _VALUES, max_size=5))
def test_inputs_are_read_back_as_they_were(inputs: dict[str, float | int | str | None]) -> None:
    read = read_inputs(canonical_inputs(inputs))

    assert read == inputs
    assert {key: type(value) for key, value in read.items()} == {key: type(value) for key, value in inputs.items()}


def test_equal_inputs_have_one_text_and_doubles_are_shortest_decimals() -> None:
    assert canonical_inputs({"b": 0.1, "a": 1}) == canonical_inputs({"a": 1, "b": 0.1})
    assert canonical_inputs({"b": 1e22, "a": "é\n", "c": None}) == '{"a":"é\\n","b":{"double":"1e+22"},"c":null}'


def test_the_commitment_depends_on_the_salt() -> None:
    assert commit_to(b"salt", "{}") == sha256(b"salt{}").digest()
    assert commit_to(b"salt", "{}") != commit_to(b"tlas", "{}")


def test_effects_are_sorted_json() -> None:
    assert canonical_effects([{"did": "cta_opened", "cta": "x", "snoozed": False}]) == (
        '[{"cta":"x","did":"cta_opened","snoozed":false}]'
    )


def test_every_kind_of_record_can_be_hashed() -> None:
    hashes = {canonical_entry(ACCOUNT, 1, an_entry(kind=kind), None) for kind in RecordKind}

    assert len(hashes) == len(RecordKind)


def test_ids_sort_by_the_instant_and_say_their_version() -> None:
    ids = [new_id(instant) for instant in range(-1, 1000)]

    assert ids[1:] == sorted(ids[1:])
    assert {(made.version, made.variant) for made in ids} == {(7, "specified in RFC 4122")}
    assert len(set(ids)) == 1001
    assert ids[-1].int >> 80 == 999


def test_a_later_row_hides_nothing_of_an_earlier_one() -> None:
    early, late = an_entry(), replace(an_entry(), recorded_at=an_entry().recorded_at + timedelta(milliseconds=1))

    assert canonical_entry(ACCOUNT, 1, early, None) != canonical_entry(ACCOUNT, 1, late, None)
