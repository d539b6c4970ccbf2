"""Closed sets of definitions, plans and reports."""

from api.types.enums.describing import describe
from lifecycle_fsm.domain.plan import PlanStatus
from lifecycle_fsm.services.planning.content import Deed, Existing, Lack, SegmentChange, Sense
from lifecycle_fsm.services.reports.journeys import Cohorts
from lifecycle_fsm.services.reports.visits import Grouping, RuleKind
from lifecycle_fsm.services.rules import EffectWord, ExportFormat
from lifecycle_fsm.services.vocabulary import Change, Gap, Join, Part, Severity, StageClock, SubjectKind, TransitionKind

describe(
    Gap,
    "Why a leaf has no value to test.",
    MISSING="The value is not known.",
    STALE="The last observation is too old to be used.",
)

describe(
    TransitionKind,
    "What a transition means for the account.",
    ADVANCE="A step forward.",
    REGRESS="A step back.",
    RISK="Into trouble.",
    EXIT="Out of the lifecycle.",
)

describe(
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

describe(
    PlanStatus,
    "Where a success plan stands.",
    name="SuccessPlanStatus",
    DRAFT="It is prepared and has no objectives yet.",
    ACTIVE="It is worked on.",
    COMPLETED="It reached its outcome.",
    ABANDONED="It was given up.",
)

describe(
    Severity,
    "How bad a mistake in a definition is.",
    ERROR="It stops publishing.",
    WARNING="It is probably not meant.",
    NOTE="It is worth knowing.",
)

describe(
    ExportFormat,
    "The languages of other tools that a machine can be written in. Scorecards, alerts and time limits stay behind.",
    MERMAID="A `stateDiagram-v2` of Mermaid.",
    DOT="A graph of Graphviz.",
    SCXML="A state chart in SCXML 1.0.",
    XSTATE="A configuration of XState v5, in JSON, with named guards.",
)

describe(
    EffectWord,
    "What an effect of the rules does.",
    OPEN_CTA="Opens a CTA, unless one with its identity is open.",
    ESCALATE_CTA="Raises the priority of an open CTA, or opens it.",
    CLOSE_CTAS="Closes open CTAs.",
    REACH="Dates a milestone, unless it was reached before.",
    NOTIFY="Puts a message into the outbox.",
    OPEN_PLAN="Opens a success plan with its objectives, unless one is open.",
)

describe(
    Join,
    "How the parts of a condition make its answer.",
    name="GuardJoin",
    ALL="All of them must hold; without any it holds.",
    ANY="One of them must hold.",
    NOT="The only one must not hold.",
    AT_LEAST_OF="So many of them must hold as `needed` says.",
    HELD="The only one must have held for a time without a break.",
)

describe(
    Change,
    "What became of a part of the rules.",
    name="PartChange",
    ADDED="It is new.",
    REMOVED="It is gone.",
    CHANGED="It says something else.",
)

describe(
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

describe(
    SegmentChange,
    "What becomes of a segment.",
    ADDED="It is new.",
    REMOVED="It takes no new accounts; those in it keep their version.",
    CHANGED="It gets another version.",
    UNCHANGED="It keeps its version.",
)

describe(
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

describe(
    Sense,
    "How a condition changes: for which accounts it is true, among those that can be judged.",
    name="MeaningChange",
    SAME="For the same ones.",
    TIGHTER="For fewer.",
    LOOSER="For more.",
    DIFFERENT="For some that it was not true for, and no longer for others.",
    NOT_DECIDED="The search for an example was given up.",
)

describe(
    Lack,
    "What a plan may miss.",
    name="PlanLackKind",
    MAPPING="Accounts stand in a stage that is not there any more, and nothing says where they go on.",
    EXISTING="Nobody has said what is done with existing accounts.",
)

describe(
    Existing,
    "What is done with the accounts that a new version finds.",
    name="ExistingAccounts",
    EVALUATE="They are evaluated at once: those that a rule now moves, move.",
    FROM_NEXT_CHANGE="They go over as they stand; rules act when something next changes about them.",
)

describe(
    StageClock,
    "What becomes of the time that an account has spent in its stage.",
    KEEP="It goes on.",
    RESTART="It begins anew.",
)

describe(
    Grouping,
    "By what compliance is broken down.",
    name="ComplianceGrouping",
    SEGMENT="By segment.",
    CSM="By CSM: of the account now, or when it left.",
    QUARTER="By the quarter, in UTC, of entering the stage, of beginning, or of the move.",
    MONTH="By the month, in UTC, of the same.",
)

describe(
    Cohorts,
    "How long a cohort is.",
    name="CohortLength",
    MONTH="A month of UTC.",
    QUARTER="A quarter of UTC.",
)

describe(
    RuleKind,
    "What kind of rule may fire.",
    TRANSITION="A way out of a stage.",
    ALERT="An alert.",
)
