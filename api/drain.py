"""A process on its way out: it says so first, and ends what lasts before it takes no more."""

from time import monotonic


class Drain:
    """Remember since when the process stops, for whoever asks."""

    def __init__(self) -> None:
        self._since: float | None = None

    @property
    def is_stopping(self) -> bool:
        """Whether the process has been told to stop."""
        return self._since is not None

    def begin(self) -> None:
        """Stop from now on."""
        self._since = self._since or monotonic()

    def has_lasted(self, seconds: float) -> bool:
        """Whether that is so long ago."""
        return self._since is not None and monotonic() - self._since >= seconds
