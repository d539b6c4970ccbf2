"""Ids made by the application, so that no database has to hand out numbers."""

import os
from uuid import UUID

_VERSION = 7 << 76
_VARIANT = 2 << 62
_RANDOM_A = 0xFFF << 64
_RANDOM_B = (1 << 62) - 1
_MILLISECONDS = (1 << 48) - 1
_ORDER = (1 << 48) - 1
_PLACE_BITS, _LOW_BITS, _FREE_BITS = 16, 36, 26
_FREE = (1 << _FREE_BITS) - 1
_KEPT = ~(_RANDOM_A | (_RANDOM_B ^ _FREE))


def new_numbers(at_ms: int, count: int) -> list[int]:
    """So many ids like those of `new_id`, as the numbers of 128 bits that they are, without a UUID around each."""
    instant = (min(max(at_ms, 0), _MILLISECONDS) << 80) | _VERSION | _VARIANT
    random, mask = os.urandom(10 * count), _RANDOM_A | _RANDOM_B
    return [instant | (int.from_bytes(random[place : place + 10], "big") & mask) for place in range(0, 10 * count, 10)]


def new_id(at_ms: int) -> UUID:
    """
    Make an id that sorts by the instant, to the millisecond.

    Instants before 1970 sort as 1970.

    Source: RFC 9562, section 5.7, UUID version 7.
    """
    random = int.from_bytes(os.urandom(10), "big")
    instant = min(max(at_ms, 0), _MILLISECONDS) << 80
    return UUID(int=instant | _VERSION | (random & _RANDOM_A) | _VARIANT | (random & _RANDOM_B))


def in_order(number: int, writes: int, place: int = 0) -> int:
    """
    Make the number of an id sort, within its millisecond, by how many writes its account had seen.

    `place` counts the rows of one write, from 0. Of the random bits 26 stay.
    """
    order = ((writes << _PLACE_BITS) + place) & _ORDER
    low = order & ((1 << _LOW_BITS) - 1)
    return (number & _KEPT) | order >> _LOW_BITS << 64 | low << _FREE_BITS
