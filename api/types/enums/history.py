"""Closed sets of history, runs, roles and jobs."""

from api.types.enums.describing import describe
from lifecycle_fsm.domain.access import Capability, Role
from lifecycle_fsm.domain.audit import AuditKind, MarkKind
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.history_filter import HistoryOrderField
from lifecycle_fsm.domain.operations import JobName
from lifecycle_fsm.domain.run import AsideCause, RunKind
from lifecycle_fsm.services.audit.export_file import Form
from lifecycle_fsm.services.undo import Obstacle

describe(
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

describe(
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

describe(
    Obstacle,
    "Why an account's part of a run is not taken back.",
    name="UndoObstacle",
    NEWER="Something that happened later stands on it.",
    NOT_EVALUATED="The run placed it or migrated it, or a person did this.",
    NO_EVIDENCE="How it stood before is not known: an older release wrote it, or it was erased.",
    CHANGED_MEANWHILE="Somebody changed it in the same moment; undo the run again.",
)

describe(
    AuditKind,
    "What an audit entry says was done.",
    PUBLISHED="Rules were brought into force.",
    PLAN_APPROVED="Somebody agreed to a plan.",
    TOKEN_ISSUED="A token was given out.",  # noqa: S106 - words, not a secret
    TOKENS_REVOKED="Tokens were ended.",
    KEY_ADDED="A public key that signs the log was added.",
    EXPORTED="History was exported.",
    VERIFIED="History was verified.",
    ERASED="An account, or what a reviewer wrote, was erased by law.",
    REVIEWED="A reviewer looked at something.",
    QUESTION_RAISED="A reviewer asked.",
    QUESTION_ANSWERED="A question was answered.",
    DELIVERIES_REPLAYED="Messages that were given up were sent again.",
    DELIVERIES_PURGED="Messages that were given up were thrown away.",
    RESTORED="The store was restored from a backup.",
    RETAINED="What was old enough was let go.",
    READ_ONLY_BEGUN="The store was closed to changes.",
    READ_ONLY_ENDED="The store was opened to changes again.",
)

describe(
    MarkKind,
    "What a reviewer says about history.",
    name="ReviewMarkKind",
    REVIEWED="It was looked at.",
    QUESTION="Something about it is asked.",
    ANSWER="A question is answered.",
)

describe(
    HistoryOrderField,
    "What a list of history records is ordered by.",
    RECORDED_AT="When they were written down.",
    EFFECTIVE_AT="When they took effect.",
)

describe(
    Role,
    "What a person or a machine is to the product.",
    VIEWER="Reads everything.",
    CSM="Works accounts: fires transitions, closes CTAs, records facts.",
    ADMIN="May do everything.",
    AUDITOR="Reads everything, history above all.",
    INGEST="Sends facts and milestones, reads nothing.",
)

describe(
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

describe(
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

describe(
    RunKind,
    "What a run over many accounts is.",
    EVALUATION="Accounts that were marked or due are evaluated.",
    SWEEP="Every account is decided on at one date, set-wise, and evaluated where it would change.",
    BACK_FILL="Every account is evaluated at one date of the past, on what was observed by then.",
    UNDO="What another run did is taken back.",
)

describe(
    AsideCause,
    "Why a run left an account as it was.",
    FAILED="Its evaluation raised an error; it is tried again by the next run.",
    DISAGREED="The database and the engine decide differently: a defect, so report it.",
)

describe(
    Form,
    "How an export of history is written.",
    name="ExportForm",
    NDJSON="One JSON object a line, with its proofs.",
    CSV="For spreadsheets; its proofs lie beside it.",
    XES="For process mining; its proofs lie beside it.",
    PARQUET="For warehouses; its proofs lie beside it.",
)
