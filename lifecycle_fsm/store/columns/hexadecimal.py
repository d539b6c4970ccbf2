"""Bytes as the texts that are hashed."""

import numpy as np

from lifecycle_fsm.store.columns.arrays import Octets

_PAIRS = np.frombuffer(b"".join(b"%02x" % octet for octet in range(256)), dtype=np.uint16)
_DASH = ord("-")


def hexadecimal(octets: Octets) -> Octets:
    """Lower-case hexadecimal: shape (n, width) gives (n, 2 * width)."""
    return _PAIRS.take(octets).view(np.uint8)


def id_texts(octets: Octets) -> Octets:
    """Ids as text: shape (n, 16) gives (n, 36)."""
    digits, texts = hexadecimal(octets), np.full((len(octets), 36), _DASH, dtype=np.uint8)
    begin = 0
    for low, high in ((0, 8), (9, 13), (14, 18), (19, 23), (24, 36)):
        texts[:, low:high] = digits[:, begin : begin + high - low]
        begin += high - low
    return texts
