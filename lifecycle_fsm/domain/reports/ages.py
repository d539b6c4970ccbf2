"""Into which bands of age open CTAs are put."""

from typing import NamedTuple


class AgeBand(NamedTuple):
    """Whole days since opening, both ends included; no end for the oldest."""

    first: int
    last: int | None


AGE_BANDS = (AgeBand(0, 7), AgeBand(8, 30), AgeBand(31, 90), AgeBand(91, None))
