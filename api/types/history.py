"""History: what happened to an account, who caused it, and what it did."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.context import Info
from api.ids import global_id
from api.resolvers import resolved
from api.types.enums import EffectKind
from api.types.evidence import Evidence, Finding
from api.types.machine import Machine
from api.types.node import Node
from api.types.stage import Stage
from lifecycle_fsm.domain.cta import CtaOutcome, Priority
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.services.views import HistoryRecord as Row

if TYPE_CHECKING:
    from api.types.account import Account

Note = Mapping[str, str | int | bool | None]


@strawberry.type(description="One effect of a history record; what does not apply to its kind is null.")
class Effect:
    """What was done."""

    note: strawberry.Private[Note]

    @resolved("What it did.")
    def kind(self) -> EffectKind:
        """The kind of effect."""
        return EffectKind(str(self.note["did"]))

    @resolved("The cause key of the CTA it is about; at most 300 characters.")
    def cta(self) -> str | None:
        """The CTA opened, escalated, closed, or in the way."""
        return _text(self.note.get("cta", self.note.get("by")))

    @resolved("The key of the CTA's template; at most 100 characters.")
    def template(self) -> str | None:
        """The template of a CTA opened or suppressed."""
        return _text(self.note.get("template"))

    @resolved("The CTA's priority, after an escalation the new one.")
    def priority(self) -> Priority | None:
        """The priority of a CTA opened or escalated."""
        escalated = self.note["did"] == "cta_escalated"
        text = self.note.get("after" if escalated else "priority")
        return None if text is None else Priority(str(text))

    @resolved("How the CTA ended.")
    def outcome(self) -> CtaOutcome | None:
        """The outcome of a CTA closed."""
        text = self.note.get("outcome")
        return None if text is None else CtaOutcome(str(text))

    @resolved("What a person changed about the CTA: `due_at`, `task.call`, `comment`; at most 200 characters.")
    def field(self) -> str | None:
        """The field of an edit."""
        return _text(self.note.get("field"))

    @resolved("What it was before a person changed it; null for words of people. At most 500 characters.")
    def before(self) -> str | None:
        """The value before."""
        return _text(self.note.get("before"))

    @resolved("What it is since; null for words of people. At most 500 characters.")
    def after(self) -> str | None:
        """The value after."""
        return _text(self.note.get("after"))

    @resolved("Until when the CTA in the way rests, or its template does.")
    def until(self) -> datetime | None:
        """The end of what suppressed a CTA."""
        return _instant(self.note.get("until"))

    @resolved("The key of the success plan that it is about; at most 100 characters.")
    def plan(self) -> str | None:
        """The plan opened, kept or moved."""
        return _text(self.note.get("plan"))

    @resolved("When the CTA or the success plan is due.")
    def due_at(self) -> datetime | None:
        """The due date of a CTA opened."""
        return _instant(self.note.get("due_at"))

    @resolved("The milestone's key; at most 100 characters.")
    def milestone(self) -> str | None:
        """The milestone reached or kept."""
        return _text(self.note.get("milestone"))

    @resolved("The milestone's date.")
    def reached_at(self) -> datetime | None:
        """When the milestone was reached."""
        return _instant(self.note.get("reached_at"))

    @resolved("The channel that the message goes to; at most 100 characters.")
    def channel(self) -> str | None:
        """Where a message goes."""
        return _text(self.note.get("channel"))

    @resolved("The message; at most 500 characters.")
    def message(self) -> str | None:
        """What a message says."""
        return _text(self.note.get("message"))


@strawberry.type(description="One row of an account's append-only history.")
class HistoryRecord(Node):
    """Something that happened."""

    row: strawberry.Private[Row]
    seq: int = strawberry.field(description="Its place in the account's history, from 1 without a gap.")
    kind: RecordKind = strawberry.field(description="What it says about the account.")
    from_stage_key: str | None = strawberry.field(
        description="The key of the stage before, null for the first record; at most 100 characters."
    )
    to_stage_key: str = strawberry.field(description="The key of the stage after it; at most 100 characters.")
    transition: str | None = strawberry.field(
        description="The key of the transition taken or refused; at most 100 characters."
    )
    trigger: str | None = strawberry.field(description="The trigger that was fired; at most 100 characters.")
    subject: str | None = strawberry.field(
        description="What a record without a move is about: an alert, a pace, a milestone, a CTA's cause key. "
        "At most 300 characters."
    )
    cause: Cause = strawberry.field(description="Who or what set it in motion.")
    actor: str | None = strawberry.field(description="Who did it, null for data and time; at most 200 characters.")
    on_behalf_of: str | None = strawberry.field(
        description="For whom the actor did it, null for itself; at most 200 characters."
    )
    reason: str | None = strawberry.field(description="Why, in the actor's words; at most 500 characters.")
    effective_at: datetime = strawberry.field(description="When it took effect.")
    recorded_at: datetime = strawberry.field(description="When it was written down.")
    machine_digest: str = strawberry.field(
        description="The version of the rules that decided; `unassigned` while no segment takes the account."
    )
    command_id: str | None = strawberry.field(
        description="The idempotency key of the command that it answers; at most 200 characters."
    )
    evaluator: str = strawberry.field(description="The release of the engine that decided; at most 100 characters.")
    prev_hash: str = strawberry.field(
        description="The hash of the row before it, in 64 hexadecimal digits; zeros before the first."
    )
    hash: str = strawberry.field(description="SHA-256 over the row and the hash before it, in 64 hexadecimal digits.")

    @resolved(
        "Opaque and the same for ever, for a record is never changed; at most 500 characters. `node` reads it again "
        "with the capability READ_HISTORY."
    )
    def id(self) -> strawberry.ID:
        """The node id: its account and its place."""
        return strawberry.ID(global_id("HistoryRecord", self.row.account_id, self.row.seq))

    @resolved(
        "The whole chain that it belongs to: everything that its command or evaluation wrote about the account, in "
        "order. The first record set the others in motion. At most 200."
    )
    async def chain(self, info: Info) -> list["HistoryRecord"]:
        """Load what was written together."""
        return [HistoryRecord.of(row) for row in await self._story(info)]

    @resolved("The record before it in its chain, which made way for it; null for the first.")
    async def caused_by(self, info: Info) -> "HistoryRecord | None":
        """Find what came before."""
        before = [row for row in await self._story(info) if row.seq < self.seq]
        return HistoryRecord.of(before[-1]) if before else None

    @resolved("The records of its chain that followed from it, in order; at most 200.")
    async def followed_by(self, info: Info) -> list["HistoryRecord"]:
        """Find what came after."""
        return [HistoryRecord.of(row) for row in await self._story(info) if row.seq > self.seq]

    async def _story(self, info: Info) -> Sequence[Row]:
        if self.row.run_id is None:
            return [self.row]
        return await info.context.loaders.stories.load((self.row.account_id, self.row.run_id))

    @resolved("The run or call that wrote it, which `undoRun` takes; null for none. At most 500 characters.")
    def run_id(self) -> strawberry.ID | None:
        """What else was written with it."""
        return None if self.row.run_id is None else strawberry.ID(global_id("Run", self.row.run_id))

    @resolved("The record in words: who did what, why, on what evidence. At most 10,000 characters.")
    async def sentence(self, info: Info) -> str:
        """Tell it."""
        told = await info.context.loaders.sentences.load((self.row.account_id, self.seq))
        assert told is not None
        return told

    @resolved("What it was decided on: every recorded input, and its guards explained anew, leaf by leaf.")
    async def evidence(self, info: Info) -> Evidence:
        """Load what was judged."""
        found = await info.context.loaders.evidence.load((self.row.account_id, self.seq))
        assert found is not None
        return Evidence.of(found)

    @resolved(
        "Why it is there: the condition that it acted on, as it stood then; null where people or effects did it, and "
        "where its evidence is gone."
    )
    async def because(self, info: Info) -> Finding | None:
        """Explain the condition that decided."""
        found = await info.context.loaders.evidence.load((self.row.account_id, self.seq))
        deciding = None if found is None else next(iter(found.findings), None)
        return None if deciding is None else Finding.of(deciding)

    @resolved("The account that it is about; opaque, at most 500 characters.")
    def account_id(self) -> strawberry.ID:
        """Name the account."""
        return strawberry.ID(global_id("Account", self.row.account_id))

    @resolved("The account as it is now; null where it is gone.")
    async def account(self, info: Info) -> Annotated["Account", strawberry.lazy("api.types.account")] | None:
        """Load its account."""
        from api.types.account import Account as Shown  # noqa: PLC0415 # the account shows its history

        view = await info.context.loaders.accounts.load(self.row.account_id)
        return None if view is None else Shown(view=view)

    @resolved("What it did, in the order in which it was done; at most 200.")
    def effects(self) -> list[Effect]:
        """The notes of its effects."""
        return [Effect(note=note) for note in self.row.effects]

    @resolved("The rules that decided; null while no segment takes the account.")
    async def machine(self, info: Info) -> Machine | None:
        """Load the version of the rules."""
        rules = await info.context.loaders.machines.load(self.machine_digest)
        return None if rules is None else Machine(rules=rules)

    @resolved("The stage before, null for the first record or when these rules lack it.")
    async def from_stage(self, info: Info) -> Stage | None:
        """Load the stage before."""
        return await self._stage(info, self.from_stage_key)

    @resolved("The stage after it; null while no segment takes the account.")
    async def to_stage(self, info: Info) -> Stage | None:
        """Load the stage after it."""
        return await self._stage(info, self.to_stage_key)

    async def _stage(self, info: Info, key: str | None) -> Stage | None:
        rules = await info.context.loaders.machines.load(self.machine_digest)
        stage = None if rules is None or key is None else rules.stages.get(key)
        return None if rules is None or stage is None else Stage.of(stage, rules.catalog)

    @classmethod
    def of(cls, row: Row) -> "HistoryRecord":
        """Show a row."""
        return cls(
            row=row,
            seq=row.seq,
            kind=row.kind,
            from_stage_key=row.from_stage,
            to_stage_key=row.to_stage,
            transition=row.transition,
            trigger=row.trigger,
            subject=row.subject,
            cause=row.cause,
            actor=row.actor,
            on_behalf_of=row.on_behalf_of,
            reason=row.reason,
            effective_at=row.effective_at,
            recorded_at=row.recorded_at,
            machine_digest=row.machine,
            command_id=row.command_id,
            evaluator=row.evaluator,
            prev_hash=row.prev_hash,
            hash=row.hash,
        )


def _text(value: str | int | bool | None) -> str | None:  # noqa: FBT001 # notes hold any of these
    return None if value is None else str(value)


def _instant(value: str | int | bool | None) -> datetime | None:  # noqa: FBT001 # notes hold any of these
    return from_ms(value) if isinstance(value, int) else None
