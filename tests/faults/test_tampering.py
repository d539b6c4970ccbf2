"""Every way in which somebody with all rights could change history is found, and its place is named."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from sqlalchemy import delete, text, update

from lifecycle_fsm.domain.audit import Check, Flaw
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.history import transition_inputs
from tests.faults.attackers import edit, remove, rewrite, swap, unguarded
from tests.services.audit.histories import a_long_story
from tests.worlds import ADMIN, Stage, a_stage

Tamper = Callable[[Connection, UUID], object]

_EDITED = "its contents are not those that were hashed"
_INPUTS = "its inputs or its reason are not those that it commits to"


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A store with the demo's machines and two accounts with seven rows each."""
    with a_stage(database_url) as opened:
        a_long_story(opened, "BOLT")
        yield opened


@pytest.fixture
def acme(stage: Stage) -> UUID:
    """The account whose history somebody wants to be another."""
    return a_long_story(stage)


def found_after(stage: Stage, account: UUID, tamper: Tamper) -> list[tuple[Check, int | None, str]]:
    """What verification finds once somebody was there; every flaw is of that account."""
    assert verify(stage.world, ADMIN).flaws == []
    with unguarded(stage.world.database) as connection:
        tamper(connection, account)
    flaws = verify(stage.world, ADMIN).flaws
    assert {flaw.account_id for flaw in flaws} <= {account}
    return [(flaw.check, flaw.seq, flaw.message) for flaw in flaws]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "eve"),
        ("recorded_at", 0),
        ("effective_at", 0),
        ("transition", "other"),
        ("trigger", "other"),
        ("cause", "import"),
        ("effects", "[]"),
        ("evaluator", "2"),
        ("command_id", "other"),
        ("on_behalf_of", "eve"),
        ("subject", "other"),
        ("run_id", None),
        ("prev_hash", bytes(32)),
        ("hash", bytes(32)),
    ],
)
def test_an_edited_row_is_named(stage: Stage, acme: UUID, column: str, value: object) -> None:
    found = found_after(stage, acme, lambda connection, account: edit(connection, account, 4, **{column: value}))

    assert (Check.CHAIN, 4) in {(check, seq) for check, seq, _ in found}
    assert {seq for _, seq, _ in found} == {4}


@pytest.mark.parametrize("column", ["from_stage", "to_stage"])
def test_another_stage_is_named(stage: Stage, acme: UUID, column: str) -> None:
    found = found_after(stage, acme, lambda connection, account: edit(connection, account, 4, **{column: "renewal"}))

    assert (Check.CHAIN, 4, _EDITED) in found
    assert (Check.STAGE, 4 if column == "from_stage" else 5) in {(check, seq) for check, seq, _ in found}


def test_another_input_is_named(stage: Stage, acme: UUID) -> None:
    def tamper(connection: Connection, account: UUID) -> None:
        here = (transition_inputs.c.account_id == account, transition_inputs.c.seq == 6)
        connection.execute(update(transition_inputs).where(*here).values(inputs='{"measure.setup_completion":50}'))

    assert found_after(stage, acme, tamper) == [(Check.INPUTS, 6, _INPUTS)]


def test_another_reason_is_named(stage: Stage, acme: UUID) -> None:
    def tamper(connection: Connection, account: UUID) -> None:
        here = (transition_inputs.c.account_id == account, transition_inputs.c.seq == 7)
        connection.execute(update(transition_inputs).where(*here).values(reason="a better one"))

    assert found_after(stage, acme, tamper) == [(Check.INPUTS, 7, _INPUTS)]


def test_removed_inputs_are_not_taken_for_an_erasure(stage: Stage, acme: UUID) -> None:
    def tamper(connection: Connection, account: UUID) -> None:
        here = (transition_inputs.c.account_id == account, transition_inputs.c.seq == 6)
        connection.execute(delete(transition_inputs).where(*here))

    assert found_after(stage, acme, tamper) == [(Check.INPUTS, 6, "its inputs are gone, and no erasure says why")]


def test_another_definition_is_named_with_all_that_was_decided_under_it(stage: Stage, acme: UUID) -> None:
    with unguarded(stage.world.database) as connection:
        edited = "UPDATE machine_version SET document = replace(document, 'Kick', 'Pick') WHERE segment = 'enterprise'"
        assert connection.execute(text(edited)).rowcount == 1
        digest = connection.execute(text("SELECT digest FROM machine_version WHERE segment = 'enterprise'")).scalar()

    report = verify(stage.world, ADMIN)

    assert report.flaws[-1] == Flaw(Check.MACHINE, "its text is not the one that was published", subject=str(digest))
    assert {flaw.check for flaw in report.flaws[:-1]} == {Check.DECISION}
    assert len(report.flaws) == 9


@pytest.mark.parametrize("seq", [1, 4])
def test_a_removed_row_is_named(stage: Stage, acme: UUID, seq: int) -> None:
    found = found_after(stage, acme, lambda connection, account: remove(connection, account, seq))

    assert (Check.CHAIN, seq, "the row is missing") in found


def test_a_removed_last_row_is_named(stage: Stage, acme: UUID) -> None:
    found = found_after(stage, acme, lambda connection, account: remove(connection, account, 7))

    assert found == [(Check.HEAD, 7, "the row is missing: the account's head is row 7")]


def test_a_removed_history_is_named(stage: Stage, acme: UUID) -> None:
    def tamper(connection: Connection, account: UUID) -> None:
        for seq in range(1, 8):
            remove(connection, account, seq)

    assert found_after(stage, acme, tamper) == [(Check.HEAD, 1, "all of its 7 rows are missing")]


def test_an_account_without_its_state_is_named(stage: Stage, acme: UUID) -> None:
    def tamper(connection: Connection, account: UUID) -> None:
        connection.execute(delete(account_state).where(account_state.c.account_id == account))

    assert found_after(stage, acme, tamper) == [(Check.HEAD, 1, "it has history, but there is no such account")]


def test_swapped_rows_are_named(stage: Stage, acme: UUID) -> None:
    found = found_after(stage, acme, lambda connection, account: swap(connection, account, 3, 5))

    assert (Check.CHAIN, 3, "it does not follow the row before it") in found


def test_an_account_put_elsewhere_is_named(stage: Stage, acme: UUID) -> None:
    def tamper(connection: Connection, account: UUID) -> None:
        connection.execute(update(account_state).where(account_state.c.account_id == account).values(stage="adoption"))

    ((check, seq, message),) = found_after(stage, acme, tamper)

    assert (check, seq) == (Check.STAGE, 7)
    assert message.startswith("the account stands in 'adoption'")


def test_a_forged_decision_is_named_although_every_hash_is_right(stage: Stage, acme: UUID) -> None:
    """Somebody makes a refusal of what the evidence allowed, and hashes all of it again."""

    def tamper(connection: Connection, account: UUID) -> None:
        edit(connection, account, 7, cause="person")
        rewrite(connection, account, lambda entry: entry)

    assert found_after(stage, acme, tamper) == [(Check.DECISION, 7, "it moved, but its inputs do not allow it")]
