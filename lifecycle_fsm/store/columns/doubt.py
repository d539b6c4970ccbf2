"""What ends a quick look."""


class Doubt(Exception):
    """Something is not as it is where everything holds; only a closer look can say what."""


def demand(holds: object, what: str) -> None:
    """
    Go on where this holds.

    Raises:
        Doubt: it does not.
    """
    if not holds:
        raise Doubt(what)
