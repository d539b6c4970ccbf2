"""Words with the article that goes before them."""

_VOWELS = frozenset("AEIOaeio")


def one(word: str) -> str:
    """A word with `a` or `an`, as it is spoken: `an Account`, `a Run`, `a unit`."""
    return f"{'an' if word[:1] in _VOWELS else 'a'} {word}"
