"""Closed sets about accounts, their health and their alerts."""

from api.types.enums.describing import describe
from lifecycle_fsm.domain.alert_episode import AlertOrderField
from lifecycle_fsm.domain.catalog import MeasureType
from lifecycle_fsm.domain.fields import FieldKind
from lifecycle_fsm.domain.milestones import Compliance
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.portfolio import AccountOrderField
from lifecycle_fsm.domain.scorecard import Absence, Band, Missing, RollUp, Scheme
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.domain.trend import Direction
from lifecycle_fsm.domain.zones import ZoneGap
from lifecycle_fsm.services.reports.vocabulary import RecipePart

describe(
    Band,
    "The colour of a health score or of one measure.",
    HEALTHY="A score from 75 to 100.",
    NEUTRAL="A score from 50 to below 75.",
    AT_RISK="A score below 50.",
)

describe(
    Pace,
    "Whether an account moves through its stage in the time expected.",
    ON_TRACK="Within the expected time, or the stage has no limit.",
    BEHIND="Longer than expected.",
    STUCK="Longer than the stuck limit.",
)

describe(
    Absence,
    "Why a measure has no value that counts in a health score.",
    MISSING="It has never been observed.",
    STALE="Its last observation is too old.",
)

describe(
    Direction,
    "Whether a value has got better or worse over a window.",
    IMPROVING="It is better than it was.",
    WORSENING="It is worse than it was.",
    STEADY="It has not changed by more than was asked for.",
    UNKNOWN="One of the two values is not known.",
)

describe(
    Missing,
    "What a scorecard makes of measures that are missing or stale.",
    LEAVE_OUT="The others make up the score.",
    WORST="Each counts as 0.",
    UNKNOWN="Without more than a share of the weight there is no score; else they are left out.",
)

describe(
    Scheme,
    "What people see first of a health score.",
    SCORE="The number, 0 to 100.",
    GRADE="The grade.",
    COLOUR="The band.",
)

describe(
    MeasureType,
    "What the values of a measure are.",
    NUMBER="Any number.",
    PERCENTAGE="A percentage, 0 to 100 unless its range says otherwise.",
    RATIO="A share, 0 to 1 unless its range says otherwise.",
    COUNT="A whole number.",
    FLAG="Yes or no, 1 or 0 as a number.",
    CHOICE="One of a few words, as a number the score that the word stands for.",
)

describe(
    RollUp,
    "How measures become one health score.",
    WEIGHTED="Their weighted mean.",
    WORST="The worst of them.",
)

describe(
    FieldKind,
    "The type of a fact.",
    NUMBER="A finite number.",
    INTEGER="A whole number of at most 53 bits.",
    FLAG="True or false.",
    INSTANT="An instant, written as `DateTime`.",
    DAY="A day, written as `2026-03-31`.",
    TEXT="A text of at most 500 characters.",
)

describe(
    Compliance,
    "How an expected milestone stands against its due date.",
    PENDING="Not reached, and still in time.",
    IN_TIME="Reached by the due date.",
    LATE="Reached after the due date.",
    MISSED="Not reached, and the due date has passed.",
    UNKNOWN="The date that the time counts from is not known.",
)

describe(
    AlertOrderField,
    "What a list of alerts may be ordered by; ties are broken by when they began, account and alert.",
    OPENED_AT="When it began.",
    SEVERITY="How grave it is, low first.",
)

describe(
    AccountOrderField,
    "What a list of accounts may be ordered by; ties are broken by id.",
    NAME="The account's name.",
    ENTERED_AT="When the present stage was entered.",
    HEALTH_SCORE="The health score; accounts without one come last in either direction.",
)

describe(
    AlertSeverity,
    "How grave an episode of an alert is; where people say yellow and red, say medium and high.",
    LOW="To be looked at when there is time.",
    MEDIUM="To be looked at; alerts that do not say otherwise.",
    HIGH="To be worked on soon.",
    CRITICAL="To be worked on now.",
)

describe(
    ZoneGap,
    "Why days are counted in UTC although the account's own time zone was meant.",
    name="TimeZoneGap",
    MISSING="Its fact is not known, and there is no default.",
    UNKNOWN_NAME="Its fact names no zone of the tz database.",
)

describe(
    RecipePart,
    "What of a recipe may be used or not.",
    CTA_TEMPLATE="A template of CTAs.",
    PLAYBOOK="A playbook of tasks.",
    MILESTONE="A milestone.",
)
