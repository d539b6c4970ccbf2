"""Closed sets of what came of rows, and of what changed."""

from api.types.enums.describing import describe
from lifecycle_fsm.services.difference import Aspect
from lifecycle_fsm.services.intake.milestones import MilestoneNote
from lifecycle_fsm.services.intake.rows import Kind
from lifecycle_fsm.services.observe import RowNote
from lifecycle_fsm.services.register import AccountNote

describe(
    Aspect,
    "What about an account is another at a later date.",
    name="ChangedAspect",
    SEGMENT="Its segment.",
    RULES="The version of the rules that it follows, by its digest.",
    STAGE="Its stage.",
    HEALTH="Its health score.",
    MILESTONE="The date of a milestone.",
    CTA="A CTA, which was opened, changed its status or was closed.",
    MEASURE="The value of a measure.",
    FACT="The value of a fact.",
)

describe(
    AccountNote,
    "What became of the row of an account.",
    name="AccountRowNote",
    CREATED="It was not known before.",
    UPDATED="Something new was said about it.",
    UNCHANGED="Everything was known already: nothing was written.",
    REJECTED="It was refused whole; the problems say why.",
)

describe(
    MilestoneNote,
    "What became of the row of a milestone.",
    name="MilestoneRowNote",
    REACHED="The milestone has this date now.",
    UNCHANGED="It had been reached before, and keeps its date.",
    REJECTED="It was refused; the problem says why.",
)

describe(
    RowNote,
    "What became of a row.",
    RECORDED="It is the newest value, and what guards now see.",
    LATE="A newer value was known: it went to history only.",
    UNCHANGED="It was known already: nothing was written.",
    REJECTED="It was refused; the message says why.",
)

describe(
    Kind,
    "What rows are that come in.",
    name="IngestKind",
    ACCOUNTS="Accounts, with what is known about them.",
    FACTS="Values of facts.",
    MEASURES="Values of measures.",
    MILESTONES="Dates of milestones.",
)
