"""What a report is about: which accounts, which period, and seen from which date."""

from dataclasses import dataclass
from datetime import datetime

from lifecycle_fsm.domain.errors import InvalidInput, lies_ahead


@dataclass(frozen=True, slots=True)
class ReportScope:
    """
    Choose accounts by segment and CSM, and a period from `since` up to but without `until`.

    None chooses all. Nothing after `as_of` is seen; `is_present` says that this is the present
    itself and no date that somebody asked for. With `known_at` only what had been recorded by
    then counts; the report of stages alone looks at it.
    """

    as_of: datetime
    segment: str | None = None
    csm: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    is_present: bool = False
    known_at: datetime | None = None

    def checked(self) -> "ReportScope":
        """
        The scope itself.

        Raises:
            InvalidInput: the period ends before it begins.
        """
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise InvalidInput("`to` is not after `from`; expected a later instant", path="scope.to")
        return self

    def is_past(self, now: datetime) -> bool:
        """Whether a date was asked for that is over."""
        return not self.is_present and self.as_of < now

    def known_by(self, now: datetime, path: str) -> "ReportScope":
        """
        The scope itself, where nothing is asked about what will be known.

        Raises:
            InvalidInput: `known_at` lies ahead.
        """
        if self.known_at is not None and self.known_at > now:
            raise lies_ahead(self.known_at, path)
        return self

    def of_now(self, now: datetime, report: str) -> "ReportScope":
        """
        The scope itself, for a report that tells of the present alone.

        Raises:
            InvalidInput: a date was asked for that is over.
        """
        if self.is_past(now):
            raise InvalidInput(
                f"`asOf` is {self.as_of.isoformat()}, and `{report}` is known of now alone; leave `asOf` out",
                path="scope.asOf",
            )
        return self
