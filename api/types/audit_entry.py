"""What was done beside the history of accounts, each deed an entry of a chain."""

from datetime import datetime

import strawberry

from api.scalars import Document
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.services.audit.entries import ChainedEntry


@strawberry.type(
    description="A deed beside the history of accounts: about rules, tokens, keys, exports, erasures, reviews."
)
class AuditEntry:
    """An entry."""

    seq: int = strawberry.field(description="Its place in the chain of entries, from 1.")
    kind: AuditKind = strawberry.field(description="What was done.")
    actor: str = strawberry.field(description="Who did it; at most 500 characters.")
    subject: str = strawberry.field(
        description="What it was done to: a digest, a name, an id, or some words; at most 500 characters."
    )
    recorded_at: datetime = strawberry.field(description="When.")
    details: Document = strawberry.field(description="More about it, as the hash covers it: plain values by name.")
    prev_hash: str = strawberry.field(description="The hash of the entry before, hexadecimal; 64 characters.")
    hash: str = strawberry.field(description="Its own, `SHA-256(0x00 || prevHash || entry)`; 64 characters.")

    @classmethod
    def of(cls, chained: ChainedEntry) -> "AuditEntry":
        """Show an entry."""
        return cls(
            seq=chained.seq,
            kind=chained.entry.kind,
            actor=chained.entry.actor,
            subject=chained.entry.subject,
            recorded_at=chained.entry.recorded_at,
            details=Document(dict(chained.entry.details)),
            prev_hash=chained.prev_hash.hex(),
            hash=chained.hash.hex(),
        )
