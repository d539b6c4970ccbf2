"""Reads of one request gathered into batches, so that a list costs as many statements as one item."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Concatenate, ParamSpec, Protocol, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from lifecycle_fsm.domain.access import Actor
from lifecycle_fsm.domain.alert_episode import AlertEpisode
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.errors import LifecycleError
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.services.alert_lists import page_alerts_of, rises_of
from lifecycle_fsm.services.audit.review import Mark, answers_of
from lifecycle_fsm.services.audit.verification import Verification, find_verifications
from lifecycle_fsm.services.browse import (
    SegmentView,
    current_catalog,
    find_machines,
    list_segments,
    tasks_of,
    view_accounts,
)
from lifecycle_fsm.services.cta_browse import Comment, CtaId, Link, comments_of, links_of
from lifecycle_fsm.services.evidence import RecordEvidence, evidence_of
from lifecycle_fsm.services.health import Before, Moment, Period, accounts_at, page_measured, sources_of, values_before
from lifecycle_fsm.services.history import page_history, records_at, stories_of
from lifecycle_fsm.services.milestones import MilestoneNote, milestone_events
from lifecycle_fsm.services.overrides import reasons_of
from lifecycle_fsm.services.pauses import ToldPause, page_pauses
from lifecycle_fsm.services.planning.kept import KeptPlan
from lifecycle_fsm.services.publishing_pages import (
    RollOutProgress,
    find_plans,
    find_publications,
    roll_outs_of,
    versions_of,
)
from lifecycle_fsm.services.story import page_story, sentences_of
from lifecycle_fsm.services.sweeping.shown import Run, SetAside, find_runs, page_run_accounts, set_aside_by
from lifecycle_fsm.services.views import AccountView, HistoryRecord
from lifecycle_fsm.services.visits import Visit, past_visits
from lifecycle_fsm.services.vocabulary import Machine, Publication, Remembered, TaskProgress, VersionNote
from lifecycle_fsm.services.why_not import Answer as Explanation
from lifecycle_fsm.services.why_not import Question, why_not_of
from lifecycle_fsm.services.world import World

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")
Listed = TypeVar("Listed")


class Caller(Protocol):
    """Call a service for the request's actor, off the event loop."""

    def __call__(
        self,
        service: Callable[Concatenate[World, Actor, Arguments], Answer],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Awaitable[Answer]:
        """Give what the service returns or raise what it raises."""


Measured = tuple[Period, PageRequest]
"""A period of the history of a measure, and a page of it."""

Paged = Callable[[World, Actor, Sequence[UUID], PageRequest], dict[UUID, Page[Listed]]]
"""A service that reads the same page of several accounts."""


class Loaders:
    """Load by key within one request; a key that names nothing gives None."""

    def __init__(self, call: Caller) -> None:
        self._call = call
        self.accounts = DataLoader[UUID, AccountView | None](load_fn=self._accounts)
        self.alerts = DataLoader[tuple[UUID, PageRequest], Page[AlertEpisode]](load_fn=self._alerts)
        self.rises = DataLoader[UUID, tuple[tuple[str, int], ...]](load_fn=self._rises)
        self.comments = DataLoader[CtaId, tuple[Comment, ...]](load_fn=self._comments)
        self.links = DataLoader[CtaId, tuple[Link, ...]](load_fn=self._links)
        self.records = DataLoader[tuple[UUID, int], HistoryRecord | None](load_fn=self._records)
        self.evidence = DataLoader[tuple[UUID, int], RecordEvidence | None](load_fn=self._evidence)
        self.sentences = DataLoader[tuple[UUID, int], str | None](load_fn=self._sentences)
        self.told = DataLoader[tuple[UUID, PageRequest], Page[HistoryRecord]](load_fn=self._told)
        self.answers = DataLoader[UUID, tuple[Mark, ...]](load_fn=self._answers)
        self.stories = DataLoader[tuple[UUID, UUID], tuple[HistoryRecord, ...]](load_fn=self._stories)
        self.history = DataLoader[tuple[UUID, PageRequest], Page[HistoryRecord]](load_fn=self._history)
        self.milestone_events = DataLoader[UUID, tuple[MilestoneNote, ...]](load_fn=self._milestone_events)
        self.machines = DataLoader[str, Machine | None](load_fn=self._machines)
        self.pauses = DataLoader[tuple[UUID, PageRequest], Page[ToldPause]](load_fn=self._pauses)
        self.plans = DataLoader[str, KeptPlan | None](load_fn=self._plans)
        self.publications = DataLoader[UUID, Publication | None](load_fn=self._publications)
        self.past = DataLoader[tuple[UUID, Moment], AccountView | None](load_fn=self._past)
        self.before = DataLoader[Before, float | None](load_fn=self._before)
        self.reasons = DataLoader[tuple[UUID, int], str | None](load_fn=self._reasons)
        self.measured = DataLoader[tuple[UUID, Measured], Page[Remembered]](load_fn=self._measured)
        self.sources = DataLoader[tuple[UUID, str, datetime], str | None](load_fn=self._sources)
        self.roll_outs = DataLoader[UUID, RollOutProgress | None](load_fn=self._roll_outs)
        self.verifications = DataLoader[UUID, Verification | None](load_fn=self._verifications)
        self.runs = DataLoader[UUID, Run | None](load_fn=self._runs)
        self.run_accounts = DataLoader[tuple[UUID, PageRequest], Page[UUID]](load_fn=self._run_accounts)
        self.set_aside = DataLoader[UUID, tuple[SetAside, ...]](load_fn=self._set_aside)
        self.why_not = DataLoader[Question, Explanation | None](load_fn=self._why_not)
        self.segments = DataLoader[str, SegmentView | None](load_fn=self._segments)
        self.tasks = DataLoader[tuple[UUID, UUID], tuple[TaskProgress, ...]](load_fn=self._tasks)
        self.visits = DataLoader[UUID, tuple[Visit, ...]](load_fn=self._visits)
        self.versions = DataLoader[str, tuple[VersionNote, ...]](load_fn=self._versions)
        self._catalogs = DataLoader[None, Catalog](load_fn=self._current_catalog)

    async def catalog(self) -> Catalog:
        """Give the vocabulary that was published last, read once for a request."""
        return await self._catalogs.load(None)

    async def _accounts(self, ids: list[UUID]) -> Sequence[AccountView | None]:
        found = await self._call(view_accounts, ids)
        return [found.get(account_id) for account_id in ids]

    async def _history(self, keys: list[tuple[UUID, PageRequest]]) -> Sequence[Page[HistoryRecord]]:
        return await self._paged(page_history, keys)

    async def _alerts(self, keys: list[tuple[UUID, PageRequest]]) -> Sequence[Page[AlertEpisode]]:
        return await self._paged(page_alerts_of, keys)

    async def _pauses(self, keys: list[tuple[UUID, PageRequest]]) -> Sequence[Page[ToldPause]]:
        return await self._paged(page_pauses, keys)

    async def _paged(self, service: Paged[Listed], keys: list[tuple[UUID, PageRequest]]) -> Sequence[Page[Listed]]:
        """One call for each way of paging in the document, whatever the number of accounts."""
        pages: dict[tuple[UUID, PageRequest], Page[Listed]] = {}
        for page in dict.fromkeys(page for _, page in keys):
            ids = [account_id for account_id, wanted in keys if wanted == page]
            found = await self._call(service, ids, page)
            pages |= {(account_id, page): found[account_id] for account_id in ids}
        return [pages[key] for key in keys]

    async def _rises(self, ids: list[UUID]) -> Sequence[tuple[tuple[str, int], ...]]:
        found = await self._call(rises_of, ids)
        return [found.get(each, ()) for each in ids]

    async def _milestone_events(self, ids: list[UUID]) -> Sequence[tuple[MilestoneNote, ...]]:
        found = await self._call(milestone_events, ids)
        return [found.get(account_id, ()) for account_id in ids]

    async def _comments(self, ctas: list[CtaId]) -> Sequence[tuple[Comment, ...]]:
        found = await self._call(comments_of, ctas)
        return [found.get(cta_id, ()) for _, cta_id in ctas]

    async def _links(self, ctas: list[CtaId]) -> Sequence[tuple[Link, ...]]:
        found = await self._call(links_of, ctas)
        return [found.get(cta_id, ()) for _, cta_id in ctas]

    async def _records(self, places: list[tuple[UUID, int]]) -> Sequence[HistoryRecord | None]:
        found = await self._call(records_at, places)
        return [found.get(place) for place in places]

    async def _evidence(self, places: list[tuple[UUID, int]]) -> Sequence[RecordEvidence | None]:
        found = await self._call(evidence_of, places)
        return [found.get(place) for place in places]

    async def _sentences(self, places: list[tuple[UUID, int]]) -> Sequence[str | None]:
        found = await self._call(sentences_of, places)
        return [found.get(place) for place in places]

    async def _told(self, keys: list[tuple[UUID, PageRequest]]) -> Sequence[Page[HistoryRecord]]:
        return await self._paged(page_story, keys)

    async def _answers(self, questions: list[UUID]) -> Sequence[tuple[Mark, ...]]:
        found = await self._call(answers_of, questions)
        return [found.get(question, ()) for question in questions]

    async def _stories(self, runs: list[tuple[UUID, UUID]]) -> Sequence[tuple[HistoryRecord, ...]]:
        found = await self._call(stories_of, runs)
        return [found.get(run, ()) for run in runs]

    async def _machines(self, digests: list[str]) -> Sequence[Machine | None]:
        found = await self._call(find_machines, _possible(digests))
        return [found.get(digest) for digest in digests]

    async def _plans(self, digests: list[str]) -> Sequence[KeptPlan | None]:
        found = await self._call(find_plans, _possible(digests))
        return [found.get(digest) for digest in digests]

    async def _publications(self, ids: list[UUID]) -> Sequence[Publication | None]:
        found = await self._call(find_publications, ids)
        return [found.get(publication_id) for publication_id in ids]

    async def _past(self, keys: list[tuple[UUID, Moment]]) -> Sequence[AccountView | None]:
        """One call for each moment in the document, whatever the number of accounts."""
        views: dict[tuple[UUID, Moment], AccountView] = {}
        for moment in dict.fromkeys(moment for _, moment in keys):
            found = await self._call(accounts_at, [account for account, wanted in keys if wanted == moment], moment)
            views |= {(account_id, moment): view for account_id, view in found.items()}
        return [views.get(key) for key in keys]

    async def _before(self, keys: list[Before]) -> Sequence[float | None]:
        found = await self._call(values_before, keys)
        return [found.get(key) for key in keys]

    async def _reasons(self, keys: list[tuple[UUID, int]]) -> Sequence[str | None]:
        found = await self._call(reasons_of, keys)
        return [found.get(key) for key in keys]

    async def _sources(self, keys: list[tuple[UUID, str, datetime]]) -> Sequence[str | None]:
        found = await self._call(sources_of, keys)
        return [found.get(key) for key in keys]

    async def _measured(self, keys: list[tuple[UUID, Measured]]) -> Sequence[Page[Remembered]]:
        """One call for each period and page in the document, whatever the number of accounts."""
        pages: dict[tuple[UUID, Measured], Page[Remembered]] = {}
        for asked in dict.fromkeys(asked for _, asked in keys):
            found = await self._call(page_measured, [account for account, wanted in keys if wanted == asked], *asked)
            pages |= {(account_id, asked): each for account_id, each in found.items()}
        return [pages[key] for key in keys]

    async def _roll_outs(self, publications: list[UUID]) -> Sequence[RollOutProgress | None]:
        found = await self._call(roll_outs_of, publications)
        return [found.get(each) for each in publications]

    async def _verifications(self, ids: list[UUID]) -> Sequence[Verification | None]:
        found = await self._call(find_verifications, ids)
        return [found.get(each) for each in ids]

    async def _runs(self, ids: list[UUID]) -> Sequence[Run | None]:
        found = await self._call(find_runs, ids)
        return [found.get(run_id) for run_id in ids]

    async def _run_accounts(self, keys: list[tuple[UUID, PageRequest]]) -> Sequence[Page[UUID]]:
        return await self._paged(page_run_accounts, keys)

    async def _set_aside(self, runs: list[UUID]) -> Sequence[tuple[SetAside, ...]]:
        found = await self._call(set_aside_by, runs)
        return [found.get(run_id, ()) for run_id in runs]

    async def _why_not(self, questions: list[Question]) -> Sequence[Explanation | LifecycleError | None]:
        found = await self._call(why_not_of, questions)
        return [found[question] for question in questions]

    async def _segments(self, keys: list[str]) -> Sequence[SegmentView | None]:
        found = {segment.segment: segment for segment in await self._call(list_segments)}
        return [found.get(key) for key in keys]

    async def _tasks(self, ctas: list[tuple[UUID, UUID]]) -> Sequence[tuple[TaskProgress, ...]]:
        found = await self._call(tasks_of, ctas)
        return [found.get(cta_id, ()) for _, cta_id in ctas]

    async def _visits(self, ids: list[UUID]) -> Sequence[tuple[Visit, ...]]:
        found = await self._call(past_visits, ids)
        return [found.get(account_id, ()) for account_id in ids]

    async def _versions(self, segments: list[str]) -> Sequence[tuple[VersionNote, ...]]:
        found = await self._call(versions_of, segments)
        return [found.get(segment, ()) for segment in segments]

    async def _current_catalog(self, keys: list[None]) -> Sequence[Catalog]:
        return [await self._call(current_catalog)] * len(keys)


def _possible(digests: Sequence[str]) -> list[str]:
    """The texts that can be digests; PostgreSQL refuses one with a NUL in it."""
    return [digest for digest in digests if digest.isalnum()]
