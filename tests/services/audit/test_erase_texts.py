"""Texts of reviewers about all accounts can be erased: the words go, that something was said stays provable."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, insert, select, update

from lifecycle_fsm.domain.errors import Forbidden, InvalidInput, StoreFailed
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.audit.checkpoints import sign_checkpoint
from lifecycle_fsm.services.audit.erase import (
    Texts,
    erase_account,
    erase_texts,
    erasure_list,
    read_erasures,
    replay_erasures,
    write_erasures,
)
from lifecycle_fsm.services.audit.review import About, Mark, MarkFilter, list_marks, mark_reviewed
from lifecycle_fsm.services.audit.signing import make_signer
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.erasure import TextErasure, erase_text
from lifecycle_fsm.store.tables.audit import review_mark, text_erasure
from tests.worlds import ADMIN, CSM, Stage

GROUND = "GDPR article 17"


@pytest.fixture
def say(stage: Stage) -> Callable[[str], UUID]:
    """Say something about all accounts in the last year; gives the id of the mark."""

    def said(comment: str) -> UUID:
        about = About(since=stage.clock() - timedelta(days=365), before=stage.clock())
        return mark_reviewed(stage.world, ADMIN, about, comment, comment).mark.id

    return said


def comments(stage: Stage) -> set[str]:
    return {each.comment for each in marks(stage)}


def marks(stage: Stage) -> list[Mark]:
    return list(list_marks(stage.world, ADMIN, MarkFilter(), PageRequest(100)).items)


def flaws(stage: Stage) -> list[str]:
    return [each.message for each in verify(stage.world, ADMIN).flaws]


def test_the_words_go_and_every_proof_holds(stage: Stage, acme: UUID, say: Callable[[str], UUID]) -> None:
    first, _ = say("Ada Lovelace signed this off"), say("Looked at everything")
    sign_checkpoint(stage.world, ADMIN, make_signer("example.com/log"))
    (before,) = [each for each in marks(stage) if each.id == first]

    done = erase_texts(stage.world, ADMIN, Texts(mark_id=first), GROUND)

    (after,) = [each for each in marks(stage) if each.id == first]
    assert [(each.mark_id, each.erased_by, each.ground) for each in done] == [(first, "root", GROUND)]
    assert comments(stage) == {"", "Looked at everything"}
    assert (after.comment, after.salt) == ("", None)
    assert (after.author, after.marked_at, after.since) == (before.author, before.marked_at, before.since)
    assert flaws(stage) == []


def test_erasing_a_text_twice_is_erasing_it_once(stage: Stage, acme: UUID, say: Callable[[str], UUID]) -> None:
    mark = say("Ada Lovelace signed this off")
    erase_texts(stage.world, ADMIN, Texts(mark_id=mark), GROUND)

    assert erase_texts(stage.world, ADMIN, Texts(mark_id=mark), GROUND) == ()
    assert len(erasure_list(stage.world, ADMIN)) == 1


def test_everything_that_a_reviewer_wrote_goes(stage: Stage, acme: UUID, say: Callable[[str], UUID]) -> None:
    say("one")
    mark_reviewed(stage.world, ADMIN, About(acme), "two", "two")

    done = erase_texts(stage.world, ADMIN, Texts(author="root"), GROUND)

    assert (len(done), comments(stage)) == (2, {""})
    assert flaws(stage) == []


def test_erasing_an_account_takes_the_texts_that_name_it(stage: Stage, acme: UUID, say: Callable[[str], UUID]) -> None:
    for text in ("acme looks odd", f"see {acme}", "all but ACMELAND"):
        say(text)

    erase_account(stage.world, ADMIN, acme, GROUND)

    assert comments(stage) == {"", "all but ACMELAND"}
    assert flaws(stage) == []


def test_a_restored_backup_replays_erased_texts(
    stage: Stage, acme: UUID, say: Callable[[str], UUID], tmp_path: Path
) -> None:
    mark, gone = say("Ada Lovelace signed this off"), uuid4()
    listed = read_erasures(write_erasures([TextErasure(each, stage.clock(), "root", GROUND) for each in (mark, gone)]))

    replayed = replay_erasures(stage.world, ADMIN, listed)
    again = replay_erasures(stage.world, ADMIN, listed)

    assert [(each.erasure, each.already) for each in replayed] == [(listed[0], False)]
    assert [each.already for each in again] == [True]
    assert erasure_list(stage.world, ADMIN) == listed[:1]
    assert (comments(stage), flaws(stage)) == ({""}, [])


def _at(connection: Connection) -> datetime:
    return from_ms(connection.execute(select(review_mark.c.marked_at)).scalar_one())


def _listed(connection: Connection, mark: UUID, *, gone: bool = False, **values: object) -> None:
    """Change or remove a mark whose text is on the list."""
    connection.execute(insert(text_erasure).values(mark_id=mark, erased_at=0, erased_by="root", ground=GROUND))
    here = review_mark.c.id == mark
    connection.execute(delete(review_mark).where(here) if gone else update(review_mark).where(here).values(values))


def _list_taken_back(connection: Connection, mark: UUID) -> None:
    erase_text(connection, TextErasure(mark, _at(connection), "root", GROUND))
    connection.execute(delete(text_erasure))


TAMPERING: dict[str, Callable[[Connection, UUID], object]] = {
    "a text that is on no list": lambda connection, mark: connection.execute(
        update(review_mark).where(review_mark.c.id == mark).values(comment="", salt=None)
    ),
    "another text": lambda connection, mark: _listed(connection, mark, comment="All is well", salt=None),
    "the salt that stays": lambda connection, mark: _listed(connection, mark, comment=""),
    "another author": lambda connection, mark: _listed(connection, mark, comment="", salt=None, author="eve"),
    "another period": lambda connection, mark: _listed(connection, mark, comment="", salt=None, to_at=None),
    "the mark itself": lambda connection, mark: _listed(connection, mark, gone=True),
    "the list": _list_taken_back,
}


@pytest.mark.parametrize("deed", TAMPERING)
def test_the_database_lets_go_of_nothing_else(stage: Stage, acme: UUID, say: Callable[[str], UUID], deed: str) -> None:
    mark = say("Ada Lovelace signed this off")

    with pytest.raises(StoreFailed, match="refused"), stage.world.database.writing() as connection:
        TAMPERING[deed](connection, mark)

    assert comments(stage) == {"Ada Lovelace signed this off"}


@pytest.mark.parametrize(
    ("statement", "flaw"),
    [
        ("UPDATE review_mark SET comment = 'All is well'", "the text of its review mark is not the one that was said"),
        (
            "UPDATE review_mark SET comment = ''",
            "the text of its review mark is gone, and no erasure says so",
        ),
        ("DELETE FROM review_mark", "the review mark that it speaks of is gone, and no erasure says so"),
    ],
)
def test_verification_finds_what_was_done_without_the_rails(
    stage: Stage, acme: UUID, say: Callable[[str], UUID], statement: str, flaw: str
) -> None:
    say("Ada Lovelace signed this off")
    with stage.world.database.writing() as connection:
        sqlite = connection.dialect.name == "sqlite"
        for deed in ("update", "delete") if sqlite else ("change",):
            connection.exec_driver_sql(f"DROP TRIGGER review_mark_no_{deed}{'' if sqlite else ' ON review_mark'}")
        connection.exec_driver_sql(statement)

    assert flaws(stage) == [flaw]


def test_who_may_not_erase_and_what_is_not_there_is_refused(
    stage: Stage, acme: UUID, say: Callable[[str], UUID]
) -> None:
    mark = say("one")

    with pytest.raises(Forbidden):
        erase_texts(stage.world, CSM, Texts(mark_id=mark), GROUND)
    with pytest.raises(InvalidInput, match="no review mark with this id"):
        erase_texts(stage.world, ADMIN, Texts(mark_id=uuid4()), GROUND)
    with pytest.raises(InvalidInput, match="the ground must be"):
        erase_texts(stage.world, ADMIN, Texts(mark_id=mark), "")

    assert comments(stage) == {"one"}
