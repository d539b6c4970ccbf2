"""What subscriptions deliver."""

import strawberry

from api.context import Info
from api.resolvers import resolved
from api.types.account import Account, account_at
from api.types.cta import Cta
from api.types.history import HistoryRecord
from api.types.run import Run
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.services.feed import Change
from lifecycle_fsm.services.run_feed import RunChange

_CURSOR = "Opaque; give it as `after` to go on behind this event. At most 1,000 characters."
_ACCOUNT = "The account as it stands now; null when it is gone."
_RECORD = "What happened."


@strawberry.type(description="Something happened to an account.")
class HistoryEvent:
    """A history record as it comes."""

    change: strawberry.Private[Change]

    @resolved(_CURSOR)
    def cursor(self) -> str:
        """Where to go on."""
        return self.change.cursor

    @resolved(_RECORD)
    def record(self) -> HistoryRecord:
        """The row."""
        return HistoryRecord.of(self.change.record)

    @resolved(_ACCOUNT)
    async def account(self, info: Info) -> Account | None:
        """Load the account."""
        return await account_at(info, self.change.record.account_id)


@strawberry.type(description="Something happened to CTAs of an account: opened, escalated, closed, or worked on.")
class CtaEvent(HistoryEvent):
    """A history record that touches CTAs."""

    @resolved("The CTAs that it touched, as they stand now; at most 200.")
    async def ctas(self, info: Info) -> list[Cta]:
        """Load the CTAs."""
        view = await info.context.loaders.accounts.load(self.change.record.account_id)
        known = {cta.cause_key: cta for cta in view.lifecycle.ctas} if view else {}
        touched = [known[key] for key in cause_keys(self.change) if key in known]
        if view is None:
            return []
        return [Cta.of(self.change.record.account_id, cta, view.as_of) for cta in touched if cta.id is not None]


@strawberry.type(description="A run began, got on, was stopped or ended.")
class RunEvent:
    """A run as it stands after a change."""

    change: strawberry.Private[RunChange]

    @resolved(_CURSOR)
    def cursor(self) -> str:
        """Where to go on."""
        return self.change.cursor

    @resolved("The run as it stands; of changes that came one upon the other only the last is told.")
    def run(self) -> Run:
        """What changed."""
        return Run(kept=self.change.run)


@strawberry.type(description="An account fell behind, got stuck, or was found on track again.")
class PaceEvent(HistoryEvent):
    """A history record about pace."""

    @resolved("The pace from then on.")
    def pace(self) -> Pace:
        """The new pace."""
        return Pace(self.change.record.subject or Pace.ON_TRACK)


def cause_keys(change: Change) -> tuple[str, ...]:
    """The cause keys of the CTAs that a record touched, each once, in order."""
    noted = [note.get("cta", note.get("by")) for note in change.record.effects]
    own = [change.record.subject] if change.record.kind.value.startswith("cta_") else []
    return tuple(dict.fromkeys(str(key) for key in (*own, *noted) if key is not None))
