"""
Accounts and their newest history read straight from PostgreSQL, where rows alone answer.

Everything here has another form that reads more: what is not known yet, such as a machine
that this process has not loaded, gives None, and the caller takes the other form.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from lifecycle_fsm.domain.access import EVERYTHING, Actor, Capability, require
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.domain.portfolio import AccountFilter, AccountOrder
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.reading import Reading
from lifecycle_fsm.services.reports.standing import StageCount, counted, is_counted
from lifecycle_fsm.services.segment_rules import UNASSIGNED
from lifecycle_fsm.services.viewing import view_of
from lifecycle_fsm.services.views import AccountView, HistoryRecord
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.account_rows import Together as Meeting
from lifecycle_fsm.store.account_rows import read_histories
from lifecycle_fsm.store.browse import page_accounts_quickly
from lifecycle_fsm.store.cursors import write_cursor
from lifecycle_fsm.store.cut import cut
from lifecycle_fsm.store.direct import Direct, open_direct
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.log_text import Shape
from lifecycle_fsm.store.quick import (
    LogRow,
    count_stages_quickly,
    load_layout_quickly,
    load_newest_quickly,
    load_quickly,
)
from lifecycle_fsm.store.together import Together

__all__ = ["Quick", "QuickReader", "Together", "open_quick", "reader_for"]


@dataclass(slots=True)
class Quick:
    """Hold a way to read directly, and where fields lie."""

    direct: Direct
    layout: Layout | None = None
    rules: dict[tuple[object, ...], Any] = field(default_factory=dict)
    """What versions say about stages, as `account_lines` keeps it for this layout."""
    meeting: Meeting = field(default_factory=Meeting)

    async def close(self) -> None:
        """Close what is open."""
        await self.direct.close()


def open_quick(world: World, seconds: float = 30.0) -> Quick | None:
    """A quick way to read the store, None where there is none; no statement takes longer than so many seconds."""
    direct = open_direct(world.database, seconds)
    return None if direct is None else Quick(direct)


@dataclass(frozen=True, slots=True)
class QuickReader:
    """Read for one actor; whoever sees a part of the accounts only is left to the services that know which."""

    world: World
    actor: Actor
    quick: Quick

    async def accounts(self, ids: Sequence[UUID]) -> dict[UUID, AccountView] | None:
        """Accounts by id, without CTAs, plans and past values; None where the other form has to be taken."""
        return await _view(self.world, self.actor, self.quick, ids)

    async def history(
        self, ids: Sequence[UUID], page: PageRequest, *, with_cursors: bool = True
    ) -> dict[UUID, Page[HistoryRecord]] | None:
        """
        The newest page of each account's history, newest first; None for any other page.

        Without cursors those of the page are empty texts.
        """
        require(self.actor, Capability.READ_HISTORY)
        if page.backwards or page.after is not None or page.with_total:
            return None
        cursor_of = _cursor if with_cursors else _no_cursor
        found = await load_newest_quickly(self.quick.direct, ids, page.size + 1)
        return {account_id: cut(found.get(account_id, []), page, _record, cursor_of) for account_id in ids}

    async def histories_as_json(self, ids: Sequence[UUID], shape: Shape, size: int) -> dict[UUID, tuple[int, str]]:
        """The revision of each account, and its newest rows of history as the inside of a JSON list."""
        require(self.actor, Capability.READ_HISTORY)
        return await read_histories(self.quick.direct, ids, shape, size)

    async def page_of_ids(self, choose: AccountFilter, order: AccountOrder, page: PageRequest) -> Page[UUID]:
        """
        The ids of a page of accounts.

        Raises:
            InvalidInput: the cursor is not one of a list in this order.
        """
        require(self.actor, Capability.READ)
        return await page_accounts_quickly(self.quick.direct, choose, order, page)

    async def stage_counts(self, scope: ReportScope) -> tuple[StageCount, ...] | None:
        """The accounts of each stage without revenue; None where counts do not answer for the scope."""
        require(self.actor, Capability.READ)
        if not is_counted(scope, self.actor.portfolio):
            return None
        return tuple(map(counted, await count_stages_quickly(self.quick.direct, scope.segment)))


def reader_for(world: World, actor: Actor, quick: Quick | None) -> QuickReader | None:
    """A quick reader for whoever sees all accounts, None for others or where there is no quick way."""
    return None if quick is None or actor.portfolio != EVERYTHING else QuickReader(world, actor, quick)


async def _view(world: World, actor: Actor, quick: Quick, ids: Sequence[UUID]) -> dict[UUID, AccountView] | None:
    """
    Accounts by id, without CTAs, plans and past values; unknown ids are absent.

    None when a machine among them is not loaded yet, or asks for more than rows to tell the health.
    """
    require(actor, Capability.READ)
    if quick.layout is None:
        quick.layout = await load_layout_quickly(quick.direct)
    found = await load_quickly(quick.direct, ids, quick.layout)
    if found is None:
        quick.layout = None
        return None
    as_of, views = world.clock(), {}
    for account_id, account in found.items():
        digest = account.stored.lifecycle.machine
        machine = world.shelf.loaded(digest)
        if digest != UNASSIGNED and (machine is None or machine.derivations):
            return None
        views[account_id] = view_of(Reading(account.stored, machine, account.stored.facts), account.profile, as_of)
    return views


def _no_cursor(_: LogRow) -> str:
    return ""


def _cursor(row: LogRow) -> str:
    return write_cursor("history", row.seq)


_KINDS = {kind.value: kind for kind in RecordKind}
_CAUSES = {cause.value: cause for cause in Cause}


def _record(row: LogRow) -> HistoryRecord:
    return HistoryRecord(
        account_id=row.account_id,
        seq=row.seq,
        kind=_KINDS[row.kind],
        from_stage=row.from_stage,
        to_stage=row.to_stage,
        transition=row.transition,
        trigger=row.trigger,
        subject=row.subject,
        cause=_CAUSES[row.cause],
        actor=row.actor,
        on_behalf_of=row.on_behalf_of,
        reason=row.reason,
        effective_at=from_ms(row.effective_at),
        recorded_at=from_ms(row.recorded_at),
        machine=row.machine,
        evaluator=row.evaluator,
        command_id=row.command_id,
        run_id=row.run_id,
        effects=tuple(orjson.loads(row.effects)),
        prev_hash=row.prev_hash.hex(),
        hash=row.hash.hex(),
    )
