"""History in words: each record as one plain English sentence, made of nothing but the record and its evidence."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import orjson

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.guards.wording import sentence, summary
from lifecycle_fsm.services.evidence import RecordEvidence, witnessed
from lifecycle_fsm.services.history import page_history, record_of
from lifecycle_fsm.services.notes import severity_said
from lifecycle_fsm.services.segment_rules import UNASSIGNED
from lifecycle_fsm.services.views import HistoryRecord
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.cta_details import load_titles
from lifecycle_fsm.store.history import Place, load_links
from lifecycle_fsm.store.ledger import EffectNote, Link
from lifecycle_fsm.store.scope import visible_ids

_MOST_REASONS = 3
"""How many leaves a sentence names; the evidence has them all."""

_BY_ITSELF: Mapping[Cause, str] = {
    Cause.PERSON: "Somebody",
    Cause.AUTOMATIC: "Data",
    Cause.DEADLINE: "The passing of time",
    Cause.MIGRATION: "A new version of the rules",
    Cause.IMPORT: "An import",
    Cause.OVERRIDE: "Somebody",
    Cause.UNDO: "Taking back a run",
}


def sentences_of(world: World, actor: Actor, places: Sequence[Place]) -> dict[Place, str]:
    """
    Records in words, by account and number; those that the actor does not see are absent.

    Raises:
        Forbidden: the actor may not read history.
    """
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        seen = visible_ids(connection, {account for account, _ in places}, actor.portfolio)
        links = load_links(connection, [place for place in places if place[0] in seen])
        machines = world.shelf.machines(connection, _digests(links))
        titles, catalog = load_titles(connection, _cause_keys(links)), world.shelf.catalog(connection)
        told: dict[Place, str] = {}
        for link, evidence in witnessed(world, connection, links):
            record = record_of(link)
            names = Names(record, machines, titles.get(link.account_id, {}), catalog)
            told[link.account_id, link.seq] = in_words(record, evidence, names)
        return told


def _cause_keys(links: Sequence[Link]) -> dict[UUID, set[str]]:
    """The CTAs that rows speak of, by account."""
    keys: dict[UUID, set[str]] = {}
    for link in links:
        named = {str(note["cta"]) for note in orjson.loads(link.entry.effects) if note.get("cta") is not None}
        keys.setdefault(link.account_id, set()).update(
            named if link.entry.subject is None else {*named, link.entry.subject}
        )
    return keys


def page_story(world: World, actor: Actor, ids: Sequence[UUID], page: PageRequest) -> dict[UUID, Page[HistoryRecord]]:
    """A page of each account's history as a story is told: oldest first."""
    turned = PageRequest(page.size, page.before, page.after, not page.backwards, page.with_total)
    return {account_id: _turned(found) for account_id, found in page_history(world, actor, ids, turned).items()}


def _turned(page: Page[HistoryRecord]) -> Page[HistoryRecord]:
    items, cursors = tuple(reversed(page.items)), tuple(reversed(page.cursors))
    return Page(items, cursors, page.has_previous, page.has_next, page.total)


def _digests(links: Sequence[Link]) -> set[str]:
    """The versions that decided, and those that accounts came from."""
    before = {str(link.entry.subject) for link in links if link.entry.kind is RecordKind.REASSIGNED}
    return ({link.entry.machine for link in links} | before) - {UNASSIGNED}


def in_words(record: HistoryRecord, evidence: RecordEvidence, names: "Names") -> str:
    """One sentence: who did what, on whose behalf, on what evidence, and why."""
    parts = [f"{_who(record)} {_DEEDS[record.kind](record, names)}"]
    grounds = _grounds(record, evidence)
    if grounds:
        parts.append(f": {grounds}")
    if record.reason is not None:
        parts.append(f", saying \N{LEFT DOUBLE QUOTATION MARK}{record.reason}\N{RIGHT DOUBLE QUOTATION MARK}")
    done = _done(record, names)
    if done:
        parts.append(f"; {done}")
    return f"{''.join(parts)}."


class Names:
    """What things are called under the rules that decided, else in the catalog of today; else their keys."""

    def __init__(
        self, record: HistoryRecord, machines: Mapping[str, Machine], ctas: Mapping[str, str], catalog: Catalog
    ) -> None:
        self._ctas = ctas
        self._today = catalog
        self._machine = machines.get(record.machine)
        self._before = machines.get(str(record.subject)) if record.kind is RecordKind.REASSIGNED else self._machine
        self._catalog = Catalog() if self._machine is None else self._machine.catalog
        self.segment = "no segment" if self._machine is None else f"the segment {self._machine.title}"

    def stage(self, key: str | None, *, before: bool = False) -> str:
        """The title of a stage."""
        machine = self._before if before else self._machine
        found = None if machine is None or key is None else machine.stages.get(key)
        return str(key) if found is None else found.title

    def milestone(self, key: object) -> str:
        """The title of a milestone."""
        found = self._catalog.milestones.get(str(key)) or self._today.milestones.get(str(key))
        return str(key) if found is None else found.title

    def alert(self, key: object) -> str:
        """The title of an alert."""
        alerts = () if self._machine is None else self._machine.alerts
        return next((each.title for each in alerts if each.key == key), str(key))

    def measure(self, key: object) -> str:
        """The title of a measure; the score as a whole has none."""
        found = self._catalog.measures.get(str(key)) or self._today.measures.get(str(key))
        return str(key) if found is None else found.title

    def template(self, key: object) -> str:
        """The title of a CTA template."""
        found = self._catalog.templates.get(str(key))
        return str(key) if found is None else found.title

    def plan(self, key: object) -> str:
        """The title of a type of success plans."""
        found = self._catalog.plans.get(str(key))
        return str(key) if found is None else found.title

    def cta(self, key: object) -> str:
        """The title of a CTA by its cause key, or of a template by its own."""
        if key in self._ctas:
            return f"the CTA {self._ctas[str(key)]}"
        return f"the CTA {self.template(key)}" if str(key) in self._catalog.templates else "a CTA"


Deed = Callable[[HistoryRecord, Names], str]


def _who(record: HistoryRecord) -> str:
    name = record.actor or _BY_ITSELF[record.cause]
    return name if record.on_behalf_of is None else f"{name}, on behalf of {record.on_behalf_of},"


def _assigned(record: HistoryRecord, names: Names) -> str:
    return f"put the account into {names.segment}, where it began in {names.stage(record.to_stage)}"


def _moved(record: HistoryRecord, names: Names) -> str:
    way = f"from {names.stage(record.from_stage)} to {names.stage(record.to_stage)} by {record.transition}"
    return f"moved the account {way}{', overriding its guard' if record.cause is Cause.OVERRIDE else ''}"


def _refused(record: HistoryRecord, names: Names) -> str:
    asked = record.transition or record.trigger
    return f"asked for {asked} and was refused, so the account stayed in {names.stage(record.to_stage)}"


def _migrated(record: HistoryRecord, names: Names) -> str:
    before, after = names.stage(record.from_stage, before=True), names.stage(record.to_stage)
    place = f"in {after}" if record.from_stage == record.to_stage else f"from {before} to {after}"
    return f"took the account over to version {record.machine[:12]} of its rules, {place}"


def _reassigned(record: HistoryRecord, names: Names) -> str:
    before, after = names.stage(record.from_stage, before=True), names.stage(record.to_stage)
    return f"moved the account to {names.segment}, from {before} to {after}"


def _paused(record: HistoryRecord, _: Names) -> str:
    """From when on, where that is not the instant of the record."""
    since = next((note["since"] for note in record.effects if note.get("since") is not None), None)
    if not isinstance(since, int):
        return "paused the clock of the stage"
    verb = "planned to pause" if from_ms(since) > record.recorded_at else "wrote down a pause of"
    return f"{verb} the clock of the stage from {from_ms(since):%Y-%m-%d %H:%M} UTC"


def _about(before: str, after: str = "") -> Deed:
    return lambda record, _: f"{before} {record.subject or 'something'}{after}"


def _alert(deed: str) -> Deed:
    return lambda record, names: f"{deed} {names.alert(record.subject)}"


def _milestone(deed: str) -> Deed:
    return lambda record, names: f"{deed} the milestone {names.milestone(record.subject)}"


def _of_ctas(deed: str) -> Deed:
    """A record is about the cause key of one CTA, or about a template where a rule acted."""
    return lambda record, names: f"{deed} {names.cta(record.subject)}"


def _closed(record: HistoryRecord, names: Names) -> str:
    """Which CTA, and with what outcome; where a rule closed several, its effects name them."""
    outcomes = [note.get("outcome") for note in record.effects if _is_own_closing(record, note)]
    return f"closed {names.cta(record.subject)}{f' with the outcome {outcomes[0]}' if outcomes else ''}"


def _is_own_closing(record: HistoryRecord, note: EffectNote) -> bool:
    """Whether an effect says no more than that the CTA was closed which the record is about."""
    return record.kind is RecordKind.CTA_CLOSED and note["did"] == "cta_closed" and note.get("cta") == record.subject


_DEEDS: Mapping[RecordKind, Deed] = {
    RecordKind.ASSIGNED: _assigned,
    RecordKind.MOVED: _moved,
    RecordKind.REFUSED: _refused,
    RecordKind.PACE_CHANGED: lambda record, names: (
        f"changed the pace of the account in {names.stage(record.to_stage)} to {str(record.subject).replace('_', ' ')}"
    ),
    RecordKind.ALERT_OPENED: _alert("raised the alert"),
    RecordKind.ALERT_RAISED: lambda record, names: (
        f"raised the alert {names.alert(record.subject)} to {severity_said(record.effects).value}"
    ),
    RecordKind.ALERT_CLEARED: _alert("cleared the alert"),
    RecordKind.MILESTONE_REACHED: _milestone("dated"),
    RecordKind.MILESTONE_REVOKED: _milestone("took back"),
    RecordKind.MILESTONE_REDATED: _milestone("dated anew"),
    RecordKind.MILESTONE_MISSED: lambda record, names: (
        f"noted that the milestone {names.milestone(record.subject)} was not reached in time"
    ),
    RecordKind.CTA_OPENED: _of_ctas("opened"),
    RecordKind.CTA_CHANGED: _of_ctas("changed"),
    RecordKind.CTA_WOKEN: _of_ctas("woke"),
    RecordKind.CTA_CLOSED: _closed,
    RecordKind.PLAN_CHANGED: lambda record, names: f"changed the success plan {names.plan(record.subject)}",
    RecordKind.CSM_CHANGED: lambda record, _: (
        "left the account without a CSM" if record.subject is None else f"gave the account to the CSM {record.subject}"
    ),
    RecordKind.HEALTH_OVERRIDDEN: lambda record, names: f"spoke in the place of {names.measure(record.subject)}",
    RecordKind.OVERRIDE_ENDED: lambda record, names: f"let {names.measure(record.subject)} count again",
    RecordKind.PAUSED: _paused,
    RecordKind.RESUMED: lambda _record, _names: "let the clock of the stage go on",
    RecordKind.MIGRATED: _migrated,
    RecordKind.REASSIGNED: _reassigned,
    RecordKind.RUN_UNDONE: _about("took back what the run", " had done to the account"),
    RecordKind.ERASED: lambda _record, _names: "erased what was known about the account, by law",
}


def _grounds(record: HistoryRecord, evidence: RecordEvidence) -> str:
    """What the evidence says for the record, in a few clauses."""
    if evidence.inputs is None and record.kind is not RecordKind.ERASED:
        return "its evidence is no longer kept"
    if not evidence.findings:
        return ""
    finding = evidence.findings[0]
    if finding.verdict.truth is not True:
        return summary(finding.verdict).removesuffix(".").replace(". ", "; ")
    held = [sentence(leaf) for leaf in finding.verdict.leaves() if leaf.truth is True]
    more = len(held) - _MOST_REASONS
    shown = "; ".join(held[:_MOST_REASONS])
    return f"{shown}; and {more} more" if more > 0 else shown


def _done(record: HistoryRecord, names: Names) -> str:
    notes = [note for note in record.effects if not _is_own_closing(record, note)]
    return ", ".join(_EFFECTS[str(note["did"])](note, names) for note in notes)


def _due(note: EffectNote) -> str:
    due = note.get("due_at")
    return f", due {from_ms(due).date().isoformat()}" if isinstance(due, int) else ""


def _on(note: EffectNote) -> str:
    at = note.get("reached_at")
    return f" on {from_ms(at).date().isoformat()}" if isinstance(at, int) else ""


def _edited(note: EffectNote, names: Names) -> str:
    field, cta = note.get("field"), names.cta(note.get("cta"))
    if note.get("before") is None and note.get("after") is None:
        return f"its {field} changed on {cta}"
    return f"{field} of {cta} went from {note.get('before') or 'nothing'} to {note.get('after') or 'nothing'}"


_EFFECTS: Mapping[str, Callable[[EffectNote, Names], str]] = {
    "cta_opened": lambda note, names: f"the CTA {names.template(note.get('template'))} opened{_due(note)}",
    "cta_suppressed": lambda note, names: f"no second CTA {names.template(note.get('template'))} opened",
    "cta_escalated": lambda note, names: f"{names.cta(note.get('cta'))} rose to {note.get('after')}",
    "cta_closed": lambda note, names: f"{names.cta(note.get('cta'))} closed with the outcome {note.get('outcome')}",
    "cta_reopened": lambda note, names: f"{names.cta(note.get('cta'))} is open again",
    "cta_woken": lambda note, names: f"{names.cta(note.get('cta'))} woke",
    "cta_edited": _edited,
    "plan_opened": lambda note, names: f"the success plan {names.plan(note.get('type'))} opened{_due(note)}",
    "plan_kept": lambda note, names: f"the success plan {names.plan(note.get('type'))} was there already",
    "plan_moved": lambda note, names: (
        f"the success plan {names.plan(note.get('type'))} went from {note.get('before')} to {note.get('after')}"
    ),
    "milestone_reached": lambda note, names: f"{names.milestone(note.get('milestone'))} was reached{_on(note)}",
    "milestone_revoked": lambda note, names: f"{names.milestone(note.get('milestone'))} no longer counts{_on(note)}",
    "milestone_kept": lambda note, names: f"{names.milestone(note.get('milestone'))} kept its date{_on(note)}",
    "severity_reached": lambda note, _: f"it is of {note.get('after')} severity",
    "notified": lambda note, _: f"a message went to {note.get('channel')}",
    "override_set": lambda note, names: (
        f"{names.measure(note.get('measure'))} counts as {note.get('value')}{_until(note)}"
    ),
    "override_over": lambda note, names: (
        f"{names.measure(note.get('measure'))} no longer counts as {note.get('value')}"
    ),
    "pause_begun": lambda note, _: f"it stands still{_until(note) or ' with no end'}",
    "pause_over": lambda note, _: f"it stood still{_since(note)}",
    "stage_ignored": lambda note, _: f"the stage {note.get('stage')} was left alone",
}


def _until(note: EffectNote) -> str:
    until = note.get("until")
    return f" until {from_ms(until).date().isoformat()}" if isinstance(until, int) else ""


def _since(note: EffectNote) -> str:
    since = note.get("since")
    return f" since {from_ms(since).date().isoformat()}" if isinstance(since, int) else ""
