"""Choices of CTAs by what they are and by their age."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_fsm.domain.cta import Cta, CtaOutcome, CtaStatus, CtaType, Priority
from lifecycle_fsm.domain.cta_selector import CtaSelector
from lifecycle_fsm.domain.moments import DAY_MS
from tests.builders import day

INSTANT = timedelta(milliseconds=1)
WEEK = 7 * DAY_MS


def a_cta(opened: int = 0, closed: int | None = None, **differently: str) -> Cta:
    return Cta(
        id=None,
        cause_key="1.0",
        identity="habits",
        template=differently.get("template", "call"),
        title="Call",
        type=CtaType(differently.get("type", "risk")),
        reason=differently.get("reason", "habits"),
        priority=Priority.MEDIUM,
        status=CtaStatus.NEW if closed is None else CtaStatus.CLOSED,
        opened_at=day(opened),
        due_at=day(opened),
        owner="ada",
        outcome=None if closed is None else CtaOutcome.SUCCESS,
        closed_at=None if closed is None else day(closed),
    )


@pytest.mark.parametrize(
    ("selector", "closed", "before", "then"),
    [
        (CtaSelector(younger_than_ms=WEEK), None, True, False),
        (CtaSelector(younger_than_ms=WEEK), 1, True, False),
        (CtaSelector(older_than_ms=WEEK), None, False, True),
        (CtaSelector(younger_than_ms=WEEK, or_open=True), None, True, True),
        (CtaSelector(younger_than_ms=WEEK, or_open=True), 1, True, False),
    ],
    ids=["young", "young and closed", "old", "open", "young or open, and closed"],
)
def test_a_cta_grows_out_of_an_age_at_the_instant_of_it(
    selector: CtaSelector, closed: int | None, before: bool, then: bool
) -> None:
    cta = a_cta(0, closed)

    assert selector.matches(cta, day(0), day(7) - INSTANT) is before
    assert selector.matches(cta, day(0), day(7)) is then
    assert set(selector.instants([cta])) == {day(7)}


def test_a_list_chooses_each_of_its_names() -> None:
    selector = CtaSelector(reasons=("habits", "support"), templates=("call",))

    assert [selector.matches(a_cta(reason=each), day(0), day(1)) for each in ("habits", "support", "kickoff")] == [
        True,
        True,
        False,
    ]
    assert not selector.matches(a_cta(template="write"), day(0), day(1))


ages = st.sampled_from([None, DAY_MS, WEEK])
selectors = st.builds(
    CtaSelector,
    types=st.sampled_from([(), (CtaType.RISK,), (CtaType.LIFECYCLE, CtaType.RISK)]),
    reasons=st.sampled_from([(), ("habits",), ("habits", "support")]),
    templates=st.sampled_from([(), ("call",)]),
    status=st.sampled_from([None, "open", "closed"]),
    outcome=st.sampled_from([None, CtaOutcome.SUCCESS]),
    since_entry=st.booleans(),
    younger_than_ms=ages,
    older_than_ms=ages,
) | st.builds(
    CtaSelector,
    reasons=st.sampled_from([(), ("habits", "support")]),
    since_entry=st.booleans(),
    younger_than_ms=st.sampled_from([DAY_MS, WEEK]),
    or_open=st.just(value=True),
    older_than_ms=ages,
)
ctas = st.builds(
    a_cta,
    opened=st.integers(0, 9),
    closed=st.none() | st.integers(9, 12),
    type=st.sampled_from(["risk", "lifecycle"]),
    reason=st.sampled_from(["habits", "support", "kickoff"]),
    template=st.sampled_from(["call", "write"]),
)


@given(selector=selectors)
def test_a_selector_is_read_back_from_its_text(selector: CtaSelector) -> None:
    assert CtaSelector.from_key(selector.key) == selector


@given(wide=selectors, narrow=selectors, cta=ctas, entered=st.integers(0, 12), at=st.integers(12, 20))
def test_what_a_wider_choice_includes_it_chooses(
    wide: CtaSelector, narrow: CtaSelector, cta: Cta, entered: int, at: int
) -> None:
    if wide.includes(narrow) and narrow.matches(cta, day(entered), day(at)):
        assert wide.matches(cta, day(entered), day(at))


@given(selector=selectors, cta=ctas, at=st.integers(12, 20), later=st.integers(12, 20))
def test_time_changes_the_choice_only_at_the_instants_that_it_names(
    selector: CtaSelector, cta: Cta, at: int, later: int
) -> None:
    first, last = day(min(at, later)), day(max(at, later))

    if selector.matches(cta, day(0), first) is not selector.matches(cta, day(0), last):
        assert any(first < instant <= last for instant in selector.instants([cta]))
