"""Closed sets about CTAs."""

from api.types.enums.describing import describe
from lifecycle_fsm.domain.cta import CloseSource, CtaOutcome, CtaStatus, CtaType, Priority
from lifecycle_fsm.domain.cta_filter import CtaOrderField
from lifecycle_fsm.services.cta_bulk import BulkNote
from lifecycle_fsm.services.why_not import CtaHindrance

describe(
    CtaType,
    "The five families of CTAs.",
    RISK="The account may be lost or shrink.",
    LIFECYCLE="A step of the account's journey.",
    EXPANSION="The account may grow.",
    OBJECTIVE="A goal of a success plan.",
    ACTIVITY="Anything else that is to be done.",
)

describe(
    Priority,
    "How urgent a CTA is.",
    HIGH="Before all others.",
    MEDIUM="In its turn.",
    LOW="When there is time.",
)

describe(
    CtaStatus,
    "Where the work on a CTA stands. A snoozed CTA is still open.",
    NEW="Nobody has begun.",
    IN_PROGRESS="Somebody works on it.",
    CLOSED="It asks for no more work.",
)

describe(
    CtaOutcome,
    "How a closed CTA ended.",
    SUCCESS="What it asked for was done.",
    FAILED="What it asked for could not be done.",
    SUPERSEDED="Something else took its place.",
    INVALID="It should not have been opened.",
    RECOVERED="Its cause went away by itself.",
)

describe(
    CloseSource,
    "What closed a CTA.",
    PERSON="Somebody said how it ended.",
    EFFECT="A transition or a stage asked for it, or an alert that is over.",
    RULE="The rule of its template.",
    PLAN="Its success plan ended.",
    UNDO="The run that opened it was taken back.",
)

describe(
    CtaOrderField,
    "What a list of CTAs may be ordered by; ties are broken by id.",
    DUE_AT="When it is due.",
    OPENED_AT="When it was opened.",
    PRIORITY="How urgent it is, low first.",
)

describe(
    CtaHindrance,
    "Why no CTA of a template was opened.",
    OPEN="One is open.",
    SNOOZED="One is open and rests.",
    PLACE_TAKEN="Another CTA has its place.",
    COOLING_DOWN="One was closed so lately that the template rests.",
    NEVER_ASKED="Its place is free, and nothing has asked for it so far.",
    NOT_ASKED_AGAIN="Its place is free; it was opened before, and nothing has asked for it since.",
)

describe(
    BulkNote,
    "What became of one CTA of many.",
    name="CtaChangeNote",
    CHANGED="It was changed.",
    UNCHANGED="It was so already, or was done before under this key.",
    ALREADY_CLOSED="It is closed.",
    UNKNOWN="There is no such CTA.",
    FAILED="It could not be changed; the message says why.",
)
