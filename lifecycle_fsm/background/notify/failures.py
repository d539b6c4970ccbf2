"""Why a message did not leave; the words are kept and shown, so they never hold a secret or an answer's body."""


class NotDelivered(Exception):
    """The channel did not take the message; with `is_final` it never will."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final
