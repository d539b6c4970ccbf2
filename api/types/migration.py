"""How far the accounts of a publication have gone over to its versions."""

from datetime import UTC, datetime
from uuid import UUID

import strawberry

from lifecycle_fsm.services.publishing_pages import RollOutProgress

_NOTHING = RollOutProgress(UUID(int=0), "", datetime.min.replace(tzinfo=UTC))


@strawberry.type(
    description="Accounts that go over to other rules, page by page, and what these did at once. A large roll-out is "
    "gone on with by workers; ask again for its `left`."
)
class Migration:
    """What a migration came to."""

    started_at: datetime | None = strawberry.field(description="When it began; null where no account was to go over.")
    finished_at: datetime | None = strawberry.field(description="When the last account had its turn; null until then.")
    total: int = strawberry.field(description="How many accounts were to go over when it began, whatever the share.")
    left: int = strawberry.field(description="How many of them have not had their turn yet.")
    migrated: int = strawberry.field(description="How many accounts got another version of their segment's rules.")
    reassigned: int = strawberry.field(description="How many accounts went to another segment.")
    without_landing: int = strawberry.field(
        description="How many stay because they came since into a stage from which nothing leads on."
    )
    moved: int = strawberry.field(description="How many moves the new rules made.")
    ctas_opened: int = strawberry.field(description="How many CTAs were opened.")
    changed_meanwhile: int = strawberry.field(
        description="How many accounts somebody else changed at the same time; apply again to take them over."
    )
    failed: int = strawberry.field(description="How many accounts could not be evaluated; apply again.")

    @classmethod
    def of(cls, progress: RollOutProgress | None) -> "Migration":
        """Show how far a roll-out has come; None has nothing to do."""
        shown = progress or _NOTHING
        return cls(
            started_at=None if progress is None else shown.started_at,
            finished_at=shown.finished_at,
            total=shown.total,
            left=shown.left,
            migrated=shown.migrated,
            reassigned=shown.reassigned,
            without_landing=shown.without_landing,
            moved=shown.moved,
            ctas_opened=shown.ctas_opened,
            changed_meanwhile=shown.changed_meanwhile,
            failed=shown.failed,
        )
