"""What happened by itself, forged with all hashes made anew: deciding it again names the row."""

from collections import Counter
from collections.abc import Iterator, Mapping
from uuid import UUID

import pytest

from lifecycle_fsm.domain.audit import Check
from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.services.audit.automatic import EFFECTS_DIFFER
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.store.history import load_chain
from lifecycle_fsm.store.ledger import Link, canonical_effects
from tests.faults.attackers import Forgery, History, forge, unguarded
from tests.faults.automatic import FILES, a_life
from tests.worlds import ADMIN, Stage, a_stage

K = RecordKind
EARLY = {"effective_at": 1772442000000}

BY_ITSELF = Counter(
    {
        K.ALERT_OPENED: 1,
        K.OVERRIDE_ENDED: 1,
        K.CTA_WOKEN: 1,
        K.RESUMED: 1,
        K.PACE_CHANGED: 2,
        K.MILESTONE_MISSED: 1,
        K.CTA_OPENED: 1,
        K.MILESTONE_REACHED: 1,
        K.ALERT_CLEARED: 1,
        K.CTA_CLOSED: 1,
        K.PLAN_CHANGED: 1,
        K.MOVED: 1,
    }
)
"""What happens by itself in the story, by kind."""


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A store with rules under which everything happens by itself that can."""
    with a_stage(database_url, None) as opened:
        assert isinstance(publish(opened.world, ADMIN, FILES), Published)
        yield opened


def rows_of(stage: Stage, account: UUID, kind: RecordKind) -> list[Link]:
    with stage.world.database.reading() as connection:
        rows = load_chain(connection, account)
    return [row for row in rows if row.entry.kind is kind and row.entry.cause is Cause.AUTOMATIC]


def test_all_that_happened_by_itself_is_decided_again(stage: Stage) -> None:
    account = a_life(stage)
    with stage.world.database.reading() as connection:
        rows = load_chain(connection, account)

    report = verify(stage.world, ADMIN)

    assert Counter(row.entry.kind for row in rows[1:] if row.entry.cause is Cause.AUTOMATIC) == BY_ITSELF
    assert (report.flaws, report.decided) == ([], BY_ITSELF.total())
    people = {"assigned": 1, "cta_closed": 2, "cta_changed": 1, "health_overridden": 1, "paused": 1}
    assert report.excepted == Counter({**people, "milestone_reached": 1})


OPEN_RESCUES = "ctas.template=rescue,status=open"
REFUSED = "but its inputs do not allow it"
NO_RULE = "its rules do not open the CTA 'goals' again"
FORGERIES: Mapping[str, tuple[RecordKind, Forgery, str]] = {
    "a waking before its instant": (K.CTA_WOKEN, Forgery(EARLY), f"the CTA woke, {REFUSED}"),
    "a waking at no instant": (K.CTA_WOKEN, Forgery({}, {"cta.snoozed_until": None}), f"the CTA woke, {REFUSED}"),
    "a waking of another CTA": (K.CTA_WOKEN, Forgery({"subject": "1.1"}), EFFECTS_DIFFER),
    "an override that ends early": (K.OVERRIDE_ENDED, Forgery(EARLY), f"the override ended, {REFUSED}"),
    "an override of another value": (K.OVERRIDE_ENDED, Forgery({}, {"override.value": 99.0}), EFFECTS_DIFFER),
    "a pause that ends early": (K.RESUMED, Forgery(EARLY), f"the pause ended, {REFUSED}"),
    "a pause of another length": (K.RESUMED, Forgery({}, {"pause.since": 0}), EFFECTS_DIFFER),
    "a visit that was in time": (
        K.PACE_CHANGED,
        Forgery({}, {"pace.begun_at": 1774000000000}),
        f"the pace changed, {REFUSED}",
    ),
    "a pace that was seen later": (K.PACE_CHANGED, Forgery(EARLY), "the pace changed, but its inputs do not say so"),
    "a CTA of a pace that is left out": (K.PACE_CHANGED, Forgery({"effects": "[]"}), EFFECTS_DIFFER),
    "a recurrence before its time": (
        K.CTA_OPENED,
        Forgery({}, {"recur.closed_at": 1773000000000}),
        f"the CTA opened again, {REFUSED}",
    ),
    "a recurrence without a first": (
        K.CTA_OPENED,
        Forgery({}, {"recur.closed_at": None, "recur.opened_at": None}),
        f"the CTA opened again, {REFUSED}",
    ),
    "a recurrence of no rule": (
        K.CTA_OPENED,
        Forgery({"subject": "goals"}),
        NO_RULE,
    ),
    "an objective that failed": (
        K.PLAN_CHANGED,
        Forgery({}, {"completion.objective.1.1": "required:failed"}),
        f"the plan was completed, {REFUSED}",
    ),
    "an objective that is open": (
        K.PLAN_CHANGED,
        Forgery({}, {"completion.objective.1.1": "required:open"}),
        f"the plan was completed, {REFUSED}",
    ),
    "objectives of another need": (
        K.PLAN_CHANGED,
        Forgery({}, {"completion.objective.1.2": "required:open"}),
        f"the plan was completed, {REFUSED}",
    ),
    "another plan": (K.PLAN_CHANGED, Forgery({}, {"completion.plan": "9.9"}), EFFECTS_DIFFER),
    "a plan without objectives left": (
        K.PLAN_CHANGED,
        Forgery({}, {"completion.objective.1.2": "optional:success"}),
        EFFECTS_DIFFER,
    ),
    "a closing that no rule asked for": (
        K.CTA_CLOSED,
        Forgery({}, {"milestone.kickoff": None}),
        f"its CTAs closed, {REFUSED}",
    ),
    "a closing with another outcome": (
        K.CTA_CLOSED,
        Forgery({"effects": canonical_effects([{"did": "cta_closed", "cta": "11.0", "outcome": "failed"}])}),
        EFFECTS_DIFFER,
    ),
    "one closing of two": (K.CTA_CLOSED, Forgery({}, {OPEN_RESCUES: 2}), EFFECTS_DIFFER),
    "an auto-close that is hidden": (K.ALERT_CLEARED, Forgery({"effects": "[]"}), EFFECTS_DIFFER),
    "an alert whose CTA is hidden": (K.ALERT_OPENED, Forgery({"effects": "[]"}), EFFECTS_DIFFER),
    "a rescue that is hidden": (K.MILESTONE_MISSED, Forgery({"effects": "[]"}), EFFECTS_DIFFER),
    "a CTA of a move that is hidden": (K.MOVED, Forgery({"effects": "[]"}), EFFECTS_DIFFER),
    "an observation at another time": (
        K.MILESTONE_REACHED,
        Forgery({}, {"measure.setup@": 1772500000000}),
        "the milestone was dated by data, but its inputs give another date",
    ),
}


def test_forged_rows_are_named(stage: Stage) -> None:
    account = a_life(stage)
    with stage.world.database.reading() as connection:
        kept = History.of(connection, account)
    found: dict[str, object] = {}
    wanted: dict[str, object] = {}

    for name, (kind, forged, message) in FORGERIES.items():
        seq = rows_of(stage, account, kind)[0].seq
        found[name] = found_after(stage, account, seq, forged)
        wanted[name] = [(Check.DECISION, seq, message)]
        with stage.world.database.writing() as connection:
            kept.restore(connection)

    assert found == wanted


def test_an_escalation_that_is_hidden_is_named(stage: Stage) -> None:
    account = a_life(stage)
    stuck = rows_of(stage, account, K.PACE_CHANGED)[1]
    told = canonical_effects([{"did": "notified", "channel": "leads", "message": "It is stuck"}])

    found = found_after(stage, account, stuck.seq, Forgery({"effects": told}))

    assert "cta_escalated" in stuck.entry.effects
    assert found == [(Check.DECISION, stuck.seq, EFFECTS_DIFFER)]


def test_a_completion_that_a_person_is_said_to_have_made_is_no_decision(stage: Stage) -> None:
    """What is said to be a person's needs no evidence: then the row names nobody, and the reports of people show it."""
    account = a_life(stage)
    seq = rows_of(stage, account, K.PLAN_CHANGED)[0].seq
    failed = {"completion.objective.1.1": f"required:{CtaOutcome.FAILED.value}"}

    assert found_after(stage, account, seq, Forgery({"cause": "person"}, failed)) == []
    assert verify(stage.world, ADMIN).excepted["plan_changed"] == 1


def test_what_a_release_without_evidence_did_by_itself_is_counted_apart(stage: Stage) -> None:
    account = a_life(stage)
    seq = rows_of(stage, account, K.CTA_WOKEN)[0].seq
    before = verify(stage.world, ADMIN)

    assert found_after(stage, account, seq, Forgery({"evaluator": "1"})) == []
    after = verify(stage.world, ADMIN)
    assert (before.decided - after.decided, after.excepted - before.excepted) == (1, Counter({"earlier_release": 1}))


def found_after(stage: Stage, account: UUID, seq: int, forged: Forgery) -> list[tuple[Check, int | None, str]]:
    """What verification finds once a row was forged; nothing was wrong before."""
    assert verify(stage.world, ADMIN).flaws == []
    with unguarded(stage.world.database) as connection:
        forge(connection, account, seq, forged)
    flaws = verify(stage.world, ADMIN).flaws
    assert {flaw.account_id for flaw in flaws} <= {account}
    return [(flaw.check, flaw.seq, flaw.message) for flaw in flaws]
