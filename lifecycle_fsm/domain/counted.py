"""Numbers with the words that go with them."""


def counted(number: int, one: str, many: str) -> str:
    """A number with its word: `1 row`, `2,000 rows`."""
    return f"{number:,} {one if number == 1 else many}"
