"""Input fields that commands share."""

KEY = (
    "Names this command, once for ever; 1 to 200 printable characters. The same key gives the first outcome again, "
    "so a call may be repeated; with another input it is an IDEMPOTENCY_CONFLICT."
)

REPLAYED = "Whether this repeats the outcome of an earlier call with the key."
REVISION = "The revision of the account that the caller saw; refused when it has changed since. Null takes any."
GROUND = "The law's article or the ticket, and no person; 1 to 500 printable characters. It is kept for ever."
COMMENT = "A remark for history; 1 to 500 printable characters."
CTA_ID = "The CTA's id; at most 500 characters."
PLAN_ID = "The plan's id; at most 500 characters. An unknown one answers PlanNotFound."
