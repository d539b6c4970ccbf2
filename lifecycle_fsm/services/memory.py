"""What a process keeps as long as it lives, and what it throws away at once."""

import gc


def settle_memory() -> None:
    """
    Let the garbage collector pass over what was made so far, which lives as long as the process.

    An answer, or a page of a sweep, is thousands of short-lived objects without cycles;
    by default the collector looks for some every 700 of them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
