"""An admin brings a plan into force: the one that was shown, complete, approved, on what it was made on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lifecycle_fsm.definition.restore import machine_from_text
from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import Forbidden, InvalidInput, NotApproved, PlanIncomplete, StalePlan
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.services.planning.content import PlanContent
from lifecycle_fsm.services.planning.kept import KeptPlan, kept_plan, stored_plan
from lifecycle_fsm.services.planning.migrating import roll_out, start_roll_out
from lifecycle_fsm.services.planning.rollout import ALL, RollOut
from lifecycle_fsm.services.publish import Authority, Edition, bring_into_force, is_in_force, keep_record
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.machines import load_segments
from lifecycle_fsm.store.population import count_groups, population_version
from lifecycle_fsm.store.publications import Approval, Publication, StoredPlan, publications_of, save_approval
from lifecycle_fsm.store.roll_outs import RollOutProgress, load_roll_outs

AT_ONCE = 4
"""Of so many pages the accounts go over with the command itself."""


@dataclass(frozen=True, slots=True)
class Terms:
    """
    How a plan is brought into force.

    With `same_accounts` it is refused as well when any account was written to since the
    plan was made; without, only when the definitions in use have changed.
    """

    roll_out: RollOut = ALL
    reason: str | None = None
    same_accounts: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """
    The digest of each segment's machine, the segments whose version is new, and how far accounts have gone over.

    `roll_out` is None where none were to go over, or all had gone before.
    """

    plan: str
    digests: Mapping[str, str]
    changed: tuple[str, ...]
    roll_out: RollOutProgress | None


def apply(
    world: World,
    actor: Actor,
    plan: str,
    terms: Terms | None = None,
    told: Callable[[RollOutProgress], None] | None = None,
    pages: int | None = AT_ONCE,
) -> Applied:
    """
    Bring a plan into force, then take over its first accounts, up to so many pages; None for all of them.

    The others go over by `roll_out_page`, which workers call, whatever happens here.
    `told` is called after each page. Applied again, it goes on with its roll-out; with a
    larger one, it takes over the accounts that this adds.

    Raises:
        Forbidden: the actor may not publish.
        PlanNotFound: there is no such plan.
        PlanIncomplete: it misses something.
        NotApproved: nobody but its author has agreed, where that is needed.
        StalePlan: what it was made on has changed.
    """
    require(actor, Capability.PUBLISH)
    asked = terms or Terms()
    if asked.reason is not None and take_text(asked.reason) is None:
        raise InvalidInput("the reason must be 1 to 500 printable characters", path="reason")
    with world.database.writing() as connection:
        stored = stored_plan(connection, plan)
        kept = kept_plan(connection, stored)
        _check(world, connection, kept, asked)
        authority = Authority(actor.name, world.clock(), asked.reason, kept.digest, asked.roll_out.text)
        going_on = _going_on(connection, kept, asked)
        changed = () if going_on else _bring_into_force(connection, _edition(stored, kept.content), kept, authority)
        made = _new_among(publications_of(connection, kept.digest), kept.publications)
        if made is not None:
            start_roll_out(world, connection, made)
    going = made or next(iter(kept.publications[-1:]), None)
    progress = None if going is None else roll_out(world, going.id, told, pages)
    return Applied(kept.digest, kept.content.machines, changed, progress)


def _new_among(publications: Sequence[Publication], known: Sequence[Publication]) -> Publication | None:
    ids = {each.id for each in known}
    return next((each for each in publications if each.id not in ids), None)


def _going_on(connection: Connection, kept: KeptPlan, terms: Terms) -> bool:
    """Whether the newest publication of the plan is being rolled out as is asked for now."""
    newest = kept.publications[-1:]
    if not newest or newest[0].roll_out != terms.roll_out.text:
        return False
    begun = load_roll_outs(connection, [newest[0].id]).get(newest[0].id)
    return begun is not None and begun.finished_at is None


def approve(world: World, actor: Actor, plan: str, comment: str | None = None) -> KeptPlan:
    """
    Agree to a plan of somebody else; agreeing twice changes nothing.

    Raises:
        Forbidden: the actor may not publish, or made the plan.
        PlanNotFound: there is no such plan.
    """
    require(actor, Capability.PUBLISH)
    if comment is not None and take_text(comment) is None:
        raise InvalidInput("the comment must be 1 to 500 printable characters", path="comment")
    with world.database.writing() as connection:
        stored = stored_plan(connection, plan)
        if stored.planned_by == actor.name:
            raise Forbidden(f"{actor.name!r} made this plan; somebody else has to approve it")
        save_approval(connection, Approval(stored.digest, actor.name, world.clock(), comment))
        return kept_plan(connection, stored)


def _check(world: World, connection: Connection, kept: KeptPlan, terms: Terms) -> None:
    if kept.content.missing:
        raise PlanIncomplete("; ".join(each.message for each in kept.content.missing))
    if world.approval and not any(each.approved_by != kept.content.planned_by for each in kept.approvals):
        raise NotApproved(
            f"the plan {kept.digest[:12]!r} of {kept.content.planned_by!r} needs the approval of somebody else"
        )
    in_use = {each.segment: each.machine for each in load_segments(connection)}
    if in_use != kept.content.base.machines and not _is_in_force(kept, in_use):
        raise StalePlan(_stale(kept.content, in_use))
    if terms.same_accounts and population_version(count_groups(connection)) != kept.content.base.population:
        raise StalePlan("accounts have changed since the plan was made; plan again")


def _is_in_force(kept: KeptPlan, in_use: Mapping[str, str]) -> bool:
    """Whether the plan was applied before and nothing was published since, so that its roll-out may be widened."""
    return bool(kept.publications) and in_use == kept.content.machines


def _stale(content: PlanContent, in_use: Mapping[str, str]) -> str:
    base = content.base.machines
    differing = sorted(segment for segment in {*in_use, *base} if in_use.get(segment) != base.get(segment))
    since = _day(content.as_of)
    return f"{', '.join(differing)}: the machine in use is not the one that was planned on at {since}; plan again"


def _day(instant: datetime) -> str:
    return instant.isoformat(sep=" ", timespec="minutes")


def _edition(stored: StoredPlan, content: PlanContent) -> Edition:
    machines = (machine_from_text(stored.documents[digest]) for digest in content.machines.values())
    return Edition(stored.documents["catalog"], tuple(machines))


def _bring_into_force(
    connection: Connection, edition: Edition, kept: KeptPlan, authority: Authority
) -> tuple[str, ...]:
    widens = bool(kept.publications) or not kept.content.changes_nothing
    if widens and is_in_force(connection, edition):
        keep_record(connection, edition, authority)
        return ()
    return bring_into_force(connection, edition, authority)
