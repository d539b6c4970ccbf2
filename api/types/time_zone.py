"""Where the days of an account begin."""

import strawberry

from lifecycle_fsm.domain.moments import MINUTE_MS, from_day, to_ms
from lifecycle_fsm.domain.zones import ZoneGap
from lifecycle_fsm.services.views import AccountView

_WHY = {
    ZoneGap.MISSING: "days of UTC, for its time zone is not known",
    ZoneGap.UNKNOWN_NAME: "days of UTC, for there is no time zone {written!r}",
}


@strawberry.type(
    description="The time zone in which the days of an account are counted: `days_until`, `days_since`, business days "
    "and the ends of dates."
)
class AccountTimeZone:
    """The zone as it counts."""

    name: str = strawberry.field(
        description="The IANA name of the zone that counts, such as Europe/Berlin; UTC where the account's own cannot. "
        "At most 60 characters."
    )
    written: str | None = strawberry.field(
        description="What the account's fact says; null for nothing, and where one zone is for all. 500 letters."
    )
    gap: ZoneGap | None = strawberry.field(
        description="What is missing in the account's data so that its own zone cannot count; null for nothing."
    )
    offset_minutes: int = strawberry.field(
        description="How far its clocks are ahead of UTC at `asOf`; negative where they are behind."
    )
    today: str = strawberry.field(description="The day that it is there at `asOf`: `2026-03-31`.")
    text: str = strawberry.field(description="In words. At most 600 characters.")

    @classmethod
    def of(cls, view: AccountView) -> "AccountTimeZone | None":
        """Show the zone that counts; None where the rules count days of UTC."""
        chosen = view.time_zone
        if chosen is None:
            return None
        as_of_ms = to_ms(view.as_of)
        text = f"days of {chosen.zone.name}" if chosen.gap is None else _WHY[chosen.gap].format(written=chosen.written)
        return cls(
            name=chosen.zone.name,
            written=chosen.written,
            gap=chosen.gap,
            offset_minutes=chosen.zone.shift_ms(as_of_ms) // MINUTE_MS,
            today=from_day(chosen.zone.day(as_of_ms)).isoformat(),
            text=text,
        )
