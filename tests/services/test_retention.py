"""Finished work is deleted once it is old; what is not finished, and history, stays, and stays provable."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.notification import Notifications, Route, WebhookChannel
from lifecycle_fsm.domain.retention import MONTH, YEAR, Keep, Kept
from lifecycle_fsm.services.audit.checkpoints import grow_log, sign_checkpoint
from lifecycle_fsm.services.audit.erase import erase_account
from lifecycle_fsm.services.audit.signing import make_signer
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.evidence import evidence_of
from lifecycle_fsm.services.notifying import route_page
from lifecycle_fsm.services.retention import foresee_retention, retain, retain_page
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.tokens import issue_token, revoke_tokens
from lifecycle_fsm.store.audit_entries import all_entries
from lifecycle_fsm.store.deliveries import Attempt, claim, settle
from lifecycle_fsm.store.tables.history import transition_inputs, transition_log
from lifecycle_fsm.store.tables.keys import api_key
from lifecycle_fsm.store.tables.runs import run, set_aside
from lifecycle_fsm.store.tables.work import delivery, ingest_batch, outbox
from tests.services.audit.histories import ROWS, a_long_story
from tests.worlds import ADMIN, Stage

FOR_EVER = Keep(None, None, None, None, None, None, None)


def counts(stage: Stage) -> list[int]:
    tables = (outbox, delivery, ingest_batch, transition_log)
    with stage.world.database.reading() as connection:
        return [connection.execute(select(func.count()).select_from(each)).scalar_one() for each in tables]


def retained(stage: Stage) -> list[dict[str, object]]:
    """What the audit entries of retention say, oldest first."""
    with stage.world.database.reading() as connection:
        entries = [each.entry for each in all_entries(connection)]
    return [dict(each.details) for each in entries if each.kind is AuditKind.RETAINED]


def post(stage: Stage, *keys: str) -> None:
    """One message that arrives, one that is given up, for each of these accounts."""
    accounts = [stage.sign(key, arr=150_000) for key in keys]
    stage.send(accounts[0], setup_completion=5)
    crm = Notifications({"crm": WebhookChannel("crm", "https://x.example", ())}, (Route(("crm",)),))
    route_page(stage.world, crm)
    now = stage.clock()
    with stage.world.database.writing() as connection:
        first, second = claim(connection, "crm", now, now + timedelta(minutes=1), 10)
        settle(connection, [Attempt(first), Attempt(second, "gone", now, is_dead=True)], now)


def test_old_messages_and_batches_go_and_dead_letters_stay(stage: Stage) -> None:
    post(stage, "A", "B")
    before = counts(stage)

    stage.clock.turn(days=29)
    assert retain_page(stage.world, ADMIN, Keep()) is None
    early = counts(stage)
    stage.clock.turn(days=2)
    assert retain_page(stage.world, ADMIN, Keep()) is None

    messages, deliveries, batches, history = before
    assert early == before
    assert counts(stage) == [messages - 1, deliveries - 1, batches - 1, history]
    assert retained(stage) == [{"messages": 1, "batches": 1, "refused_rows": 0, "runs": 0, "tokens": 0}]


def test_dead_letters_go_where_that_is_set(stage: Stage) -> None:
    post(stage, "A", "B")
    before = counts(stage)
    stage.clock.turn(days=61)

    foreseen = foresee_retention(stage.world, ADMIN, Keep(dead_messages=2 * MONTH))
    gone = retain(stage.world, ADMIN, Keep(dead_messages=2 * MONTH))

    assert foreseen == {what: count for what, count in gone.items() if what is not Kept.EVIDENCE}
    assert (gone[Kept.MESSAGES], gone[Kept.DEAD_MESSAGES]) == (1, 1)
    assert counts(stage)[:2] == [before[0] - 2, before[1] - 2]


def test_a_dry_run_and_keeping_for_ever_delete_nothing(stage: Stage) -> None:
    a_long_story(stage)
    stage.clock.turn(days=4_000)
    before = counts(stage)

    foreseen = foresee_retention(stage.world, ADMIN, Keep(evidence=YEAR))
    gone = retain(stage.world, ADMIN, FOR_EVER)

    assert (foreseen[Kept.BATCHES], foreseen[Kept.EVIDENCE]) == (1, ROWS - 1)
    assert set(gone.values()) == {0}
    assert counts(stage) == before
    assert retained(stage) == []


def test_ended_tokens_and_runs_go_but_the_run_that_changed_last(stage: Stage) -> None:
    now = stage.clock()
    issue_token(stage.world, ADMIN, "old", [Role.VIEWER], now + timedelta(days=1))
    issue_token(stage.world, ADMIN, "revoked", [Role.VIEWER], None)
    issue_token(stage.world, ADMIN, "kept", [Role.VIEWER], None)
    revoke_tokens(stage.world, ADMIN, "revoked")
    account = stage.sign()
    swept = sweep(stage.world, ADMIN)
    sweep(stage.world, ADMIN)
    with stage.world.database.writing() as connection:
        aside = {"cause": "failed", "detail": "x", "set_aside_at": 0}
        connection.execute(
            set_aside.insert(), [{"account_id": account, "run_id": each, **aside} for each in (swept.run_id, uuid4())]
        )
    stage.clock.turn(days=367)

    gone = retain(stage.world, ADMIN, Keep())

    with stage.world.database.reading() as connection:
        names = list(connection.execute(select(api_key.c.name)).scalars())
        left = [connection.execute(select(func.count()).select_from(each)).scalar_one() for each in (run, set_aside)]
    assert (gone[Kept.TOKENS], gone[Kept.RUNS]) == (2, 1)
    assert (names, left) == (["kept"], [1, 1])


def test_history_without_its_old_evidence_stays_provable(stage: Stage) -> None:
    old = a_long_story(stage, "OLD")
    sign_checkpoint(stage.world, ADMIN, make_signer("example.com/log"))
    stage.clock.turn(days=400)
    young = a_long_story(stage, "YOUNG")
    whole = verify(stage.world, ADMIN)

    gone = retain(stage.world, ADMIN, Keep(evidence=YEAR))

    report = verify(stage.world, ADMIN)
    assert gone[Kept.EVIDENCE] == ROWS - 1
    assert (report.flaws, report.let_go, report.inputs) == ([], ROWS - 1, whole.inputs - ROWS + 1)
    assert (report.rows, report.checkpoints) == (whole.rows, 1)
    assert [inputs_of(stage, each) for each in (old, young)] == [0, ROWS - 1]
    last = max(evidence_of(stage.world, ADMIN, [(old, ROWS)]).values(), key=str)
    assert last.inputs is None
    before = int((stage.clock() - YEAR).timestamp() * 1000)
    finished = {"messages": 0, "batches": 1, "refused_rows": 0, "runs": 0, "tokens": 0}
    said = {**finished, "evidence": ROWS - 1, "evidence_done": before}
    assert retained(stage) == [{"evidence_before": before}, said]


def test_evidence_that_went_without_a_word_is_a_flaw(stage: Stage) -> None:
    account = a_long_story(stage, "OLD")
    stage.clock.turn(days=400)
    a_long_story(stage, "YOUNG")
    retain(stage.world, ADMIN, Keep(evidence=YEAR))
    with stage.world.database.writing() as connection:
        connection.execute(transition_inputs.delete().where(transition_inputs.c.account_id != account))

    report = verify(stage.world, ADMIN)

    assert report.failed == ROWS - 1
    assert {flaw.message for flaw in report.flaws} == {"its inputs are gone, and no erasure says why"}


def test_a_run_that_was_stopped_is_gone_on_with(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lifecycle_fsm.services.retention.PAGE", 3)
    accounts = [a_long_story(stage, key) for key in ("A", "B")]
    stage.clock.turn(days=400)
    stopped = retain_page(stage.world, ADMIN, Keep(evidence=YEAR))
    halfway = verify(stage.world, ADMIN)
    stage.clock.turn(days=1)

    retain(stage.world, ADMIN, Keep(evidence=YEAR))
    again = retain(stage.world, ADMIN, Keep(evidence=YEAR))

    assert stopped is not None
    assert (halfway.flaws, 0 < halfway.let_go <= 3) == ([], True)
    assert [inputs_of(stage, each) for each in accounts] == [0, 0]
    assert again[Kept.EVIDENCE] == 0
    assert verify(stage.world, ADMIN).flaws == []


def test_evidence_is_kept_for_a_year_whatever_is_asked(stage: Stage) -> None:
    a_long_story(stage)
    stage.clock.turn(days=364)

    gone = retain(stage.world, ADMIN, Keep(evidence=timedelta(days=1)))

    assert gone[Kept.EVIDENCE] == 0


def test_an_account_without_evidence_lives_on_and_can_be_erased(stage: Stage) -> None:
    account = a_long_story(stage)
    stage.clock.turn(days=400)
    retain(stage.world, ADMIN, Keep(evidence=YEAR))

    stage.send(account, setup_completion=99)
    grow_log(stage.world)
    lived = verify(stage.world, ADMIN)
    erase_account(stage.world, ADMIN, account, "GDPR article 17")

    assert (lived.flaws, lived.let_go) == ([], ROWS - 1)
    assert verify(stage.world, ADMIN).flaws == []


def inputs_of(stage: Stage, account: UUID) -> int:
    query = select(func.count()).select_from(transition_inputs).where(transition_inputs.c.account_id == account)
    with stage.world.database.reading() as connection:
        return connection.execute(query).scalar_one()
