"""The closed sets of the product, told to GraphQL value by value."""

from enum import Enum

import strawberry
from strawberry.types.enum import has_enum_definition

from lifecycle_fsm.domain.access import Capability, Role
from lifecycle_fsm.domain.alert_episode import AlertOrderField
from lifecycle_fsm.domain.audit import MarkKind
from lifecycle_fsm.domain.catalog import MeasureType
from lifecycle_fsm.domain.cta import CloseSource, CtaOutcome, CtaStatus, CtaType, Priority
from lifecycle_fsm.domain.cta_filter import CtaOrderField
from lifecycle_fsm.domain.fields import FieldKind
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.history_filter import HistoryOrderField
from lifecycle_fsm.domain.milestones import Compliance
from lifecycle_fsm.domain.operations import JobName
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.plan import PlanStatus
from lifecycle_fsm.domain.portfolio import AccountOrderField
from lifecycle_fsm.domain.run import AsideCause, RunKind
from lifecycle_fsm.domain.scorecard import Absence, Band, Missing, RollUp, Scheme
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.domain.trend import Direction
from lifecycle_fsm.domain.zones import ZoneGap
from lifecycle_fsm.services.cta_bulk import BulkNote
from lifecycle_fsm.services.difference import Aspect
from lifecycle_fsm.services.intake.milestones import MilestoneNote
from lifecycle_fsm.services.observe import RowNote
from lifecycle_fsm.services.planning.content import Deed, Existing, Lack, SegmentChange, Sense
from lifecycle_fsm.services.register import AccountNote
from lifecycle_fsm.services.reports.journeys import Cohorts
from lifecycle_fsm.services.reports.visits import Grouping, RuleKind
from lifecycle_fsm.services.reports.vocabulary import RecipePart
from lifecycle_fsm.services.rules import EffectWord, ExportFormat
from lifecycle_fsm.services.undo import Obstacle
from lifecycle_fsm.services.vocabulary import (
    Change,
    Gap,
    Join,
    Part,
    Severity,
    StageClock,
    SubjectKind,
    TransitionKind,
)
from lifecycle_fsm.services.why_not import CtaHindrance


@strawberry.enum(description="The three truth values of a guard and of each of its leaves.")
class Truth(Enum):
    """True, false and unknown, in words."""

    HOLDS = strawberry.enum_value("holds", description="It is true.")
    FAILS = strawberry.enum_value("fails", description="It is false.")
    UNKNOWN = strawberry.enum_value("unknown", description="A value is missing or stale, so it cannot be said.")


def truth_of(value: bool | None) -> Truth:  # noqa: FBT001 # the value itself is turned into a word
    """The word for a truth value; None is unknown."""
    if value is None:
        return Truth.UNKNOWN
    return Truth.HOLDS if value else Truth.FAILS


@strawberry.enum(description="What an effect of a history record did.")
class EffectKind(Enum):
    """The kinds of notes that history keeps of effects."""

    CTA_OPENED = strawberry.enum_value("cta_opened", description="A CTA was opened.")
    CTA_SUPPRESSED = strawberry.enum_value(
        "cta_suppressed",
        description="No CTA was opened, because one with the same identity is open or was closed too lately.",
    )
    CTA_ESCALATED = strawberry.enum_value("cta_escalated", description="The priority of an open CTA was raised.")
    CTA_CLOSED = strawberry.enum_value("cta_closed", description="A CTA was closed.")
    CTA_REOPENED = strawberry.enum_value(
        "cta_reopened", description="A CTA is open again, since what closed it was taken back."
    )
    CTA_WOKEN = strawberry.enum_value("cta_woken", description="A CTA does not rest any more.")
    CTA_EDITED = strawberry.enum_value("cta_edited", description="A person changed something about a CTA.")
    PLAN_OPENED = strawberry.enum_value("plan_opened", description="A success plan was opened.")
    PLAN_KEPT = strawberry.enum_value("plan_kept", description="No plan was opened, because one of its type is open.")
    PLAN_MOVED = strawberry.enum_value("plan_moved", description="A success plan has another status.")
    MILESTONE_REACHED = strawberry.enum_value("milestone_reached", description="A milestone was dated.")
    MILESTONE_REVOKED = strawberry.enum_value("milestone_revoked", description="A milestone lost the date that it had.")
    MILESTONE_KEPT = strawberry.enum_value(
        "milestone_kept", description="A milestone had been reached before and kept its date."
    )
    OVERRIDE_SET = strawberry.enum_value("override_set", description="A person spoke for a measure or for the score.")
    OVERRIDE_OVER = strawberry.enum_value("override_over", description="An override does not count any more.")
    PAUSE_BEGUN = strawberry.enum_value("pause_begun", description="The clock of the stage stands still.")
    PAUSE_OVER = strawberry.enum_value("pause_over", description="The clock of the stage goes on.")
    SEVERITY_REACHED = strawberry.enum_value(
        "severity_reached", description="An episode of an alert is so grave, from its beginning or from now on."
    )
    NOTIFIED = strawberry.enum_value("notified", description="A message was put into the outbox.")
    STAGE_IGNORED = strawberry.enum_value(
        "stage_ignored", description="The account was said to be in a stage that its segment does not have."
    )


def _describe(enum: type[Enum], description: str, *, name: str | None = None, **values: str) -> None:
    """Make a domain enum one of GraphQL, under its own name or a longer one; a test finds values without a word."""
    strawberry.enum(enum, name=name, description=description)
    assert has_enum_definition(enum)
    for value in enum.__strawberry_definition__.values:
        value.description = values.get(value.name)


_describe(
    Band,
    "The colour of a health score or of one measure.",
    HEALTHY="A score from 75 to 100.",
    NEUTRAL="A score from 50 to below 75.",
    AT_RISK="A score below 50.",
)
_describe(
    Pace,
    "Whether an account moves through its stage in the time expected.",
    ON_TRACK="Within the expected time, or the stage has no limit.",
    BEHIND="Longer than expected.",
    STUCK="Longer than the stuck limit.",
)
_describe(
    Absence,
    "Why a measure has no value that counts in a health score.",
    MISSING="It has never been observed.",
    STALE="Its last observation is too old.",
)
_describe(
    Gap,
    "Why a leaf has no value to test.",
    MISSING="The value is not known.",
    STALE="The last observation is too old to be used.",
)
_describe(
    Direction,
    "Whether a value has got better or worse over a window.",
    IMPROVING="It is better than it was.",
    WORSENING="It is worse than it was.",
    STEADY="It has not changed by more than was asked for.",
    UNKNOWN="One of the two values is not known.",
)
_describe(
    Missing,
    "What a scorecard makes of measures that are missing or stale.",
    LEAVE_OUT="The others make up the score.",
    WORST="Each counts as 0.",
    UNKNOWN="Without more than a share of the weight there is no score; else they are left out.",
)
_describe(
    Scheme,
    "What people see first of a health score.",
    SCORE="The number, 0 to 100.",
    GRADE="The grade.",
    COLOUR="The band.",
)
_describe(
    MeasureType,
    "What the values of a measure are.",
    NUMBER="Any number.",
    PERCENTAGE="A percentage, 0 to 100 unless its range says otherwise.",
    RATIO="A share, 0 to 1 unless its range says otherwise.",
    COUNT="A whole number.",
    FLAG="Yes or no, 1 or 0 as a number.",
    CHOICE="One of a few words, as a number the score that the word stands for.",
)
_describe(
    RollUp,
    "How measures become one health score.",
    WEIGHTED="Their weighted mean.",
    WORST="The worst of them.",
)
_describe(
    CtaType,
    "The five families of CTAs.",
    RISK="The account may be lost or shrink.",
    LIFECYCLE="A step of the account's journey.",
    EXPANSION="The account may grow.",
    OBJECTIVE="A goal of a success plan.",
    ACTIVITY="Anything else that is to be done.",
)
_describe(
    Priority,
    "How urgent a CTA is.",
    HIGH="Before all others.",
    MEDIUM="In its turn.",
    LOW="When there is time.",
)
_describe(
    CtaStatus,
    "Where the work on a CTA stands. A snoozed CTA is still open.",
    NEW="Nobody has begun.",
    IN_PROGRESS="Somebody works on it.",
    CLOSED="It asks for no more work.",
)
_describe(
    CtaOutcome,
    "How a closed CTA ended.",
    SUCCESS="What it asked for was done.",
    FAILED="What it asked for could not be done.",
    SUPERSEDED="Something else took its place.",
    INVALID="It should not have been opened.",
    RECOVERED="Its cause went away by itself.",
)
_describe(
    FieldKind,
    "The type of a fact.",
    NUMBER="A finite number.",
    INTEGER="A whole number of at most 53 bits.",
    FLAG="True or false.",
    INSTANT="An instant, written as `DateTime`.",
    DAY="A day, written as `2026-03-31`.",
    TEXT="A text of at most 500 characters.",
)
_describe(
    Cause,
    "Who or what set a change in motion.",
    PERSON="A person, through this API or a command.",
    AUTOMATIC="New data.",
    DEADLINE="Time alone.",
    MIGRATION="A new version of the machine.",
    IMPORT="An import.",
    OVERRIDE="A person who overrode a guard.",
    UNDO="The undoing of an earlier change.",
)
_describe(
    RecordKind,
    "What a history record says about its account.",
    ASSIGNED="It was put into a segment.",
    MIGRATED="It went over to another version of its machine.",
    REASSIGNED="It went to another segment.",
    MOVED="It went from one stage to another.",
    REFUSED="A person fired a trigger and the guard refused.",
    PACE_CHANGED="It fell behind or got stuck.",
    ALERT_OPENED="An alert opened.",
    ALERT_RAISED="An alert that was on became graver.",
    ALERT_CLEARED="An alert cleared.",
    MILESTONE_REACHED="A milestone was dated.",
    CTA_OPENED="A person opened a CTA, or it was due again.",
    CTA_CHANGED="A person changed a CTA, its tasks, comments or links.",
    CTA_WOKEN="A CTA has rested as long as somebody wished.",
    CTA_CLOSED="A CTA was closed by a person, or its rule closed all of its template.",
    MILESTONE_REVOKED="A milestone was taken back.",
    MILESTONE_REDATED="A milestone got another date.",
    MILESTONE_MISSED="A milestone was not reached by its due date.",
    PLAN_CHANGED="A success plan changed its status.",
    CSM_CHANGED="Another CSM owns it.",
    HEALTH_OVERRIDDEN="A person spoke in the place of a measure or of the health score.",
    PAUSED="A person paused the clock of its stage.",
    RESUMED="The clock of its stage goes on after a pause.",
    OVERRIDE_ENDED="An override of a measure or of the health score is over.",
    RUN_UNDONE="What a run had done to it was taken back; `subject` is the id of that run.",
    ERASED="What was known about it was erased by law; its history stays provable.",
)
_describe(
    Obstacle,
    "Why an account's part of a run is not taken back.",
    name="UndoObstacle",
    NEWER="Something that happened later stands on it.",
    NOT_EVALUATED="The run placed it or migrated it, or a person did this.",
    NO_EVIDENCE="How it stood before is not known: an older release wrote it, or it was erased.",
    CHANGED_MEANWHILE="Somebody changed it in the same moment; undo the run again.",
)
_describe(
    Compliance,
    "How an expected milestone stands against its due date.",
    PENDING="Not reached, and still in time.",
    IN_TIME="Reached by the due date.",
    LATE="Reached after the due date.",
    MISSED="Not reached, and the due date has passed.",
    UNKNOWN="The date that the time counts from is not known.",
)
_describe(
    TransitionKind,
    "What a transition means for the account.",
    ADVANCE="A step forward.",
    REGRESS="A step back.",
    RISK="Into trouble.",
    EXIT="Out of the lifecycle.",
)
_describe(
    SubjectKind,
    "What a leaf of a guard is about.",
    MEASURE="A measure.",
    FACT="A fact.",
    HEALTH="The health score or band.",
    MILESTONE="A milestone.",
    STAGE_AGE="The time in the present stage.",
    VISITS="How often a stage was entered.",
    CTAS="A number of CTAs.",
    PLAN="The status of a success plan.",
    PLAN_PROGRESS="The progress of a success plan.",
    DAYS_UNTIL="The days until a date.",
    DAYS_SINCE="The days since a date.",
    CAME_FROM="The stage before the present one.",
)
_describe(
    CloseSource,
    "What closed a CTA.",
    PERSON="Somebody said how it ended.",
    EFFECT="A transition or a stage asked for it, or an alert that is over.",
    RULE="The rule of its template.",
    PLAN="Its success plan ended.",
    UNDO="The run that opened it was taken back.",
)
_describe(
    PlanStatus,
    "Where a success plan stands.",
    name="SuccessPlanStatus",
    DRAFT="It is prepared and has no objectives yet.",
    ACTIVE="It is worked on.",
    COMPLETED="It reached its outcome.",
    ABANDONED="It was given up.",
)
_describe(
    MarkKind,
    "What a reviewer says about history.",
    name="ReviewMarkKind",
    REVIEWED="It was looked at.",
    QUESTION="Something about it is asked.",
    ANSWER="A question is answered.",
)
_describe(
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
_describe(
    HistoryOrderField,
    "What a list of history records is ordered by.",
    RECORDED_AT="When they were written down.",
    EFFECTIVE_AT="When they took effect.",
)
_describe(
    CtaOrderField,
    "What a list of CTAs may be ordered by; ties are broken by id.",
    DUE_AT="When it is due.",
    OPENED_AT="When it was opened.",
    PRIORITY="How urgent it is, low first.",
)
_describe(
    AlertOrderField,
    "What a list of alerts may be ordered by; ties are broken by when they began, account and alert.",
    OPENED_AT="When it began.",
    SEVERITY="How grave it is, low first.",
)
_describe(
    CtaHindrance,
    "Why no CTA of a template was opened.",
    OPEN="One is open.",
    SNOOZED="One is open and rests.",
    PLACE_TAKEN="Another CTA has its place.",
    COOLING_DOWN="One was closed so lately that the template rests.",
    NEVER_ASKED="Its place is free, and nothing has asked for it so far.",
    NOT_ASKED_AGAIN="Its place is free; it was opened before, and nothing has asked for it since.",
)
_describe(
    BulkNote,
    "What became of one CTA of many.",
    name="CtaChangeNote",
    CHANGED="It was changed.",
    UNCHANGED="It was so already, or was done before under this key.",
    ALREADY_CLOSED="It is closed.",
    UNKNOWN="There is no such CTA.",
    FAILED="It could not be changed; the message says why.",
)
_describe(
    AccountOrderField,
    "What a list of accounts may be ordered by; ties are broken by id.",
    NAME="The account's name.",
    ENTERED_AT="When the present stage was entered.",
    HEALTH_SCORE="The health score; accounts without one come last in either direction.",
)
_describe(
    Role,
    "What a person or a machine is to the product.",
    VIEWER="Reads everything.",
    CSM="Works accounts: fires transitions, closes CTAs, records facts.",
    ADMIN="May do everything.",
    AUDITOR="Reads everything, history above all.",
    INGEST="Sends facts and milestones, reads nothing.",
)
_describe(
    Capability,
    "A deed that needs leave.",
    READ="Read accounts and machines.",
    READ_HISTORY="Read history.",
    FIRE_TRANSITION="Fire a transition.",
    OVERRIDE_TRANSITION="Move an account although the guard refuses.",
    WORK_CTAS="Work and close CTAs.",
    RECORD_FACTS="Record measures and facts.",
    REACH_MILESTONE="Date milestones.",
    OVERRIDE_HEALTH="Speak in the place of a measure or of the health score.",
    PAUSE_ACCOUNT="Pause the clock of a stage, and let it go on.",
    EVALUATE="Evaluate accounts outside a write.",
    REVIEW_HISTORY="Mark history as reviewed, ask about it, and answer.",
    UNDO_RUN="Take back what a run did.",
    OPERATE="Replay and purge notifications that did not arrive.",
    PUBLISH="Publish machines.",
    MANAGE_TOKENS="Issue and revoke tokens.",
)
_describe(
    JobName,
    "What runs by itself.",
    EVALUATE="Accounts that are marked, and those whose deadline has passed, are evaluated.",
    SWEEP="Every account is decided on, set-wise.",
    ASKED="Sweeps and back-fills that people asked for are begun, and gone on with.",
    DELIVER="Notifications are delivered to their channels.",
    ROLL_OUT="Publications reach the accounts that they have not reached.",
    SEAL="The log over all history grows, and is signed where there is a key.",
    VERIFY="Verifications of history that people asked for go on.",
    COUNT="Counts of accounts by stage are added up, and once a day held to the accounts.",
    RETAIN="Finished work that is older than it has to be is deleted.",
)
_describe(
    RunKind,
    "What a run over many accounts is.",
    EVALUATION="Accounts that were marked or due are evaluated.",
    SWEEP="Every account is decided on at one date, set-wise, and evaluated where it would change.",
    BACK_FILL="Every account is evaluated at one date of the past, on what was observed by then.",
    UNDO="What another run did is taken back.",
)
_describe(
    AsideCause,
    "Why a run left an account as it was.",
    FAILED="Its evaluation raised an error; it is tried again by the next run.",
    DISAGREED="The database and the engine decide differently: a defect, so report it.",
)
_describe(
    AccountNote,
    "What became of the row of an account.",
    name="AccountRowNote",
    CREATED="It was not known before.",
    UPDATED="Something new was said about it.",
    UNCHANGED="Everything was known already: nothing was written.",
    REJECTED="It was refused whole; the problems say why.",
)
_describe(
    MilestoneNote,
    "What became of the row of a milestone.",
    name="MilestoneRowNote",
    REACHED="The milestone has this date now.",
    UNCHANGED="It had been reached before, and keeps its date.",
    REJECTED="It was refused; the problem says why.",
)
_describe(
    RowNote,
    "What became of a row.",
    RECORDED="It is the newest value, and what guards now see.",
    LATE="A newer value was known: it went to history only.",
    UNCHANGED="It was known already: nothing was written.",
    REJECTED="It was refused; the message says why.",
)
_describe(
    Severity,
    "How bad a mistake in a definition is.",
    ERROR="It stops publishing.",
    WARNING="It is probably not meant.",
    NOTE="It is worth knowing.",
)
_describe(
    ExportFormat,
    "The languages of other tools that a machine can be written in. Scorecards, alerts and time limits stay behind.",
    MERMAID="A `stateDiagram-v2` of Mermaid.",
    DOT="A graph of Graphviz.",
    SCXML="A state chart in SCXML 1.0.",
    XSTATE="A configuration of XState v5, in JSON, with named guards.",
)
_describe(
    EffectWord,
    "What an effect of the rules does.",
    OPEN_CTA="Opens a CTA, unless one with its identity is open.",
    ESCALATE_CTA="Raises the priority of an open CTA, or opens it.",
    CLOSE_CTAS="Closes open CTAs.",
    REACH="Dates a milestone, unless it was reached before.",
    NOTIFY="Puts a message into the outbox.",
    OPEN_PLAN="Opens a success plan with its objectives, unless one is open.",
)
_describe(
    Join,
    "How the parts of a condition make its answer.",
    name="GuardJoin",
    ALL="All of them must hold; without any it holds.",
    ANY="One of them must hold.",
    NOT="The only one must not hold.",
    AT_LEAST_OF="So many of them must hold as `needed` says.",
    HELD="The only one must have held for a time without a break.",
)
_describe(
    Change,
    "What became of a part of the rules.",
    name="PartChange",
    ADDED="It is new.",
    REMOVED="It is gone.",
    CHANGED="It says something else.",
)
_describe(
    Part,
    "What kind of part of the rules something is.",
    name="PartKind",
    SEGMENT="The segment as a whole: title, rule, rank, initial stage, order of stages.",
    STAGE="A stage.",
    TRANSITION="A transition.",
    MILESTONE="A milestone that data dates.",
    ALERT="An alert.",
    CTA_RULE="What CTAs of a template do by themselves.",
    SCORED_MEASURE="A measure of the scorecard.",
    CATALOG="An entry of the catalog.",
)
_describe(
    SegmentChange,
    "What becomes of a segment.",
    ADDED="It is new.",
    REMOVED="It takes no new accounts; those in it keep their version.",
    CHANGED="It gets another version.",
    UNCHANGED="It keeps its version.",
)
_describe(
    AlertSeverity,
    "How grave an episode of an alert is; where people say yellow and red, say medium and high.",
    LOW="To be looked at when there is time.",
    MEDIUM="To be looked at; alerts that do not say otherwise.",
    HIGH="To be worked on soon.",
    CRITICAL="To be worked on now.",
)
_describe(
    Deed,
    "What would happen to CTAs, alerts and the pace of accounts.",
    name="PlannedDeed",
    CTA_OPENS="A CTA would open.",
    CTA_ESCALATES="The priority of an open CTA would be raised.",
    CTA_CLOSES="An open CTA would be closed.",
    ALERT_OPENS="An alert would open.",
    ALERT_RISES="An alert that is on would become graver.",
    ALERT_CLEARS="An alert would clear.",
    PACE_WORSENS="An account would fall behind or get stuck.",
)
_describe(
    Sense,
    "How a condition changes: for which accounts it is true, among those that can be judged.",
    name="MeaningChange",
    SAME="For the same ones.",
    TIGHTER="For fewer.",
    LOOSER="For more.",
    DIFFERENT="For some that it was not true for, and no longer for others.",
    NOT_DECIDED="The search for an example was given up.",
)
_describe(
    Lack,
    "What a plan may miss.",
    name="PlanLackKind",
    MAPPING="Accounts stand in a stage that is not there any more, and nothing says where they go on.",
    EXISTING="Nobody has said what is done with existing accounts.",
)
_describe(
    Existing,
    "What is done with the accounts that a new version finds.",
    name="ExistingAccounts",
    EVALUATE="They are evaluated at once: those that a rule now moves, move.",
    FROM_NEXT_CHANGE="They go over as they stand; rules act when something next changes about them.",
)
_describe(
    StageClock,
    "What becomes of the time that an account has spent in its stage.",
    KEEP="It goes on.",
    RESTART="It begins anew.",
)
_describe(
    Grouping,
    "By what compliance is broken down.",
    name="ComplianceGrouping",
    SEGMENT="By segment.",
    CSM="By CSM: of the account now, or when it left.",
    QUARTER="By the quarter, in UTC, of entering the stage, of beginning, or of the move.",
    MONTH="By the month, in UTC, of the same.",
)
_describe(
    Cohorts,
    "How long a cohort is.",
    name="CohortLength",
    MONTH="A month of UTC.",
    QUARTER="A quarter of UTC.",
)
_describe(
    ZoneGap,
    "Why days are counted in UTC although the account's own time zone was meant.",
    name="TimeZoneGap",
    MISSING="Its fact is not known, and there is no default.",
    UNKNOWN_NAME="Its fact names no zone of the tz database.",
)
_describe(
    RecipePart,
    "What of a recipe may be used or not.",
    CTA_TEMPLATE="A template of CTAs.",
    PLAYBOOK="A playbook of tasks.",
    MILESTONE="A milestone.",
)
_describe(
    RuleKind,
    "What kind of rule may fire.",
    TRANSITION="A way out of a stage.",
    ALERT="An alert.",
)
