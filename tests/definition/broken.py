"""
Mistakes in the sample configuration: what replaces what, and the code that answers.

`«` and `»` stand around the text that the diagnostic must point to.
"""

from dataclasses import dataclass

from lifecycle_fsm.definition.codes import Code


@dataclass(frozen=True)
class Mistake:
    """One replacement in one of the sample's files."""

    code: Code
    old: str
    new: str
    suggestion: str | None = None


_OWNER = "owner: csm,\n                 fallback"
_PLAN = "{onboarding: Onboarding}"
_CALENDAR = "country: DE, years: [2025, 2026]"
_LOGINS = "{title: Logins, unit: logins, range: [0, any]}"
_CLOSED = "{plan: onboarding, is: completed}"

IN_CATALOG = (
    Mistake(Code.UNKNOWN_SCHEMA, "lifecycle/v1", "«lifecycle/v2»", "lifecycle/v1"),
    Mistake(Code.UNKNOWN_KEY, "measures:\n", "«measurs»: {}\nmeasures:\n", "measures"),
    Mistake(Code.MISSING_KEY, "schema: lifecycle/v1\nmeasures:", "«measures»:"),
    Mistake(Code.MISSING_KEY, "{title: Logins, unit: logins,", "{«title»: Logins,"),
    Mistake(Code.UNKNOWN_KEY, "title: Logins, unit: logins,", "title: Logins, «unt»: logins,", "unit"),
    Mistake(Code.MISSING_VALUE, "title: ARR,", "title: «»,"),
    Mistake(
        Code.INVALID_NAME, "  account.arr:", "  «Account Name»: {title: N, kind: text}\n  account.arr:", "account_name"
    ),
    Mistake(
        Code.RESERVED_NAME, "  usage.logins_30d:", "  «health.score»: {title: H, unit: points}\n  usage.logins_30d:"
    ),
    Mistake(Code.AMBIGUOUS_NAME, "{kickoff_done:", "{«account.renewal_on»: Renewal, kickoff_done:"),
    Mistake(Code.INVALID_VALUE, "kind: date", "kind: «dat»", "date"),
    Mistake(Code.WRONG_TYPE, "kind: date", "kind: date, one_of: «[soon]»"),
    Mistake(Code.WRONG_TYPE, "range: [0, any]", "range: «[0]»"),
    Mistake(Code.WRONG_TYPE, "range: [0, any]", "range: «0»"),
    Mistake(Code.EMPTY_INTERVAL, "range: [0, 1]", "range: «[1, 0]»"),
    Mistake(Code.WRONG_UNIT, "stale_after: 30d", "stale_after: «30»", "30d"),
    Mistake(Code.INVALID_VALUE, "stale_after: 30d", "stale_after: «a month»"),
    Mistake(Code.OUTSIDE_RANGE, "stale_after: 30d", "stale_after: «99999w»"),
    Mistake(Code.WRONG_UNIT, "due_in: 14d", "due_in: «36h»"),
    Mistake(
        Code.WRONG_SUBJECT,
        "owner: csm,\n                 fallback",
        "owner: {fact: «account.arr»},\n                 fallback",
    ),
    Mistake(
        Code.UNKNOWN_FACT,
        "owner: csm,\n                 fallback",
        "owner: [csm, {fact: «acount.status»}],\n                 fallback",
        "account.status",
    ),
    Mistake(Code.MISSING_VALUE, _OWNER, "owner: «[]»,\n                 fallback"),
    Mistake(Code.WRONG_SUBJECT, "due_in: 3d,", "due_in: 3d, due_before: {fact: «account.arr», by: 30d},"),
    Mistake(Code.MISSING_KEY, "due_in: 3d,", "due_in: 3d, due_before: {«fact»: account.renewal_on},"),
    Mistake(Code.WRONG_SUBJECT, "due_in: 3d,", "due_in: 3d, due_after: {fact: «account.arr», by: 30d},"),
    Mistake(
        Code.INVALID_VALUE,
        "due_in: 3d,",
        "due_in: 3d, due_before: {fact: account.renewal_on, by: 3d}, due_after: «{fact: account.renewal_on, by: 3d}»,",
    ),
    Mistake(Code.WRONG_SUBJECT, "due_in: 3d,", "due_in: 3d, subject: {kind: contract, fact: «account.arr»},"),
    Mistake(Code.WRONG_UNIT, "due_in: 3d,", "due_in: 3d, cool_down: «3»,", "3d"),
    Mistake(Code.WRONG_TYPE, "plans: {onboarding: Onboarding}", "plans: {onboarding: «[Onboarding]»}"),
    Mistake(
        Code.WRONG_SUBJECT, "{onboarding: Onboarding}", "{onboarding: {title: O, objectives: [{cta: «kickoff_call»}]}}"
    ),
    Mistake(
        Code.UNKNOWN_TEMPLATE,
        "{onboarding: Onboarding}",
        "{onboarding: {title: O, objectives: [{cta: «kickof_call»}]}}",
        "kickoff_call",
    ),
    Mistake(Code.MISSING_VALUE, "{onboarding: Onboarding}", "{onboarding: {title: O, completes: «with_objectives»}}"),
    Mistake(Code.UNKNOWN_REASON, "reason: overdue", "reason: «overdu»", "overdue"),
    Mistake(Code.UNKNOWN_PLAYBOOK, "playbook: kickoff", "playbook: «kickof»", "kickoff"),
    Mistake(Code.DUPLICATE_KEY, "due_in: 2d}]", "due_in: 2d}, «{key: a, title: Mail, due_in: 3d}»]"),
    Mistake(Code.DUPLICATE_KEY, "plans:", "«reasons»: {}\nplans:"),
    Mistake(Code.MISSING_VALUE, "[{key: a, title: Call, due_in: 2d}]", "«[]»"),
    Mistake(Code.INVALID_VALUE, "due_in: 2d}]", "due_in: 2d, required: «yes»}]"),
    Mistake(Code.UNKNOWN_COUNTRY, "country: DE,", "country: «de»,", "DE"),
    Mistake(Code.UNKNOWN_COUNTRY, "country: DE,", "country: «DE-B»,"),
    Mistake(Code.UNKNOWN_COUNTRY, "country: DE,", "country: «Germany»,"),
    Mistake(Code.OUTSIDE_RANGE, "years: [2025, 2026]", "years: [«1825», 2026]"),
    Mistake(Code.EMPTY_INTERVAL, "years: [2025, 2026]", "years: «[2026, 2025]»"),
    Mistake(Code.WRONG_TYPE, "years: [2025, 2026]", "years: «[2026]»"),
    Mistake(Code.MISSING_KEY, f"{{title: Office, {_CALENDAR},", "{«title»: Office, years: [2025, 2026],"),
    Mistake(Code.INVALID_VALUE, "2026-12-24: Christmas Eve", "«Christmas»: free"),
    Mistake(Code.INVALID_VALUE, _CALENDAR, "working_days: [«mon»]", "monday"),
    Mistake(Code.INVALID_VALUE, "{title: Logins, unit", "{title: Logins, type: «cont», unit", "count"),
    Mistake(Code.MISSING_KEY, "{title: Logins, unit: logins,", "{«title»: Logins, type: count,"),
    Mistake(Code.WRONG_TYPE, _LOGINS, "{title: Logins, type: flag, range: «[0, 1]»}"),
    Mistake(Code.WRONG_TYPE, _LOGINS, "{title: Logins, unit: logins, choices: «{few: 0}»}"),
    Mistake(Code.WRONG_TYPE, _LOGINS, "{title: Logins, stale_after: «3d», derived: {cases: []}}"),
    Mistake(Code.MISSING_KEY, _LOGINS, "{«title»: Logins, type: choice}"),
    Mistake(Code.INVALID_VALUE, _LOGINS, "{title: Logins, type: choice, choices: «{many: 50, few: 50}»}"),
    Mistake(Code.OUTSIDE_RANGE, _LOGINS, "{title: Logins, type: choice, choices: {many: «150», few: 50}}"),
    Mistake(Code.MISSING_VALUE, _LOGINS, "{title: Logins, derived: {cases: «[]»}}"),
    Mistake(Code.MISSING_KEY, _LOGINS, f"{{title: Logins, derived: {{cases: [{{«when»: {_CLOSED}}}]}}}}"),
    Mistake(Code.OUTSIDE_RANGE, _LOGINS, f"{{title: Logins, derived: {{cases: [{{when: {_CLOSED}, value: «101»}}]}}}}"),
    Mistake(
        Code.WRONG_SUBJECT,
        _LOGINS,
        "{title: Logins, derived: {cases: [{when: «{stage_age: {at_least: 3d}}», value: 1}]}}",
    ),
    Mistake(
        Code.WRONG_SUBJECT,
        _LOGINS,
        "{title: Logins, derived: {cases: [{when: «{measure: health.score, below: 3}», value: 1}]}}",
    ),
)

_LEAF = "{measure: health.score, at_least: 60}"
_ALERTS = "alerts:\n"
_OPENS = "open_cta: usage_dropped\n"
_SECOND = "      - key: onboarding_risk"

IN_SEGMENT = (
    Mistake(Code.UNKNOWN_KEY, "initial: onboarding", "initial: onboarding\n«intial»: x", "initial"),
    Mistake(Code.MISSING_KEY, "schema: lifecycle/v1\nsegment: enterprise", "«segment»: enterprise"),
    Mistake(Code.SEGMENT_NAME, "segment: enterprise", "segment: «enterprize»", "enterprise"),
    Mistake(
        Code.MISSING_VALUE, "applies_to: {when: {all: [{fact: account.arr, at_least: 100000}]}}", "applies_to: «{}»"
    ),
    Mistake(
        Code.WRONG_OPERATOR,
        "{all: [{fact: account.arr, at_least: 100000}]}",
        "{all: [«{fact: account.arr, at_least: 100000, for: 7d}»]}",
    ),
    Mistake(
        Code.WRONG_SUBJECT, "{all: [{fact: account.arr, at_least: 100000}]}", "«{measure: health.score, above: 1}»"
    ),
    Mistake(
        Code.SEVERAL_SUBJECTS,
        "applies_to: {when: {all: [{fact: account.arr, at_least: 100000}]}}",
        "applies_to: «{manual: true, when: {fact: account.arr, above: 1}}»",
    ),
    Mistake(Code.INVALID_VALUE, "unknown: hold", "unknown: «pass»", "hold"),
    Mistake(Code.UNKNOWN_STAGE, "initial: onboarding", "initial: «onbording»", "onboarding"),
    Mistake(Code.UNKNOWN_MEASURE, "    usage.wau_ratio: ", "    «usage.wau_rato»: ", "usage.wau_ratio"),
    Mistake(Code.OUTSIDE_RANGE, "weight: 3", "weight: «0»"),
    Mistake(Code.OUTSIDE_RANGE, "healthy: 80", "healthy: «180»"),
    Mistake(Code.WRONG_UNIT, "healthy: 0.5", "healthy: «50%»", "0.5"),
    Mistake(
        Code.SAME_THRESHOLDS,
        "    setup_completion: {weight: 3, healthy: 80,",
        "    «setup_completion»: {weight: 3, healthy: 50,",
    ),
    Mistake(Code.MISSING_KEY, "{weight: 1, healthy: 20", "{«healthy»: 20"),
    Mistake(Code.UNKNOWN_SCORECARD, "  roll_up: weighted", "  uses: «usual»"),
    Mistake(
        Code.UNKNOWN_GROUP, "  roll_up: weighted", "  roll_up: weighted\n  groups: «[{group: Onboarding, weight: 1}]»"
    ),
    Mistake(Code.WRONG_GRADES, "  roll_up: weighted", "  grades: «[{grade: A, at_least: 90}]»"),
    Mistake(Code.WRONG_GRADES, "  roll_up: weighted", "  scheme: «grade»"),
    Mistake(Code.OUTSIDE_RANGE, "  roll_up: weighted", "  missing: {unknown_above: «40»}"),
    Mistake(Code.INVALID_VALUE, "  roll_up: weighted", "  missing: «ignore»"),
    Mistake(Code.UNKNOWN_STAGE, "    adoption: {setup", "    «adoptoin»: {setup", "adoption"),
    Mistake(Code.WRONG_UNIT, "expected: 60d", "expected: «60»", "60d"),
    Mistake(Code.STUCK_BEFORE_EXPECTED, "stuck: 90d", "stuck: «30d»"),
    Mistake(Code.STUCK_BEFORE_EXPECTED, "stuck: 90d", "stuck: «60bd»"),
    Mistake(Code.UNKNOWN_CALENDAR, "calendar: office", "calendar: «ofice»", "office"),
    Mistake(Code.UNKNOWN_TIME_ZONE, "calendar: office", "time_zone: «europe/berln»", "Europe/Berlin"),
    Mistake(Code.WRONG_SUBJECT, "calendar: office", "time_zone: {fact: «account.arr»}"),
    Mistake(Code.MISSING_KEY, "calendar: office", "time_zone: {«default»: Europe/Berlin}"),
    Mistake(Code.WRONG_UNIT, "min_dwell: 1d", "min_dwell: «1bd»", "1d"),
    Mistake(Code.UNKNOWN_MILESTONE, "[{milestone: kickoff_done", "[{milestone: «kickof_done»", "kickoff_done"),
    Mistake(Code.UNKNOWN_TEMPLATE, "open_cta: kickoff_call", "open_cta: «kickoff_cal»", "kickoff_call"),
    Mistake(Code.NO_EFFECT, "{open_cta: kickoff_call}", "{«opn_cta»: kickoff_call}", "open_cta"),
    Mistake(Code.SEVERAL_EFFECTS, "{open_cta: adoption_plan}, {reach:", "{open_cta: adoption_plan, «reach»:"),
    Mistake(Code.WRONG_TYPE, "[{open_cta: kickoff_call}]", "[«kickoff_call»]"),
    Mistake(Code.INVALID_VALUE, "priority: high", "priority: «urgent»"),
    Mistake(Code.MISSING_KEY, "{type: lifecycle, outcome: superseded}", "{«type»: lifecycle}"),
    Mistake(Code.INVALID_VALUE, "outcome: superseded", "outcome: «superceded»", "superseded"),
    Mistake(Code.UNKNOWN_STAGE, "to: at_risk", "to: «at_rsk»", "at_risk"),
    Mistake(Code.MISSING_KEY, "      - key: onboarding_risk\n        to: at_risk", "      - «key»: onboarding_risk"),
    Mistake(Code.DUPLICATE_TRANSITION, "key: onboarding_risk", "key: «onboarded»"),
    Mistake(Code.INVALID_VALUE, "kind: risk\n", "kind: «risky»\n", "risk"),
    Mistake(Code.INVALID_VALUE, "priority: 10\n", "priority: «1.5»\n"),
    Mistake(Code.WRONG_SUBJECT, "requires: [kickoff_done,", "requires: [«{fact: account.arr, above: 1}»,"),
    Mistake(Code.INVALID_VALUE, "since: stage_entry}]", "since: «entry»}]", "stage_entry"),
    Mistake(Code.NO_SUBJECT, _LEAF, "{«mesure»: health.score, at_least: 60}", "measure"),
    Mistake(Code.SEVERAL_SUBJECTS, _LEAF, "{measure: health.score, «fact»: account.arr, at_least: 60}"),
    Mistake(Code.NO_OPERATOR, _LEAF, "{«measure»: health.score}"),
    Mistake(Code.UNKNOWN_KEY, _LEAF, "{measure: health.score, «at_last»: 60}", "at_least"),
    Mistake(Code.SEVERAL_OPERATORS, _LEAF, "{measure: health.score, at_least: 60, «below»: 80}"),
    Mistake(Code.SEVERAL_OPERATORS, _LEAF, "{milestone: first_value, within: 14d, «reached»: true}"),
    Mistake(Code.WRONG_OPERATOR, _LEAF, "{measure: health.score, «is»: 60}"),
    Mistake(Code.WRONG_OPERATOR, _LEAF, "{fact: account.status, «at_least»: active}"),
    Mistake(Code.OUTSIDE_RANGE, _LEAF, "{measure: health.score, at_least: «600»}"),
    Mistake(Code.OUTSIDE_RANGE, "above: -20}", "above: «-120»}"),
    Mistake(Code.WRONG_UNIT, _LEAF, "{measure: usage.wau_ratio, at_least: «40%»}", "0.4"),
    Mistake(Code.WRONG_UNIT, _LEAF, "{measure: setup_completion, at_least: «40%»}", "40"),
    Mistake(Code.WRONG_UNIT, _LEAF, "{measure: setup_completion, at_least: «14d»}"),
    Mistake(Code.WRONG_UNIT, "{at_least: 14d}", "{at_least: «14»}", "14d"),
    Mistake(Code.WRONG_UNIT, _LEAF, "{days_until: account.renewal_on, at_most: «90d»}", "90"),
    Mistake(Code.UNKNOWN_DATE, _LEAF, "{days_until: «account.renewal», at_most: 90}", "account.renewal_on"),
    Mistake(Code.UNKNOWN_DATE, _LEAF, "{days_since: «account.status», at_most: 90}"),
    Mistake(Code.DATE_DIRECTION, _LEAF, "«{days_until: account.renewal_on, at_most: -60}»"),
    Mistake(Code.EMPTY_INTERVAL, _LEAF, "{days_until: account.renewal_on, between: «[90, 0]»}"),
    Mistake(Code.WRONG_TYPE, _LEAF, "{days_until: account.renewal_on, between: «[0, 30, 90]»}"),
    Mistake(Code.INVALID_VALUE, _LEAF, "{fact: account.renewal_on, at_least: «31.3.2026»}"),
    Mistake(Code.OUTSIDE_RANGE, _LEAF, "{fact: account.renewal_on, at_least: «1776-07-04»}"),
    Mistake(Code.INVALID_VALUE, "        priority: 10", "        priority: «1,000»", "1000"),
    Mistake(Code.INVALID_VALUE, _LEAF, "{measure: health.score, at_least: «.inf»}"),
    Mistake(Code.INVALID_VALUE, _LEAF, "{measure: health.score, at_least: «nan»}"),
    Mistake(Code.INVALID_VALUE, _LEAF, "{measure: usage.logins_30d, at_least: «1e999»}"),
    Mistake(Code.INVALID_VALUE, _LEAF, "{health: «score», is: healthy}"),
    Mistake(Code.INVALID_VALUE, _LEAF, "{health: band, is: «helthy»}", "healthy"),
    Mistake(Code.UNKNOWN_FACT, _LEAF, "{fact: «acount.arr», above: 1}", "account.arr"),
    Mistake(Code.UNKNOWN_PLAN, _LEAF, "{plan: «onbording», is: completed}", "onboarding"),
    Mistake(Code.INVALID_VALUE, _LEAF, "{plan: onboarding, is: «done»}"),
    Mistake(Code.UNKNOWN_STAGE, _LEAF, "{visits: «adopton», at_least: 2}", "adoption"),
    Mistake(Code.OUTSIDE_RANGE, _LEAF, "{visits: adoption, at_least: «-1»}"),
    Mistake(Code.INVALID_VALUE, _LEAF, "{came_from: {is: «adopton»}}", "adoption"),
    Mistake(Code.UNKNOWN_KEY, _LEAF, "{came_from: {is: adoption, «for»: 7d}}"),
    Mistake(Code.OUTSIDE_RANGE, _LEAF, "{at_least_of: {n: «3», of: [{measure: health.score, above: 1}]}}"),
    Mistake(Code.MISSING_VALUE, _LEAF, "{any: «[]»}"),
    Mistake(Code.WRONG_TYPE, _LEAF, "{any: «{measure: health.score, above: 1}»}"),
    Mistake(Code.WRONG_TYPE, _LEAF, "«kickoff_done»"),
    Mistake(Code.CONTRADICTING_SELECTOR, "status: closed, outcome: success}", "status: open, outcome: «success»}"),
    Mistake(
        Code.CONTRADICTING_SELECTOR,
        "status: closed, outcome: success}",
        "opened_within: 7d, older_than: «1w»}",
    ),
    Mistake(
        Code.CONTRADICTING_SELECTOR,
        "status: closed, outcome: success}",
        "open_or_opened_within: 7d, status: «closed»}",
    ),
    Mistake(Code.WRONG_UNIT, "status: closed, outcome: success}", "status: closed, opened_within: «7»}", "7d"),
    Mistake(Code.UNKNOWN_REASON, "status: closed, outcome: success}", "reason: [kickoff, «kickof»]}", "kickoff"),
    Mistake(Code.UNKNOWN_KEY, "{type: risk, status: open}", "{type: risk, «stauts»: open}", "status"),
    Mistake(Code.UNKNOWN_REASON, "{type: risk, status: open}", "{reason: «habit»}", "habits"),
    Mistake(Code.UNREACHABLE_STAGE, "  churned: {final: true}", "  churned: {final: true}\n  «lost»: {final: true}"),
    Mistake(Code.FINAL_WITH_EXITS, "    expected: 60d", "    final: «true»\n    expected: 60d"),
    Mistake(
        Code.SAME_GUARD,
        "[{key: back, to: onboarding, trigger: [back], kind: regress}]\n  at_risk",
        "[{key: back, to: onboarding, trigger: back}, {key: «again», to: at_risk, trigger: back}]\n  at_risk",
    ),
    Mistake(
        Code.UNGUARDED_MOVE,
        "[{key: back, to: onboarding, trigger: [back]",
        "[{key: «back», to: onboarding, trigger: [auto]",
    ),
    Mistake(
        Code.UNKNOWN_TEMPLATE, "alerts:\n", "ctas: {«usage_droped»: {recur: {every: 9d}}}\nalerts:\n", "usage_dropped"
    ),
    Mistake(
        Code.MISSING_KEY, "alerts:\n", "ctas: {usage_dropped: {outcome: «success», recur: {every: 9d}}}\nalerts:\n"
    ),
    Mistake(Code.OUTSIDE_RANGE, "alerts:\n", "ctas: {usage_dropped: {recur: {every: «0d»}}}\nalerts:\n"),
    Mistake(
        Code.INVALID_VALUE,
        "alerts:\n",
        "ctas: {usage_dropped: {recur: {every: 9d, since: «open»}}}\nalerts:\n",
        "opening",
    ),
    Mistake(Code.UNKNOWN_PLAN, "{open_cta: kickoff_call}", "{open_plan: «onbording»}", "onboarding"),
    Mistake(Code.OUTSIDE_RANGE, _LEAF, "{plan_progress: onboarding, at_least: «101»}"),
    Mistake(Code.WRONG_SUBJECT, "below: 5}\n", "below: 5, for: 1d}\n    for: «7d»\n"),
    Mistake(
        Code.MISSING_KEY,
        "    stages: [adoption]\n    when: {measure: usage.logins_30d, below: 5}",
        "    «stages»: [adoption]",
    ),
    Mistake(Code.INVALID_VALUE, _OPENS, f"severity: «hihg»\n    {_OPENS}", "high"),
    Mistake(Code.INVALID_VALUE, _OPENS, f"levels: [{{severity: «red», after: 7d}}]\n    {_OPENS}"),
    Mistake(Code.LEVEL_ORDER, _OPENS, f"levels: [{{severity: «low», after: 7d}}]\n    {_OPENS}"),
    Mistake(
        Code.LEVEL_ORDER,
        _OPENS,
        f"levels: [{{severity: critical, after: 9d}}, {{severity: «high», after: 7d}}]\n    {_OPENS}",
    ),
    Mistake(Code.OUTSIDE_RANGE, _OPENS, f"levels: [{{severity: high, after: «0d»}}]\n    {_OPENS}"),
    Mistake(Code.MISSING_KEY, _OPENS, f"levels: [{{«severity»: high, priority: high}}]\n    {_OPENS}"),
    Mistake(Code.UNKNOWN_KEY, _OPENS, f"levels: [{{severity: high, «aftr»: 7d, after: 7d}}]\n    {_OPENS}", "after"),
    Mistake(
        Code.UNKNOWN_MEASURE,
        _OPENS,
        f"levels: [{{severity: high, when: {{measure: «usage», below: 1}}}}]\n    {_OPENS}",
    ),
)
