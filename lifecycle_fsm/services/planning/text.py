"""A plan as text for an admin: what changes, who moves, what is missing, what to do next."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.counted import counted
from lifecycle_fsm.services.planning.content import (
    Accounts,
    Arrival,
    Deed,
    DeedEffect,
    Existing,
    ExitEffect,
    MoveEffect,
    PlanContent,
    SegmentChange,
    SegmentPlan,
)
from lifecycle_fsm.services.planning.text_changes import changes_text
from lifecycle_fsm.services.planning.text_table import stages_table
from lifecycle_fsm.services.segment_rules import UNASSIGNED
from lifecycle_fsm.services.vocabulary import AUTO
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.accounts import load_profiles

SHORT = 12
"""How much of a digest is shown; the beginning is enough to name a plan."""

Names = Mapping[UUID, str]

_DEEDS = {
    Deed.CTA_OPENS: "CTA {subject} opens",
    Deed.CTA_ESCALATES: "CTA {subject} is escalated",
    Deed.CTA_CLOSES: "CTA {subject} closes",
    Deed.ALERT_OPENS: "alert {subject} opens",
    Deed.ALERT_RISES: "alert {subject} gets graver",
    Deed.ALERT_CLEARS: "alert {subject} clears",
    Deed.PACE_WORSENS: "pace becomes {subject}",
}


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes one plan; accounts are called by their names."""

    content: PlanContent
    names: Names

    def segment(self, segment: SegmentPlan) -> Iterator[str]:
        yield _head(segment)
        yield from _block("What changes", changes_text(segment))
        yield from _block("Accounts by stage", stages_table(segment.stages) if _is_touched(segment) else ())
        yield from _block("Who moves", (*map(self._arrival, segment.arrivals), *map(self._move, segment.moves)))
        yield from _block("Ways out that open or close", (line for each in segment.exits for line in self._exit(each)))
        yield from _block("CTAs, alerts and pace", map(self._deed, segment.deeds))
        if _is_touched(segment) and not _acts(segment):
            yield from ("", "  Nothing happens to any account at once.")

    def left(self) -> Iterator[str]:
        if self.content.left.number:
            left = self.content.left
            yield f"{_count(left)} that no rule takes any more stay where they are: {self._who(left)}"
            yield ""

    def _move(self, move: MoveEffect) -> str:
        way = " → ".join((move.stage, *((move.to_stage,) if move.to_stage != move.stage else ())))
        return f"{way}  by {', '.join(move.path)}: {_count(move.accounts)}: {self._who(move.accounts)}"

    def _arrival(self, arrival: Arrival) -> str:
        if arrival.from_segment == UNASSIGNED:
            source = "without a segment"
        else:
            source = f"{arrival.from_segment}.{arrival.from_stage}"
        target = arrival.to_stage or "nowhere!"
        return f"{source} → {target}: {_count(arrival.accounts)}: {self._who(arrival.accounts)}"

    def _exit(self, exit_: ExitEffect) -> Iterator[str]:
        by = "data" if exit_.trigger == AUTO else f"people, {exit_.trigger}"
        for verb, accounts in (("closes", exit_.blocked), ("opens", exit_.unblocked)):
            if accounts.number:
                yield f"{exit_.stage}.{exit_.transition} ({by}) {verb} for {_count(accounts)}: {self._who(accounts)}"

    def _deed(self, effect: DeedEffect) -> str:
        what = _DEEDS[effect.deed].format(subject=effect.subject)
        return f"{what} for {_count(effect.accounts)}: {self._who(effect.accounts)}"

    def _who(self, accounts: Accounts) -> str:
        named = ", ".join(self.names.get(each, str(each)) for each in accounts.samples)
        rest = accounts.number - len(accounts.samples)
        return f"{named} and {rest:,} more" if rest else named


def plan_text(digest: str, content: PlanContent, names: Names) -> str:
    """The whole plan; `names` are those of the accounts that it gives as samples."""
    writer = _Writer(content, names)
    lines = [
        f"Plan {digest[:SHORT]} by {content.planned_by}, {content.as_of:%Y-%m-%d %H:%M} UTC, {_population(content)}",
        "",
    ]
    if content.changes_nothing:
        return "\n".join([*lines, "These are the definitions in use: nothing would change.", ""])
    if content.is_in_use:
        lines += ["These are the definitions in use; accounts that do not follow them yet go over.", ""]
    for segment in content.segments:
        lines += [*writer.segment(segment), ""]
    lines += [*writer.left(), *_existing(content), *_closing(digest, content)]
    return "\n".join(lines) + "\n"


def sample_names(world: World, actor: Actor, content: PlanContent) -> Names:
    """
    The names of all accounts that a plan gives as samples; those that have been erased are absent.

    Raises:
        Forbidden: the actor may not read.
    """
    require(actor, Capability.READ)
    ids = sorted({each for accounts in _all_accounts(content) for each in accounts.samples})
    with world.database.reading() as connection:
        return {each: profile.name for each, profile in load_profiles(connection, ids).items()}


def _all_accounts(content: PlanContent) -> Iterator[Accounts]:
    yield content.left
    for segment in content.segments:
        for stage in segment.stages:
            yield from (stage.moving, stage.staying, stage.blocked, stage.unblocked)
        for exit_ in segment.exits:
            yield from (exit_.blocked, exit_.unblocked)
        for effects in (segment.moves, segment.deeds, segment.arrivals):
            yield from (effect.accounts for effect in effects)


def _population(content: PlanContent) -> str:
    return _accounts(content.base.accounts)


def _head(segment: SegmentPlan) -> str:
    versions = " → ".join("none" if each is None else each[:SHORT] for each in (segment.before, segment.after))
    what = "unchanged" if segment.change is SegmentChange.UNCHANGED else f"{segment.change.value}, {versions}"
    return f"{segment.segment} ({segment.title}): {what}, {_accounts(segment.accounts)}"


def _is_touched(segment: SegmentPlan) -> bool:
    return segment.change is not SegmentChange.UNCHANGED or bool(segment.arrivals)


def _acts(segment: SegmentPlan) -> bool:
    return bool(segment.moves or segment.exits or segment.deeds or segment.arrivals)


def _block(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield f"  {title}"
        yield from (f"    {line}" for line in found)


def _existing(content: PlanContent) -> Iterator[str]:
    match content.options.existing:
        case Existing.EVALUATE:
            yield "Existing accounts are evaluated at once: all this happens when the plan is applied."
        case Existing.FROM_NEXT_CHANGE:
            yield "Existing accounts go over as they stand: all this happens when something next changes about them."
        case None:
            return
    yield ""


def _closing(digest: str, content: PlanContent) -> Iterator[str]:
    if not content.missing:
        yield f"Next: lifecycle-fsm apply {digest[:SHORT]}"
        return
    yield "This plan cannot be applied yet:"
    yield from (f"  - {each.message}" for each in content.missing)


def _count(accounts: Accounts) -> str:
    return _accounts(accounts.number)


def _accounts(number: int) -> str:
    return counted(number, "account", "accounts")
