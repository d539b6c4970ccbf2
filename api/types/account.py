"""Accounts: one customer organisation with everything that is known and possible."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry

from api.asked import Asked, Slots, Writing
from api.context import Info
from api.ids import global_id
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.account_at import AccountAt, AccountChange
from api.types.alert import AccountAlert
from api.types.alert_episode import AlertEpisode
from api.types.connection import Connection, connection_of
from api.types.cta import Cta
from api.types.health import Health, MeasureObservation
from api.types.history import HistoryRecord
from api.types.known import FactValue, MeasureValue, Milestone, facts_of, measures_of, milestones_of
from api.types.log_shape import log_page
from api.types.machine import Machine
from api.types.node import Node
from api.types.paging import After, Before, First, Last
from api.types.pause import AccountPause, RecordedPause
from api.types.segment import Segment
from api.types.stage import CurrentStage
from api.types.success_plan import SuccessPlan, plans_of
from api.types.time_zone import AccountTimeZone
from api.types.transition import AvailableTransition
from api.types.visit import StageTotal, StageVisit
from api.types.why_not import WhyNot, why_not
from lifecycle_fsm.domain.cta import Cta as Call
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.paging import LARGEST_PAGE
from lifecycle_fsm.services.alerts import alerts_of
from lifecycle_fsm.services.difference import changes_between
from lifecycle_fsm.services.health import Moment, Period
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.views import AccountView
from lifecycle_fsm.services.visits import all_visits, totals_of
from lifecycle_fsm.services.why_not import Question

QUICK = frozenset(
    {
        "__typename",
        "id",
        "key",
        "name",
        "attributes",
        "csm",
        "csmName",
        "segment",
        "isAssignedByHand",
        "machine",
        "stage",
        "health",
        "measures",
        "facts",
        "timeZone",
        "milestones",
        "history",
        "revision",
        "nextCheckAt",
        "asOf",
    }
)
"""The fields that an account's rows answer without its CTAs, plans and past values."""


@strawberry.type(description="A free text attribute of an account.")
class Attribute:
    """A name and a text."""

    name: str = strawberry.field(description="Its name; at most 100 characters.")
    value: str = strawberry.field(description="Its text; at most 500 characters.")


async def _histories(  # Relay has four, a list two
    info: Info,
    accounts: Sequence["Account"],
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[Connection[HistoryRecord]]:
    """Load the same page of the history of several accounts."""
    page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
    ids, reader = [account.view.lifecycle.account_id for account in accounts], info.context.reader
    marked = asks_for(info, "edges") or asks_for(info, "pageInfo")
    found = await reader.history(ids, page, with_cursors=marked) if reader else None
    if found is None:
        found = await info.context.call(page_history, ids, page)
    return [connection_of(found[account_id], HistoryRecord.of, with_edges=marked) for account_id in ids]


def _write_histories(asked: tuple[Asked, ...]) -> Writing | None:
    """Let the database write pages of the newest history."""
    log = log_page(asked)
    if log is None:
        return None

    async def written(  # Relay has four, a list two
        info: Info,
        accounts: Sequence["Account"],
        _: Slots,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Sequence[str] | None:
        page, reader = page_request(first, after, last, before, with_total=False), info.context.reader
        if reader is None or page.backwards or page.after is not None:
            return None
        ids = [account.view.lifecycle.account_id for account in accounts]
        found = await reader.histories_as_json(ids, log.shape, page.size)
        texts = [found.get(account_id, (0, "")) for account_id in ids]
        return [log.text(nodes, revision, page.size) for revision, nodes in texts]

    return written


@strawberry.type(description="A customer organisation, as it stands at `asOf`.")
class Account(Node):
    """An account."""

    view: strawberry.Private[AccountView]

    @resolved("Opaque and the same for ever; at most 500 characters.")
    def id(self) -> strawberry.ID:
        """The node id."""
        return strawberry.ID(global_id("Account", self.view.profile.account_id))

    @resolved("What its system of record calls it; at most 500 characters.")
    def key(self) -> str:
        """The key outside."""
        return self.view.profile.key

    @resolved("Its name for people; at most 500 characters.")
    def name(self) -> str:
        """The name for people."""
        return self.view.profile.name

    @resolved("What else its system of record says about it, by name; at most 100.")
    def attributes(self) -> list[Attribute]:
        """Free attributes."""
        return [Attribute(name=name, value=value) for name, value in sorted(self.view.profile.attributes.items())]

    @resolved("The id of the CSM who owns it; null for nobody. At most 200 characters.")
    def csm(self) -> str | None:
        """Who owns it."""
        return self.view.lifecycle.csm

    @resolved("The CSM's name for people; null when it is not known. At most 200 characters.")
    def csm_name(self) -> str | None:
        """What people call its CSM."""
        return self.view.profile.csm_name

    @resolved("The segment whose machine it follows; null while no segment takes it.")
    async def segment(self, info: Info) -> Segment | None:
        """Load its segment."""
        if self.view.machine is None:
            return None
        found = await info.context.loaders.segments.load(self.view.machine.segment)
        return None if found is None else Segment.of(found)

    @resolved("Whether a person put it into its segment, so that no rule takes it away.")
    def is_assigned_by_hand(self) -> bool:
        """Whether rules leave its segment alone."""
        return self.view.lifecycle.by_hand

    @resolved("The version of the rules that it follows; null while no segment takes it.")
    def machine(self) -> Machine | None:
        """Its pinned rules."""
        return None if self.view.machine is None else Machine(rules=self.view.machine)

    @resolved("Where it stands; null while no segment takes it.")
    def stage(self) -> CurrentStage | None:
        """Its present stage."""
        return CurrentStage.of(self.view)

    @resolved(
        "Its visits to stages, oldest first, the running one last; the newest 1,000. Those that undone runs made are "
        "left out."
    )
    async def stage_visits(self, info: Info) -> list[StageVisit]:
        """Load when it was where."""
        found = await info.context.loaders.visits.load(self.view.profile.account_id)
        return [StageVisit.of(each) for each in all_visits(self.view, found)[-1_000:]]

    @resolved(
        "How long it has been in each stage over all of its visits, in the order in which it came to them; "
        "at most 1,000."
    )
    async def stage_totals(self, info: Info) -> list[StageTotal]:
        """Load how long it was where."""
        found = await info.context.loaders.visits.load(self.view.profile.account_id)
        return [StageTotal.of(each) for each in totals_of(all_visits(self.view, found))]

    @resolved("The pause that it is in: the clock of its stage stands still. Null while that goes.")
    def pause(self) -> AccountPause | None:
        """Whether its clock stands still."""
        return AccountPause.of(self.view)

    @resolved("The pause that is planned for it; null for none.")
    def planned_pause(self) -> AccountPause | None:
        """Whether its clock will stand still."""
        return AccountPause.planned(self.view)

    @resolved(
        "Its pauses, those that were written down last first; plans that were given up are left out. Needs `first` or "
        "`last`, 1 to 100; anything else is an error."
    )
    async def pauses(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[RecordedPause]:
        """Load a page of its pauses."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        account_id = self.view.profile.account_id
        found = await info.context.loaders.pauses.load((account_id, page))
        return connection_of(found, lambda told: RecordedPause.of(account_id, told))

    @resolved("Where its days begin, as it counts; null where its rules count days of UTC.")
    def time_zone(self) -> AccountTimeZone | None:
        """Whose days are counted."""
        return AccountTimeZone.of(self.view)

    @resolved("How well it does. Without a segment there is no score.")
    def health(self) -> Health:
        """Its health score."""
        return Health.of(self.view)

    @resolved(
        "How well it did at `asOf`, scored anew from what is known of that date; null where its lifecycle had not "
        "begun, or the version of the rules does not have its stage."
    )
    async def health_at(
        self,
        info: Info,
        as_of: Annotated[datetime, strawberry.argument(description="The date; from 1900 to now.")],
        as_known_at: Annotated[
            datetime | None,
            strawberry.argument(description="Only what was recorded by then counts; null for all that is known now."),
        ] = None,
        machine: Annotated[
            str | None,
            strawberry.argument(
                description="The digest of the version to score with; null for the one that it had. 64 characters."
            ),
        ] = None,
    ) -> Health | None:
        """Load its health at a date."""
        moment = Moment(as_of, as_known_at, machine)
        found = await info.context.loaders.past.load((self.view.profile.account_id, moment))
        return None if found is None else Health.of(found)

    @resolved(
        "What was observed of a measure, or recorded of its health score, oldest first with all corrections. "
        "Needs `first` or `last`, 1 to 100; anything else is an error. `last` gives the newest."
    )
    async def measure_history(  # noqa: PLR0913 # Relay has four, a period three
        self,
        info: Info,
        *,
        since: Annotated[datetime, strawberry.argument(description="The first instant of observation.")],
        until: Annotated[
            datetime | None, strawberry.argument(description="The last instant of observation; null for now.")
        ] = None,
        measure: Annotated[
            str | None,
            strawberry.argument(description="The measure's key, at most 100 characters; null for the health score."),
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[MeasureObservation]:
        """Load a page of a series."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        period = Period(measure, since, self.view.as_of if until is None else until)
        found = await info.context.loaders.measured.load((self.view.profile.account_id, (period, page)))
        return connection_of(found, MeasureObservation.of)

    @resolved("Its measures with a value, by key; at most 1,000.")
    async def measures(self, info: Info) -> list[MeasureValue]:
        """What is measured."""
        return list(measures_of(self.view, await info.context.loaders.catalog()))

    @resolved("Its facts with a value, by key; at most 1,000.")
    async def facts(self, info: Info) -> list[FactValue]:
        """What is known."""
        return list(facts_of(self.view, await info.context.loaders.catalog()))

    @resolved("The milestones of its machine and any others that it has reached; at most 1,000.")
    async def milestones(self, info: Info) -> list[Milestone]:
        """What it has achieved or is to achieve."""
        return list(milestones_of(self.view, await info.context.loaders.catalog()))

    @resolved(
        "Every way out of its stage with the reason why it is open or not yet, "
        "in the order in which they are tried; at most 1,000."
    )
    def available_transitions(self) -> list[AvailableTransition]:
        """What could happen next."""
        machine = self.view.machine
        return [] if machine is None else [AvailableTransition.of(way, machine) for way in self.view.available]

    @resolved(
        "The keys of the transitions that data would perhaps take if a missing or stale value were known; "
        "at most 1,000."
    )
    def held_by_unknown(self) -> list[str]:
        """What waits for data."""
        return list(self.view.held_by_unknown)

    @resolved("Its open CTAs, oldest first; one for each identity, at most 1,000.")
    def open_ctas(self) -> list[Cta]:
        """What somebody is asked to do."""
        return [_shown(self.view, cta) for cta in self.view.lifecycle.ctas if cta.is_open]

    @resolved("Its closed CTAs, those closed last first. `first` is 1 to 100; anything else is an error.")
    def closed_ctas(
        self, first: Annotated[int, strawberry.argument(description="How many; 1 to 100.")] = 20
    ) -> list[Cta]:
        """What somebody was asked to do."""
        if not 1 <= first <= LARGEST_PAGE:
            raise InvalidInput(f"`first` is {first}; expected 1 to {LARGEST_PAGE}", path="first")
        closed = [cta for cta in self.view.lifecycle.ctas if cta.closed_at is not None]
        closed.sort(key=lambda cta: (cta.closed_at, cta.opened_seq), reverse=True)
        return [_shown(self.view, cta) for cta in closed[:first]]

    @resolved("Its success plans, newest first; at most 1,000.")
    def success_plans(self) -> list[SuccessPlan]:
        """What was agreed with it."""
        return plans_of(self.view)

    @resolved(
        "Why a transition was not taken, a CTA was not opened, an alert is not on, or data dates no milestone. "
        "Null for a name that its rules do not have."
    )
    async def why_not(
        self,
        info: Info,
        transition: Annotated[
            str | None, strawberry.argument(description="The key of a transition; at most 100 characters.")
        ] = None,
        cta: Annotated[
            str | None, strawberry.argument(description="The key of a CTA template; at most 100 characters.")
        ] = None,
        alert: Annotated[
            str | None, strawberry.argument(description="The key of an alert; at most 100 characters.")
        ] = None,
        milestone: Annotated[
            str | None, strawberry.argument(description="The key of a milestone; at most 100 characters.")
        ] = None,
        as_of: Annotated[
            datetime | None, strawberry.argument(description="At which date, up to now; now where it is left out.")
        ] = None,
    ) -> WhyNot | None:
        """Explain what did not happen."""
        asked = Question(self.view.profile.account_id, transition, cta, alert, milestone, as_of)
        return await why_not(info, self.view, asked)

    @resolved(
        "What happened to it, newest first. Needs `first` or `last`, 1 to 100; anything else is an error.",
        batch=_histories,
        writer=_write_histories,
    )
    async def history(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[HistoryRecord]:
        """Load a page of its history."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        found = await info.context.loaders.history.load((self.view.profile.account_id, page))
        return connection_of(found, HistoryRecord.of)

    @resolved("How each alert of its machine stands, in the order of the definition; at most 100.")
    def alerts(self) -> list[AccountAlert]:
        """What is watched besides."""
        return [AccountAlert.of(standing) for standing in alerts_of(self.view)]

    @resolved(
        "Every time that an alert was on for it, the latest first. Needs `first` or `last`, 1 to 100; anything else is "
        "an error."
    )
    async def alert_episodes(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[AlertEpisode]:
        """Load a page of its episodes."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        found = await info.context.loaders.alerts.load((self.view.profile.account_id, page))
        return connection_of(found, AlertEpisode.of)

    @resolved("How it stood at a date, as far as that was known at another; null where its lifecycle had not begun.")
    async def at(
        self,
        info: Info,
        as_of: Annotated[datetime, strawberry.argument(description="The date; from 1900 to now.")],
        as_known_at: Annotated[
            datetime | None,
            strawberry.argument(description="Only what was recorded by then counts; null for all that is known now."),
        ] = None,
    ) -> AccountAt | None:
        """Load it as it stood."""
        found = await info.context.loaders.past.load((self.view.profile.account_id, Moment(as_of, as_known_at)))
        return None if found is None else AccountAt(view=found, as_known_at=as_known_at)

    @resolved(
        "What is another at the second date than at the first: stage, milestones, CTAs, health, measures and facts. "
        "At most 5,000; everything is new where its lifecycle began in between."
    )
    async def difference(
        self,
        info: Info,
        since: Annotated[datetime, strawberry.argument(description="The earlier date; from 1900 to now.")],
        until: Annotated[
            datetime | None, strawberry.argument(description="The later date; null for the date of the answer.")
        ] = None,
    ) -> list[AccountChange]:
        """Compare it with itself."""
        account_id, last = self.view.profile.account_id, self.view.as_of if until is None else until
        before = await info.context.loaders.past.load((account_id, Moment(since)))
        after = await info.context.loaders.past.load((account_id, Moment(last)))
        return [AccountChange.of(each) for each in changes_between(before, after)]

    @resolved(
        "Its whole story in words, from the beginning; `sentence` of each record tells it. Needs `first` or `last`, "
        "1 to 100; anything else is an error."
    )
    async def story(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[HistoryRecord]:
        """Load a page of its story."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        found = await info.context.loaders.told.load((self.view.profile.account_id, page))
        return connection_of(found, HistoryRecord.of)

    @resolved("The number of its newest history record, 0 before the first; give it as `expectedRevision`.")
    def revision(self) -> int:
        """Which change it has seen last."""
        return self.view.lifecycle.revision

    @resolved("The first instant at which time alone may change something; null for never.")
    def next_check_at(self) -> datetime | None:
        """When it is looked at again."""
        return self.view.next_check_at

    @resolved("The evaluation date of everything that is said here.")
    def as_of(self) -> datetime:
        """When this was true."""
        return self.view.as_of


def _shown(view: AccountView, cta: Call) -> Cta:
    return Cta.of(view.profile.account_id, cta, view.as_of)
