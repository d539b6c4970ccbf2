"""Verifications, checkpoints and proofs, for auditors who check without us."""

from datetime import datetime

import orjson
import strawberry

from api.ids import global_id
from api.scalars import Document
from lifecycle_fsm.services.audit.proofs import Proof as Made
from lifecycle_fsm.services.audit.proofs import StoredCheckpoint
from lifecycle_fsm.services.audit.undecided import undecided_of
from lifecycle_fsm.services.audit.verify import Report


@strawberry.type(description="The length and root of the log, signed.")
class Checkpoint:
    """A checkpoint."""

    size: int = strawberry.field(description="How many rows the log had.")
    signed_at: datetime = strawberry.field(description="When it was signed.")
    verifier: str = strawberry.field(description="The public key, as C2SP writes it; at most 1,000 characters.")
    note: str = strawberry.field(
        description="The signed note, whole (C2SP tlog-checkpoint); at most 10,000 characters."
    )

    @classmethod
    def of(cls, stored: StoredCheckpoint) -> "Checkpoint":
        """Show a checkpoint."""
        return cls(size=stored.size, signed_at=stored.signed_at, verifier=stored.verifier, note=stored.note)


@strawberry.type(description="A proof that anybody can check with a page of code (docs/audit.md).")
class Proof:
    """A proof."""

    format: str = strawberry.field(description="What kind of proof it is; at most 100 characters.")
    file: str = strawberry.field(
        description="The whole proof as JSON, to be kept as a file: with the row's hash and position or the older "
        "checkpoint, the hashes of the path in base64, and the checkpoint. At most 20,000 characters."
    )
    document: Document = strawberry.field(
        description="The same proof as an object, for programs that check it at once."
    )

    @classmethod
    def of(cls, made: Made) -> "Proof":
        """Show a proof."""
        return cls(format=str(made["format"]), file=orjson.dumps(made).decode(), document=Document(made))


@strawberry.type(description="One place at which history does not hold.")
class HistoryFlaw:
    """A flaw."""

    check: str = strawberry.field(description="What it was held to: `chain`, `decision`; at most 50 characters.")
    message: str = strawberry.field(description="What is wrong there; at most 1,000 characters.")
    account_id: strawberry.ID | None = strawberry.field(
        description="The account; null where it is no record of one. At most 500 characters."
    )
    seq: int | None = strawberry.field(description="The number of the record, or of the audit entry; null for none.")
    subject: str | None = strawberry.field(
        description="What it is about where it is no record of an account; at most 500 characters."
    )


@strawberry.type(description="Records of one sort that no guard decided.")
class RecordsUndecided:
    """A sort of exceptions."""

    key: str = strawberry.field(
        description="The sort: the kind of the records in small letters, or `override` for moves against guards; "
        "at most 50 characters."
    )
    records: int = strawberry.field(description="How many they are, from 1.")
    in_words: str = strawberry.field(description="The same in words, `2 CTAs closed`; at most 100 characters.")


@strawberry.type(description="What was checked of history, and what does not hold.")
class HistoryVerification:
    """A report."""

    holds: bool = strawberry.field(
        description="Whether everything that was checked is as it should be; it says nothing of the rest."
    )
    accounts: int = strawberry.field(description="How many accounts were followed.")
    records: int = strawberry.field(description="How many records were hashed anew.")
    inputs: int = strawberry.field(description="How many records have the evidence that they commit to.")
    decided: int = strawberry.field(description="How many were decided again from it.")
    assigned: int = strawberry.field(description="How many were first assignments, which no guard decides.")
    migrated: int = strawberry.field(description="How many were migrations to other rules, which no guard decides.")
    undecided: list[RecordsUndecided] = strawberry.field(
        description="What else no guard decided, what people did before all: most records first; at most 30."
    )
    unproven: int = strawberry.field(
        description="How many happened by themselves under an earlier release, which kept no evidence to decide on."
    )
    erased: int = strawberry.field(description="Of how many the law took the evidence.")
    let_go: int = strawberry.field(description="Of how many retention let the evidence go, as audit entries say.")
    checkpoints: int = strawberry.field(description="How many checkpoints the log was held to.")
    unlogged: int = strawberry.field(description="How many records are too young for the log.")
    flaws: list[HistoryFlaw] = strawberry.field(description="What does not hold, by place; at most 1,000.")
    failed: int = strawberry.field(description="How many flaws there are in all.")

    @classmethod
    def of(cls, report: Report) -> "HistoryVerification":
        """Show a report."""
        apart = undecided_of(report.excepted)
        return cls(
            holds=report.holds,
            accounts=report.accounts,
            records=report.rows,
            inputs=report.inputs,
            decided=report.decided,
            assigned=apart.assigned,
            migrated=apart.migrated,
            undecided=[
                RecordsUndecided(key=each.key, records=each.rows, in_words=each.in_words) for each in apart.others
            ],
            unproven=apart.earlier,
            erased=report.erased,
            let_go=report.let_go,
            checkpoints=report.checkpoints,
            unlogged=report.unlogged,
            failed=report.failed,
            flaws=[
                HistoryFlaw(
                    check=each.check.value,
                    message=each.message,
                    account_id=None
                    if each.account_id is None
                    else strawberry.ID(global_id("Account", each.account_id)),
                    seq=each.seq,
                    subject=each.subject,
                )
                for each in report.flaws
            ],
        )
