"""The hot row of each account, its profile, and where the values that guards read lie in the row."""

from sqlalchemy import BigInteger, Column, Double, Index, LargeBinary, Table, Text, UniqueConstraint

from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.partial import partial_index
from lifecycle_fsm.store.tables.types import Id, JsonObject, SortedText, one_of

NUMBER_SLOTS = tuple(f"n{place:02}" for place in range(32))
INTEGER_SLOTS = tuple(f"i{place:02}" for place in range(16))
TEXT_SLOTS = tuple(f"t{place:02}" for place in range(8))

account_state = Table(
    "account_state",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("segment", Text, nullable=False),
    Column("machine", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("entered_at", BigInteger, nullable=False),
    Column("came_from", Text),
    Column("state_version", BigInteger, nullable=False),
    Column("facts_version", BigInteger, nullable=False),
    Column("head_hash", LargeBinary(32), nullable=False),
    Column("next_check_at", BigInteger),
    Column("noted_pace", Text, nullable=False),
    Column("health_score", Double),
    Column("health_band", Text),
    Column("csm", SortedText),
    *(Column(slot, Double) for slot in NUMBER_SLOTS),
    *(Column(slot, BigInteger) for slot in INTEGER_SLOTS),
    *(Column(slot, Text) for slot in TEXT_SLOTS),
    Column("more", JsonObject, nullable=False),
    Column("bookkeeping", JsonObject, nullable=False),
    Column("overrides", JsonObject),
    Column("paused_ms", BigInteger),
    Column("pause_from", BigInteger),
    Column("alerts_on", BigInteger),
    one_of("noted_pace", Pace),
    one_of("health_band", Band),
    Index(None, "segment", "stage", "entered_at"),
    Index("ix_account_state_owner", "account_id", "csm", postgresql_include=["segment", "stage", "entered_at"]),
    partial_index("ix_account_state_paused", "account_id", where="paused_ms IS NOT NULL OR pause_from IS NOT NULL"),
    partial_index(None, "csm", where="csm IS NOT NULL"),
    partial_index(None, "next_check_at", where="next_check_at IS NOT NULL"),
    postgresql_with={"fillfactor": "80"},
)

account_profile = Table(
    "account_profile",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("key", SortedText, nullable=False),
    Column("name", SortedText, nullable=False),
    Column("csm_name", Text),
    Column("attributes", JsonObject, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index(None, "key"),
    Index(None, "name", "account_id"),
)

field_slot = Table(
    "field_slot",
    metadata,
    Column("field", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("slot", Text, nullable=False),
    UniqueConstraint("slot"),
)
