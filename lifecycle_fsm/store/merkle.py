"""
The Merkle tree of RFC 6962: roots, proofs that a row is in the log, proofs that the log only grew.

Source: RFC 6962, section 2.1; the checking of proofs follows RFC 9162, sections 2.1.3.2 and 2.1.4.2.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
"""The root of a log without a leaf."""

Subtree = Callable[[int, int], bytes]
"""Gives the hash of the whole subtree at a level (0 is that of leaves) and a position in it."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: `SHA-256(0x00 || data)`."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: `SHA-256(0x01 || left || right)`."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash over a whole subtree's nodes, whose number is a power of two."""
    while len(hashes) > 1:
        hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def peaks(hashes: Sequence[bytes]) -> list[bytes]:
    """The hashes of the whole subtrees, largest first, into which so many nodes fall."""
    found: list[bytes] = []
    start = 0
    for bit in reversed(range(len(hashes).bit_length())):
        if len(hashes) >> bit & 1:
            found.append(fold(hashes[start : start + (1 << bit)]))
            start += 1 << bit
    return found


def join(whole: Iterable[bytes]) -> bytes:
    """The root over whole subtrees, largest first."""
    backwards = list(whole)[::-1]
    return reduce(lambda right, left: node_hash(left, right), backwards) if backwards else EMPTY_ROOT


def inclusion_proof(position: int, size: int, subtree: Subtree) -> list[bytes]:
    """The hashes that lead from a leaf to the root of the log of so many leaves, lowest first."""
    return _path(position, 0, size, subtree)


def consistency_proof(old: int, size: int, subtree: Subtree) -> list[bytes]:
    """The hashes that show that the log of `old` leaves is the beginning of that of `size`; 0 < old <= size."""
    return _subproof(old, 0, size, subtree, known=True)


def proves_inclusion(leaf: bytes, position: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof leads from the hash of a leaf to the root."""
    if not 0 <= position < size:
        return False
    node, last, found = position, size - 1, leaf
    for each in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(each, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, each)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def proves_consistency(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the log with `root` begins with the one with `old_root`."""
    if old == size:
        return not proof and old_root == root
    if not 0 < old < size or not proof:
        return False
    hashes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    return _grows(node, last, hashes, (old_root, root))


def _grows(node: int, last: int, hashes: Sequence[bytes], roots: tuple[bytes, bytes]) -> bool:
    first = second = hashes[0]
    for each in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(each, first), node_hash(each, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, each)
        node, last = node >> 1, last >> 1
    return last == 0 and (first, second) == roots


def _path(position: int, start: int, end: int, subtree: Subtree) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _left_size(end - start)
    if position < middle:
        return [*_path(position, start, middle, subtree), range_hash(middle, end, subtree)]
    return [*_path(position, middle, end, subtree), range_hash(start, middle, subtree)]


def _subproof(old: int, start: int, end: int, subtree: Subtree, *, known: bool) -> list[bytes]:
    if old == end:
        return [] if known else [range_hash(start, end, subtree)]
    middle = start + _left_size(end - start)
    if old <= middle:
        return [*_subproof(old, start, middle, subtree, known=known), range_hash(middle, end, subtree)]
    return [*_subproof(old, middle, end, subtree, known=False), range_hash(start, middle, subtree)]


def range_hash(start: int, end: int, subtree: Subtree) -> bytes:
    """The hash over the leaves from `start` until before `end`, as they lie together in a tree."""
    size = end - start
    if size == 0:
        return EMPTY_ROOT
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return subtree(level, start >> level)
    middle = start + _left_size(size)
    return node_hash(range_hash(start, middle, subtree), range_hash(middle, end, subtree))


def _left_size(size: int) -> int:
    """The largest power of two that is smaller."""
    return 1 << (size - 1).bit_length() - 1
