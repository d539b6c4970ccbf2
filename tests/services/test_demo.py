"""The demo is played through the engine, and playing it again gives the same years."""

from collections import Counter
from pathlib import Path
from uuid import UUID

import orjson
import pytest

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.domain.portfolio import AccountFilter, AccountOrder
from lifecycle_fsm.services.browse import page_accounts
from lifecycle_fsm.services.demo.play import play_demo
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.store.accounts import load_accounts
from lifecycle_fsm.store.history import load_chain
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.ledger import Link, verify_chain
from tests.builders import MONDAY
from tests.databases import sqlite_database
from tests.worlds import ADMIN, Stage, a_stage

ACCOUNTS, DAYS = 40, 200
PLAYED = {
    RecordKind.ASSIGNED,
    RecordKind.MOVED,
    RecordKind.REFUSED,
    RecordKind.PACE_CHANGED,
    RecordKind.ALERT_OPENED,
    RecordKind.ALERT_CLEARED,
    RecordKind.MILESTONE_REACHED,
    RecordKind.MILESTONE_MISSED,
    RecordKind.CTA_CLOSED,
    RecordKind.PLAN_CHANGED,
}


def played(stage: Stage) -> list[UUID]:
    told: list[tuple[int, int]] = []
    play_demo(stage.world, lambda done, days: told.append((done, days)), until=MONDAY, accounts=ACCOUNTS, days=DAYS)
    assert told == [(day, DAYS) for day in range(1, DAYS + 1)]
    page = page_accounts(stage.world, ADMIN, AccountFilter(), AccountOrder(), PageRequest(100))
    return [view.lifecycle.account_id for view in page.items]


def chains(stage: Stage, ids: list[UUID]) -> dict[UUID, tuple[Link, ...]]:
    with stage.world.database.reading() as connection:
        return {account_id: load_chain(connection, account_id) for account_id in ids}


def test_every_account_stands_where_its_history_says(stage: Stage) -> None:
    ids = played(stage)

    with stage.world.database.reading() as connection:
        accounts = load_accounts(connection, ids, load_layout(connection))
        for account_id, links in chains(stage, ids).items():
            account = accounts[account_id]
            assert verify_chain(links, account.head.hash) is None
            assert (links[-1].entry.to_stage, links[-1].seq) == (account.lifecycle.stage, account.lifecycle.revision)


def test_every_open_cta_was_opened_by_a_row_of_history(stage: Stage) -> None:
    ids = played(stage)

    with stage.world.database.reading() as connection:
        accounts = load_accounts(connection, ids, load_layout(connection))
    for account_id, links in chains(stage, ids).items():
        opened = Counter(
            f"{link.seq}.{index}"
            for link in links
            for index, effect in enumerate(orjson.loads(link.entry.effects))
            if effect["did"] == "cta_opened"
        )
        assert opened == Counter(cta.cause_key for cta in accounts[account_id].lifecycle.ctas)


def test_the_same_seed_plays_the_same_years(tmp_path: Path, migrated_file: Path) -> None:
    stories = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        with sqlite_database(folder, migrated_file) as url, a_stage(url) as stage:
            rows = chains(stage, played(stage))
            stories.append({account: [_told(link) for link in links] for account, links in rows.items()})

    assert stories[0] == stories[1]
    kinds = Counter(told[0] for story in stories[0].values() for told in story)
    assert kinds[RecordKind.ASSIGNED] == ACCOUNTS
    assert set(kinds) == PLAYED


def test_an_interrupted_play_goes_on_to_the_same_end(tmp_path: Path, migrated_file: Path) -> None:
    stories = []
    for stop_on in (90, None):
        folder = tmp_path / str(stop_on)
        folder.mkdir()
        with sqlite_database(folder, migrated_file) as url, a_stage(url) as stage:
            if stop_on is not None:
                _interrupt(stage, stop_on)
            play_demo(stage.world, lambda *_: None, until=MONDAY, accounts=ACCOUNTS, days=DAYS)
            rows = chains(stage, [account_id_for(f"A-{number:04}") for number in range(ACCOUNTS)])
            stories.append({account: [_told(link) for link in links] for account, links in rows.items()})

    assert stories[0] == stories[1]


class Stopped(Exception):
    """Somebody pressed Ctrl-C."""


def _interrupt(stage: Stage, day: int) -> None:
    def stop(done: int, _: int) -> None:
        if done == day:
            raise Stopped

    with pytest.raises(Stopped):
        play_demo(stage.world, stop, until=MONDAY, accounts=ACCOUNTS, days=DAYS)


def test_other_definitions_than_its_own_need_its_words(tmp_path: Path, migrated_file: Path) -> None:
    with sqlite_database(tmp_path, migrated_file) as url, a_stage(url, "telco") as stage:
        with pytest.raises(
            InvalidInput, match=r"the demo sends the fact 'account\.arr', which the published catalog lacks"
        ):
            play_demo(stage.world, lambda *_: None, until=MONDAY, accounts=ACCOUNTS, days=DAYS)

        assert page_accounts(stage.world, ADMIN, AccountFilter(), AccountOrder(), PageRequest(1)).items == ()


def test_after_the_play_only_time_can_change_anything(stage: Stage) -> None:
    played(stage)
    stage.clock.at = MONDAY.replace(hour=0)

    first = evaluate_waiting(stage.world, ADMIN)
    second = evaluate_waiting(stage.world, ADMIN)

    assert second.looked_at == 0
    assert first.changed_meanwhile == 0


def _told(link: Link) -> tuple[object, ...]:
    entry = link.entry
    return entry.kind, entry.to_stage, entry.transition, entry.subject, entry.effective_at, entry.effects
