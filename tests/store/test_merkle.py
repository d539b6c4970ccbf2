"""The Merkle tree against the vectors that other logs publish, and against its definition."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_fsm.store.merkle import (
    EMPTY_ROOT,
    Subtree,
    consistency_proof,
    fold,
    inclusion_proof,
    leaf_hash,
    proves_consistency,
    proves_inclusion,
    range_hash,
)
from lifecycle_fsm.store.merkle_log import Edge

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
"""The inputs of the reference implementation of RFC 6962 (google/certificate-transparency, merkletree tests)."""

ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Its roots over the first 1 to 8 of them."""


def subtree_over(data: list[bytes]) -> Subtree:
    def subtree(level: int, position: int) -> bytes:
        width = 1 << level
        return fold([leaf_hash(each) for each in data[position * width : (position + 1) * width]])

    return subtree


def root_of(data: list[bytes]) -> bytes:
    """The definition of RFC 6962, word by word."""
    if not data:
        return sha256().digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    split = 1
    while split * 2 < len(data):
        split *= 2
    return sha256(b"\x01" + root_of(data[:split]) + root_of(data[split:])).digest()


def test_roots_are_those_of_the_reference() -> None:
    found = [range_hash(0, size, subtree_over(LEAVES)).hex() for size in range(1, 9)]

    assert found == ROOTS
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("position", "size", "proof"),
    [
        (0, 1, []),
        (
            0,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    ],
)
def test_inclusion_proofs_are_those_of_the_reference(position: int, size: int, proof: list[str]) -> None:
    found = inclusion_proof(position, size, subtree_over(LEAVES))

    assert [each.hex() for each in found] == proof


@pytest.mark.parametrize(
    ("old", "size", "proof"),
    [
        (1, 1, []),
        (
            1,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_consistency_proofs_are_those_of_the_reference(old: int, size: int, proof: list[str]) -> None:
    found = consistency_proof(old, size, subtree_over(LEAVES))

    assert [each.hex() for each in found] == proof


@given(st.integers(1, 70), st.data())
def test_every_proof_holds_and_no_other_leaf_or_root_does(size: int, data: st.DataObject) -> None:
    leaves = [number.to_bytes(2, "big") for number in range(size)]
    position, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    subtree, root, old_root = subtree_over(leaves), root_of(leaves), root_of(leaves[:old])

    path = inclusion_proof(position, size, subtree)
    growth = consistency_proof(old, size, subtree)

    assert proves_inclusion(leaf_hash(leaves[position]), position, size, path, root)
    assert not proves_inclusion(leaf_hash(b"other"), position, size, path, root)
    assert not proves_inclusion(leaf_hash(leaves[position]), position + 1, size, path, root) or size == 1
    assert proves_consistency(old, size, old_root, root, growth)
    assert not proves_consistency(old, size, bytes(32), root, growth)
    assert not proves_consistency(old, size, old_root, bytes(32), growth)


@given(st.integers(0, 600))
def test_the_edge_has_the_root_of_the_definition(size: int) -> None:
    rows = [number.to_bytes(2, "big") for number in range(size)]
    edge = Edge()

    kept = [node for row in rows for node in edge.append(row)]

    assert edge.root == root_of(rows)
    assert kept == [(8, place, root_of(rows[place * 256 : place * 256 + 256])) for place in range(size // 256)]
