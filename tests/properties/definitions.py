"""Random definitions that use the whole language, as hypothesis draws them."""

from collections.abc import Mapping
from datetime import date, datetime

from hypothesis import strategies as st

from lifecycle_fsm.definition.catalog import SCHEMA
from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.definition.diagnostics import Severity
from lifecycle_fsm.engine.machine import Machine

Table = dict[str, object]
"""What is drawn: a table of the language."""

ABSURD = {Code.NEVER_TRUE, Code.SHADOWED_EXIT, Code.NEVER_CLEARS, Code.NEVER_REACHED}
"""What proofs find in most drawn conditions; nobody would publish these machines, but they have a meaning."""


def machine_of(catalog: bytes, segment: bytes, name: str = "any") -> Machine:
    """The machine of a drawn definition, in which nothing but absurd conditions is wrong."""
    compiled = compile_configuration({"catalog.yaml": catalog, f"segments/{name}.yaml": segment})
    errors = [each for each in compiled.diagnostics if each.severity is Severity.ERROR and each.code not in ABSURD]
    assert not errors, errors
    return compiled.drafts[name].machine


CATALOG: Table = {
    "schema": SCHEMA,
    "measures": {
        "depth": {"title": "Depth", "unit": "%", "range": ["0", "100"], "stale_after": "30d"},
        "usage.ratio": {"title": "Ratio", "unit": "ratio", "range": ["0", "1"]},
        "usage.logins": {"title": "Logins", "unit": "logins", "group": "Usage"},
        "usage.seats": {"title": "Seats", "type": "count", "unit": "seats", "group": "Usage"},
        "trained": {"title": "Trained", "type": "flag", "group": "People"},
        "sponsor": {"title": "Sponsor", "type": "choice", "choices": {"weak": "40", "strong": "90"}, "group": "People"},
        "launch": {
            "title": "Launch",
            "group": "People",
            "derived": {
                "cases": [
                    {
                        "when": {"ctas": {"type": "risk", "status": "open", "flagged": "true"}, "at_least": "1"},
                        "value": "0",
                    },
                    {"when": {"days_since": "seen_at", "above": "14"}, "value": "40"},
                ],
                "otherwise": "100",
            },
        },
    },
    "scorecards": {
        "shared": {
            "missing": "worst",
            "grades": [{"grade": "A", "at_least": "75"}, {"grade": "F", "at_least": "0"}],
            "measures": {"sponsor": {"weight": "2"}, "trained": {"weight": "1"}, "launch": {"weight": "1"}},
        }
    },
    "facts": {
        "arr": {"title": "ARR", "kind": "number", "unit": "USD"},
        "seats": {"title": "Seats", "kind": "integer", "stale_after": "90m"},
        "notice": {"title": "Notice: given", "kind": "flag"},
        "renewal_on": {"title": "Renewal", "kind": "date"},
        "seen_at": {"title": "Seen", "kind": "instant"},
        "sponsor": {"title": "Sponsor", "kind": "text"},
        "zone": {"title": "Time zone", "kind": "text"},
        "tier": {"title": "Tier", "kind": "text", "one_of": ["gold", "no", "#1"]},
    },
    "milestones": {"kickoff": "Kickoff", "value": "First Value"},
    "reasons": {"kickoff": "Kickoff", "habits": "Habits"},
    "plans": {
        "onboarding": "Onboarding",
        "growth": {
            "title": "Growth",
            "due_in": "60bd",
            "completes": "with_objectives",
            "objectives": [{"cta": "define", "due_in": "2w"}, {"cta": "train", "required": "false"}],
        },
    },
    "calendars": {
        "office": {"title": "Office", "country": "DE-BY", "years": ["2024", "2026"]},
        "gulf": {
            "title": "Gulf: branch",
            "working_days": ["sunday", "monday", "thursday"],
            "holidays": {"2026-03-31": "Stock-taking: all"},
        },
    },
    "playbooks": {
        "start": {
            "title": "Start",
            "tasks": [{"key": "call", "title": "Call", "due_in": "2bd", "required": "false", "assignee": "csm_lead"}],
        }
    },
    "templates": {
        "call": {
            "title": "Call",
            "type": "lifecycle",
            "reason": "kickoff",
            "priority": "low",
            "due_in": "14d",
            "owner": "csm",
            "playbook": "start",
        },
        "rescue": {
            "title": "Rescue",
            "type": "risk",
            "reason": "habits",
            "priority": "high",
            "due_in": "1w",
            "owner": "lead",
            "fallback": "Ann",
            "identity": "rescue",
        },
        "define": {
            "title": "Define goals",
            "type": "objective",
            "reason": "kickoff",
            "priority": "medium",
            "due_in": "10bd",
            "due_after": {"fact": "seen_at", "by": "14d"},
            "owner": ["csm", {"fact": "sponsor"}, "csm_lead", "Ops"],
        },
        "train": {
            "title": "Train the team",
            "type": "objective",
            "reason": "habits",
            "priority": "medium",
            "due_in": "30d",
            "due_before": {"fact": "renewal_on", "by": "20bd"},
            "owner": {"fact": "sponsor"},
            "subject": {"kind": "contract", "fact": "tier"},
            "cool_down": "30d",
        },
    },
}
STAGES = ("zeta", "alpha", "mid")


def word(*words: str) -> st.SearchStrategy[str]:
    return st.sampled_from(words)


def number(low: float, high: float) -> st.SearchStrategy[str]:
    return st.floats(low, high, allow_subnormal=False).map(repr)


def whole(low: int, high: int) -> st.SearchStrategy[str]:
    return st.integers(low, high).map(str)


spans = st.builds("{}{}".format, st.integers(0, 400), word("s", "m", "h", "d", "w"))
working_spans = spans | whole(0, 400).map("{}bd".format)
dates = st.dates(date(1950, 1, 1), date(2150, 1, 1)).map(date.isoformat)
instants = st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1)).map(  # noqa: DTZ001
    lambda instant: f"{instant.isoformat(timespec='milliseconds')}Z"
)


def tables(
    required: Mapping[str, st.SearchStrategy[object]], optional: Mapping[str, st.SearchStrategy[object]] | None = None
) -> st.SearchStrategy[Table]:
    """A table with some keys always and others sometimes."""
    return st.fixed_dictionaries(dict(required), optional=dict(optional or {}))


def under(key: str, values: st.SearchStrategy[object]) -> st.SearchStrategy[Table]:
    """A table with a single key."""
    return tables({key: values})


def ranged(values: st.SearchStrategy[str]) -> st.SearchStrategy[Table]:
    """One of the operators of an interval; the two values of `between` are the same, so never the wrong way round."""
    sided = st.builds(lambda key, value: {key: value}, word("at_least", "above", "at_most", "below"), values)
    return sided | values.map(lambda value: {"between": [value, value]})


def equal(values: st.SearchStrategy[str]) -> st.SearchStrategy[Table]:
    """One of the operators that compare with single values."""
    single = st.builds(lambda key, value: {key: value}, word("is", "is_not"), values)
    several = st.builds(lambda key, some: {key: some}, word("in", "not_in"), st.lists(values, min_size=1, max_size=3))
    return single | several


known: st.SearchStrategy[Table] = st.sampled_from([{"is_known": "true"}, {"is_unknown": "true"}, {"is_known": "false"}])


def about(subject: Table, operators: st.SearchStrategy[Table]) -> st.SearchStrategy[Table]:
    """A leaf: the subject with one of the operators."""
    return operators.map(lambda operator: {**subject, **operator})


def selectors(*statuses: str) -> st.SearchStrategy[Table]:
    """A choice of CTAs; an outcome goes with closed ones only."""
    keys: dict[str, st.SearchStrategy[object]] = {
        "type": word("risk", "lifecycle") | st.just(["lifecycle", "risk"]),
        "reason": word("kickoff", "habits") | st.just(["habits", "kickoff"]),
        "template": word("call", "rescue") | st.just(["call", "rescue"]),
    }
    if statuses:
        keys |= {"flagged": word("true", "false")}
        keys |= {"older_than": word("7d", "36h"), "since": st.just("stage_entry")}
        recent = st.fixed_dictionaries({"open_or_opened_within": word("183d", "8d")}, optional=keys)
        one_way = {**keys, "status": word(*statuses), "opened_within": word("183d", "30d")}
        return st.fixed_dictionaries({}, optional=one_way) | recent
    return st.fixed_dictionaries({}, optional=keys)


HELD = (
    about({"measure": "depth"}, ranged(number(0, 100)) | known),
    about({"measure": "usage.ratio"}, ranged(number(0, 1))),
    about({"measure": "launch"}, ranged(number(0, 100)) | known),
    about({"measure": "launch", "change_over": "1w"}, ranged(number(-100, 100))),
    about({"measure": "sponsor"}, ranged(number(0, 100)) | known),
    about({"measure": "usage.logins"}, ranged(number(-1e300, 1e300))),
    about({"measure": "health.score"}, ranged(number(0, 100)) | known),
    about({"measure": "health.score", "change_over": "2w"}, ranged(number(-100, 100))),
    about({"measure": "depth", "change_over": "36h"}, ranged(number(-100, 100))),
    about({"fact": "arr"}, ranged(number(-1e9, 1e9)) | known),
    about({"fact": "seats"}, ranged(whole(-(2**53), 2**53)) | equal(whole(0, 9))),
    about({"fact": "notice"}, under("is", word("true", "false")) | known),
    about({"fact": "renewal_on"}, ranged(dates) | known),
    about({"fact": "seen_at"}, ranged(instants)),
    about({"fact": "tier"}, equal(word("gold", "no", "#1")) | known),
    about({"health": "band"}, equal(word("healthy", "neutral", "at_risk"))),
    about({"plan": "onboarding"}, equal(word("draft", "active", "completed"))),
    about({"plan_progress": "growth"}, ranged(number(0, 100)) | known),
    st.builds(lambda chosen, test: {"ctas": chosen, **test}, selectors("open", "closed"), ranged(whole(0, 5))),
    st.just({"ctas": {"status": "closed", "outcome": "success"}, "is": "0"}),
)
PLAIN = (
    st.fixed_dictionaries(
        {"milestone": word("kickoff", "value")},
        optional={"since": st.just("stage_entry"), "reached": word("true", "false")},
    ),
    st.fixed_dictionaries({"milestone": word("kickoff", "value"), "within": spans}),
    about({"visits": "alpha"}, ranged(whole(0, 9)) | equal(whole(0, 9))),
    about({"days_until": "renewal_on"}, ranged(whole(0, 400)) | known),
    about({"days_since": "seen_at"}, ranged(whole(0, 400))),
    about({"days_since": "value"}, ranged(whole(0, 400))),
    ranged(spans).map(lambda test: {"stage_age": test}),
    equal(word(*STAGES)).map(lambda test: {"came_from": test}),
)

leaves = st.one_of(*HELD, *PLAIN) | st.builds(lambda leaf, span: {**leaf, "for": span}, st.one_of(*HELD), spans)


def _joined(parts: st.SearchStrategy[Table]) -> st.SearchStrategy[Table]:
    several = st.lists(parts, min_size=1, max_size=3)
    counted = several.map(lambda some: {"n": str(len(some)), "of": some})
    return st.one_of(under("all", several), under("any", several), under("not", parts), under("at_least_of", counted))


guards: st.SearchStrategy[Table] = st.recursive(leaves, _joined, max_leaves=6)

templates: st.SearchStrategy[object] = word("call", "rescue") | st.just({"template": "call", "priority": "high"})
deeds: st.SearchStrategy[object] = (
    templates.map(lambda template: {"open_cta": template})
    | templates.map(lambda template: {"escalate_cta": template})
    | selectors().map(lambda chosen: {"close_ctas": {**chosen, "outcome": "superseded"}})
    | st.just({"reach": "value"})
    | st.text("ab: #'\"\né", min_size=1).map(lambda text: {"notify": {"channel": "leads", "message": text}})
)
plain_effects: st.SearchStrategy[list[object]] = st.lists(deeds, min_size=1, max_size=3)
effects: st.SearchStrategy[list[object]] = st.lists(
    deeds | st.just({"open_plan": "growth"}),
    min_size=1,
    max_size=3,
)


def expected(milestone: str) -> st.SearchStrategy[Table]:
    """A milestone that is due."""
    return st.fixed_dictionaries(
        {"milestone": st.just(milestone), "within": working_spans},
        optional={"of": word("renewal_on", "seen_at", "stage_entry"), "on_missed": effects},
    )


def exits(source: str) -> st.SearchStrategy[list[Table]]:
    """A way to every other stage, so that all are reached, each with a priority of its own."""
    targets = [stage for stage in STAGES if stage != source]
    return st.tuples(*(_exit(target, index) for index, target in enumerate(targets))).map(list)


def _exit(target: str, priority: int) -> st.SearchStrategy[Table]:
    return st.fixed_dictionaries(
        {"key": st.just(f"to_{target}"), "to": st.just(target), "priority": st.just(str(priority)), "when": guards},
        optional={
            "kind": word("advance", "regress", "risk", "exit"),
            "trigger": word("auto", "go") | st.just(["auto", "go"]),
            "requires": st.just(["kickoff", {"milestone": "value", "since": "stage_entry"}]),
            "after": spans,
            "min_dwell": spans,
            "do": effects,
        },
    )


def stages(key: str) -> st.SearchStrategy[Table]:
    """One stage with any of its parts."""
    return st.fixed_dictionaries(
        {"transitions": exits(key)},
        optional={
            "title": st.just("A: title"),
            "expected": st.just("30d") | st.just("21bd"),
            "stuck": st.just("45d") | st.just("32bd"),
            "milestones": st.tuples(expected("value"), expected("kickoff")).map(list),
            "on_enter": effects,
            "on_exit": effects,
            "on_behind": effects,
            "on_stuck": effects,
        },
    )


scored = st.fixed_dictionaries({"weight": number(0.1, 9), "healthy": number(51, 100), "neutral": number(0, 50)})
rules: Mapping[str, st.SearchStrategy[object]] = {
    "missing": word("leave_out", "worst") | number(0, 1).map(lambda share: {"unknown_above": share}),
    "scheme": word("score", "colour"),
}
groups = st.builds(
    lambda first, second: [
        {"group": "Usage", "weight": first},
        {"group": "People", "weight": second, "roll_up": "worst"},
    ],
    number(0.1, 9),
    number(0.1, 9),
)
refined = st.fixed_dictionaries(
    {"uses": st.just("shared")},
    optional={
        **rules,
        "scheme": word("score", "colour", "grade"),
        "groups": groups,
        "measures": st.fixed_dictionaries({}, optional={"usage.logins": scored, "sponsor": st.just({"weight": "0"})}),
        "stages": st.just({"mid": {"trained": {"weight": "0"}, "launch": {"healthy": "90"}}}),
    },
)
scorecards = refined | st.fixed_dictionaries(
    {"measures": st.fixed_dictionaries({"usage.logins": scored}, optional={"depth": scored, "launch": scored})},
    optional={
        **rules,
        "roll_up": word("weighted", "worst"),
        "stages": st.fixed_dictionaries({"mid": st.fixed_dictionaries({"depth": scored, "usage.logins": scored})})
        | st.just({"alpha": {"usage.logins": {"weight": "0"}}, "mid": {}}),
    },
)


def level(severity: str) -> st.SearchStrategy[Table]:
    """One level of an alert."""
    said: dict[str, st.SearchStrategy[object]] = {"severity": st.just(severity)}
    more: dict[str, st.SearchStrategy[object]] = {"priority": word("high", "medium", "low")}
    longer = spans.filter(lambda span: not span.startswith("0"))
    timed = st.fixed_dictionaries({**said, "after": longer}, optional=more)
    return timed | st.fixed_dictionaries({**said, "when": guards}, optional={**more, "after": longer})


levels = level("high").map(lambda one: [one]) | st.tuples(level("high"), level("critical")).map(list)
alerts = st.fixed_dictionaries(
    {"when": guards, "open_cta": templates | st.lists(templates, min_size=1, max_size=2)},
    optional={
        "stages": st.just(["mid", "zeta"]),
        "clear_when": guards,
        "cool_down": spans,
        "closes": word("true", "false"),
        "severity": word("low", "medium"),
        "levels": levels,
    },
)

cta_rules = tables(
    {}, {"recur": tables({"every": st.just("90d")}, {"since": word("closing", "opening", "stage_entry")})}
)
closing_rules = st.fixed_dictionaries(
    {"close_when": guards}, optional={"outcome": word("success", "invalid", "recovered")}
)
recurring = st.builds(
    lambda rule, stages: {**rule, **({"stages": stages} if "recur" in rule and stages else {})},
    cta_rules,
    st.sampled_from([[], ["mid"], ["mid", "alpha"]]),
)

arrivals = st.fixed_dictionaries(
    {},
    optional={
        "live": word(*STAGES),
        "other.live": st.fixed_dictionaries({"to": word(*STAGES)}, optional={"clock": word("keep", "restart")}),
    },
)

time_zones = st.one_of(
    word("Europe/Berlin", "Pacific/Apia"),
    st.fixed_dictionaries({"fact": st.just("zone")}, optional={"default": word("America/New_York", "Asia/Kolkata")}),
)

segments: st.SearchStrategy[Table] = st.fixed_dictionaries(
    {
        "schema": st.just(SCHEMA),
        "segment": st.just("any"),
        "applies_to": st.just({"manual": "true"}) | st.just({"when": {"fact": "tier", "is": "gold"}}),
        "initial": word(*STAGES),
        "stages": st.fixed_dictionaries({stage: stages(stage) for stage in STAGES}),
    },
    optional={
        "rank": whole(-5, 500),
        "milestones": st.dictionaries(
            word("kickoff", "value"),
            st.fixed_dictionaries({"when": guards}, optional={"stages": st.just(["mid", "alpha"])}),
            min_size=1,
        ),
        "calendar": word("office", "gulf"),
        "time_zone": time_zones,
        "defaults": spans.map(lambda span: {"unknown": "hold", "min_dwell": span}),
        "scorecard": scorecards,
        "everywhere": guards.map(lambda when: [{"key": "out", "to": "mid", "when": when, "priority": "9"}]),
        "arrivals": arrivals,
        "alerts": st.fixed_dictionaries({"second": alerts}, optional={"first": alerts}),
        "ctas": st.fixed_dictionaries({"rescue": closing_rules}, optional={"call": recurring}),
    },
)
