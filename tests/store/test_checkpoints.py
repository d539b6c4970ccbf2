"""The log as the database keeps it, and notes as others sign them."""

from datetime import timedelta

import pytest

from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.audit.signing import (
    Checkpoint,
    Signer,
    Verifier,
    make_signer,
    open_note,
    read_signer,
    read_verifier,
    signed_text,
)
from lifecycle_fsm.store.audit_entries import AuditEntry, append_entry, read_entries
from lifecycle_fsm.store.checkpoints import StoredCheckpoint, load_checkpoints, save_checkpoint
from lifecycle_fsm.store.merkle import inclusion_proof, leaf_hash, proves_inclusion
from lifecycle_fsm.store.merkle_log import AUDIT_CHAIN, Edge, count_unlogged, find_leaf, grow, load_edge, subtree_of
from lifecycle_fsm.store.stored_entries import check_entries
from tests.store.builders import NOON, opened

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
"""The public key of the example in Go's golang.org/x/mod/sumdb/note, which defines the form."""

PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def entry(number: int) -> AuditEntry:
    return AuditEntry(AuditKind.EXPORTED, "ada", f"export {number}", NOON + timedelta(seconds=number), {"rows": number})


def test_the_published_example_of_a_signed_note_is_signed() -> None:
    verifier = read_verifier(PETER)

    assert str(verifier) == PETER
    assert signed_text(PETERS_NOTE, verifier) == PETERS_NOTE.partition("\n\n")[0] + "\n"
    assert signed_text(PETERS_NOTE.replace("your", "the"), verifier) is None
    assert open_note(PETERS_NOTE, verifier) is None


def test_what_one_key_signed_no_other_did() -> None:
    signer, other = make_signer("example.com/log"), make_signer("example.com/log")
    said = Checkpoint("example.com/log", 5, bytes(32), 1_772_366_400_000)
    note = signer.sign(said.text())

    assert open_note(note, signer.verifier) == said
    assert open_note(note, other.verifier) is None
    assert open_note(note.replace("\n5\n", "\n6\n"), signer.verifier) is None
    assert note.splitlines()[:3] == ["example.com/log", "5", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]


def test_keys_are_read_back_and_damage_is_noticed() -> None:
    signer = make_signer("example.com/log")

    assert read_signer(signer.text()) == signer
    assert read_verifier(str(signer.verifier)) == signer.verifier
    with pytest.raises(InvalidInput, match="damaged"):
        read_verifier(str(Verifier("other", signer.verifier.key)).replace("other", "log"))
    with pytest.raises(InvalidInput, match="damaged"):
        read_signer(Signer("a", bytes(32)).text().replace("+a+", "+b+"))


@pytest.mark.parametrize("text", ["", "a+b", "a+00000000+!!", "a+00000000+AAAA"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_verifier(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b"])
def test_a_key_has_a_name_that_fits_into_a_note(name: str) -> None:
    with pytest.raises(InvalidInput):
        make_signer(name)


def test_the_log_grows_by_what_it_does_not_have(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        hashes = [append_entry(connection, entry(number)).hash for number in range(300)]
        waiting = count_unlogged(connection)
        edge = grow(connection)
        hashes += [append_entry(connection, entry(number)).hash for number in range(300, 600)]
        longer = grow(connection)
        again = grow(connection)
        leaf = find_leaf(connection, AUDIT_CHAIN, 400)
        assert leaf is not None
        path = inclusion_proof(leaf.position, longer.size, subtree_of(connection))

    expected = Edge()
    for hash_ in hashes:
        list(expected.append(hash_))
    assert (waiting, edge.size, longer.size) == (300, 300, 600)
    assert longer.root == again.root == expected.root
    assert (leaf.position, leaf.hash) == (399, hashes[399])
    assert proves_inclusion(leaf_hash(leaf.hash), 399, 600, path, longer.root)


def test_the_edge_is_read_back_as_it_grew(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        for number in range(258):
            append_entry(connection, entry(number))
        grown = grow(connection)
        read = load_edge(connection)

    assert read == grown


def test_entries_are_chained_and_read_in_order(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        first, second = append_entry(connection, entry(1)), append_entry(connection, entry(2))
        read = read_entries(connection)
        flaws = list(check_entries(connection))

    assert read == (first, second)
    assert second.prev_hash == first.hash
    assert flaws == []


def test_a_checkpoint_is_kept_once_for_each_key(database_url: str) -> None:
    made = StoredCheckpoint(3, "key-1", NOON, "note")
    with opened(database_url) as database, database.writing() as connection:
        kept = [save_checkpoint(connection, made), save_checkpoint(connection, made)]
        read = load_checkpoints(connection)

    assert kept == [True, False]
    assert read == (made,)
