"""Every way in which somebody with all rights could change history is found, and its place is named."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete, func, text, update

from lifecycle_fsm.domain.audit import Check, Flaw
from lifecycle_fsm.services.audit.checkpoints import sign_checkpoint
from lifecycle_fsm.services.audit.log_check import Signed
from lifecycle_fsm.services.audit.signing import make_signer
from lifecycle_fsm.services.audit.verify import Extent
from lifecycle_fsm.store.checkpoints import add_verifier, load_checkpoints, save_checkpoint
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.audit import audit_entry, checkpoint, checkpoint_key, merkle_leaf, merkle_node
from lifecycle_fsm.store.tables.history import transition_inputs
from tests.databases import sqlite_database
from tests.faults.attackers import cut_off, edit, remove, rewrite, swap, unguarded, value_of
from tests.looks import verify_both_ways as verify
from tests.services.audit.histories import a_long_story
from tests.usual import first
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
        ("evaluator", "9"),
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


@pytest.mark.parametrize(
    ("place", "check"),
    [
        (f"transition_log SET {column}", Check.CHAIN)
        for column in ("actor", "effects", "machine", "to_stage", "command_id", "transition", "subject")
    ]
    + [("transition_inputs SET inputs", Check.INPUTS), ("transition_inputs SET reason", Check.INPUTS)],
)
def test_a_text_that_is_none_is_named(tmp_path: Path, migrated_file: Path, place: str, check: Check) -> None:
    """SQLite keeps whatever bytes are called a text; PostgreSQL refuses them."""
    with sqlite_database(tmp_path, migrated_file) as url, a_stage(url) as stage:
        acme = a_long_story(stage)
        broken = f"UPDATE {place} = CAST(x'ff41' AS TEXT) WHERE seq = 4"

        found = found_after(stage, acme, lambda connection, _: connection.execute(text(broken)))

    assert (check, 4) in {(each, seq) for each, seq, _ in found}


@pytest.mark.parametrize("nonsense", first(1, ["nonsense", '{"did": 1}', '[{"other": 1}]', "[1]"]))
@pytest.mark.parametrize("column", first(2, ["effects", "to_stage", "subject", "trigger", "transition", "machine"]))
def test_nonsense_in_any_row_is_named_and_ends_nothing(stage: Stage, acme: UUID, column: str, nonsense: str) -> None:
    for seq in range(1, 8):
        with unguarded(stage.world.database) as connection:
            before = value_of(connection, acme, seq, column)
            edit(connection, acme, seq, **{column: nonsense})
        flaws = verify(stage.world, ADMIN).flaws
        with unguarded(stage.world.database) as connection:
            edit(connection, acme, seq, **{column: before})

        assert (Check.CHAIN, acme, seq, _EDITED) in [
            (each.check, each.account_id, each.seq, each.message) for each in flaws
        ]
    assert verify(stage.world, ADMIN).flaws == []


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


def signed(stage: Stage) -> tuple[str, str]:
    """Sign a checkpoint of everything, and give what an auditor keeps outside: the note and the public key."""
    signer = make_signer("example.com/lifecycle")
    made = sign_checkpoint(stage.world, ADMIN, signer)
    assert verify(stage.world, ADMIN).flaws == []
    return made.note, str(signer.verifier)


def test_an_account_hashed_again_as_a_whole_is_named_by_the_log(stage: Stage, acme: UUID) -> None:
    signed(stage)

    with unguarded(stage.world.database) as connection:
        rewrite(connection, acme, lambda entry: replace(entry, actor="eve" if entry.actor == "ada" else entry.actor))

    flaws = verify(stage.world, ADMIN).flaws
    assert [(flaw.check, flaw.account_id, flaw.seq) for flaw in flaws] == [
        (Check.LOG, acme, seq) for seq in (3, 4, 5, 6, 7)
    ]


def test_rows_cut_off_after_a_checkpoint_are_named_by_the_log(stage: Stage, acme: UUID) -> None:
    signed(stage)

    with unguarded(stage.world.database) as connection:
        cut_off(connection, acme, 5)

    gone = "the row is gone or another than the log has"
    assert verify(stage.world, ADMIN).flaws == [Flaw(Check.LOG, gone, acme, seq) for seq in (6, 7)]


def test_a_log_cut_off_with_the_rows_is_named_by_the_checkpoint(stage: Stage, acme: UUID) -> None:
    signed(stage)

    with unguarded(stage.world.database) as connection:
        cut_off(connection, acme, 5)
        connection.execute(delete(merkle_leaf).where(merkle_leaf.c.account_id == acme, merkle_leaf.c.seq > 5))

    flaws = verify(stage.world, ADMIN).flaws
    assert (Check.CHECKPOINT, "checkpoint 16") in {(flaw.check, flaw.subject) for flaw in flaws}


def test_a_log_built_again_is_named_by_the_checkpoint_that_the_auditor_kept(stage: Stage, acme: UUID) -> None:
    note, key = signed(stage)
    with unguarded(stage.world.database) as connection:
        rewrite(connection, acme, lambda entry: replace(entry, actor=None))
        for table in (merkle_leaf, merkle_node, checkpoint, checkpoint_key):
            connection.execute(delete(table))
    sign_checkpoint(stage.world, ADMIN, make_signer("example.com/lifecycle"))

    inside = verify(stage.world, ADMIN)
    outside = verify(stage.world, ADMIN, Extent(outside=Signed((note,), (key,))))

    assert inside.flaws == []
    assert [(flaw.subject, flaw.message) for flaw in outside.flaws] == [
        ("checkpoint 17", "no key that is trusted signed it"),
        ("given checkpoint 1", "the log has another root than was signed"),
    ]


def test_a_row_put_in_after_a_checkpoint_is_named(stage: Stage, acme: UUID) -> None:
    signed(stage)

    with unguarded(stage.world.database) as connection:
        connection.execute(delete(merkle_leaf).where(merkle_leaf.c.account_id == acme, merkle_leaf.c.seq == 4))

    flaws = verify(stage.world, ADMIN).flaws
    assert Flaw(Check.LOG, "the row was put before one that the log has", acme, 4) in flaws


def test_an_edited_checkpoint_is_named(stage: Stage, acme: UUID) -> None:
    signed(stage)

    with unguarded(stage.world.database) as connection:
        connection.execute(update(checkpoint).values(note=func.replace(checkpoint.c.note, "\n16\n", "\n15\n")))

    assert verify(stage.world, ADMIN).flaws == [
        Flaw(Check.CHECKPOINT, "no key that is trusted signed it", subject="checkpoint 16")
    ]


def test_an_edited_audit_entry_is_named(stage: Stage, acme: UUID) -> None:
    signed(stage)

    with unguarded(stage.world.database) as connection:
        connection.execute(update(audit_entry).where(audit_entry.c.seq == 1).values(actor="eve"))

    (flaw,) = verify(stage.world, ADMIN).flaws
    assert (flaw.check, flaw.seq, flaw.subject) == (Check.ENTRY, 1, "audit entries")


def test_rotated_keys_leave_old_checkpoints_valid(stage: Stage, acme: UUID) -> None:
    signed(stage)
    a_long_story(stage, "CORE")
    sign_checkpoint(stage.world, ADMIN, make_signer("example.com/lifecycle"))

    report = verify(stage.world, ADMIN)

    assert (report.flaws, report.checkpoints, report.leaves, report.unlogged) == ([], 2, 24, 0)


def test_a_key_put_into_the_store_by_hand_vouches_for_nothing(stage: Stage, acme: UUID) -> None:
    signed(stage)
    forger = make_signer("example.com/forged")
    with stage.world.database.reading() as connection:
        (kept,) = load_checkpoints(connection)
    note = forger.sign(kept.note.rpartition("\n\n")[0] + "\n")
    with unguarded(stage.world.database) as connection:
        add_verifier(connection, str(forger.verifier), stage.clock(), "root")
        save_checkpoint(connection, replace(kept, verifier=str(forger.verifier), note=note))

    report = verify(stage.world, ADMIN)

    assert sorted((flaw.check, flaw.subject, flaw.message) for flaw in report.flaws) == [
        (Check.CHECKPOINT, f"checkpoint {kept.size}", "no key that is trusted signed it"),
        (
            Check.CHECKPOINT,
            f"key {forger.verifier}",
            "no audit entry says who added it, so that it is not trusted",
        ),
    ]


def test_a_rotation_that_the_auditor_was_not_told_of_is_refused(stage: Stage, acme: UUID) -> None:
    old = make_signer("example.com/lifecycle")
    sign_checkpoint(stage.world, ADMIN, old)
    a_long_story(stage, "CORE")
    later = sign_checkpoint(stage.world, ADMIN, make_signer("example.com/lifecycle"))

    report = verify(stage.world, ADMIN, Extent(outside=Signed(verifiers=(str(old.verifier),))))

    assert [(flaw.check, flaw.subject, flaw.message) for flaw in report.flaws] == [
        (Check.CHECKPOINT, f"checkpoint {later.size}", "no key that is trusted signed it")
    ]
