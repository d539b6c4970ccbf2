"""
Nanoseconds per judged row: generated Python beside a function written by hand for the same guard.

The contenders take turns on the same rows; the figure is the median of the rounds. The
cost of the full explanation stands beside them. Run: python -m benchmarks.guard
"""

from collections.abc import Callable, Sequence
from random import Random
from statistics import median
from time import process_time_ns
from typing import TypeVar

from lifecycle_fsm.domain.fields import HEALTH_SCORE, STAGE_ENTERED_AT, Field, FieldKind, Value, measure_field
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.guards.explain import explain
from lifecycle_fsm.guards.model import (
    All,
    AnyOf,
    AtLeastOf,
    Guard,
    Known,
    Leaf,
    Not,
    OneOf,
    Reading,
    Subject,
    SubjectKind,
    Test,
    Truth,
    Within,
)
from lifecycle_fsm.guards.python import compile_guard
from lifecycle_fsm.guards.reference import judge

ROUNDS = 15
ROWS = 20_000
EXPLAINED = 500
AS_OF_MS = 1_770_000_000_000

Row = tuple[
    float | None,
    int | None,
    int | None,
    int | None,
    str | None,
    int | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
]
Judge = Callable[[Row, int], Truth]
T = TypeVar("T")

MEASURES = tuple(measure_field(name) for name in "abcdefgh")
KICKOFF = Field("milestone.kickoff", FieldKind.INSTANT)
RISKS = Field("ctas.type=risk,status=open", FieldKind.INTEGER)
PLAN = Field("plan.onboarding", FieldKind.TEXT)
RENEWAL = Field("fact.renewal", FieldKind.DAY)
FIELDS = (HEALTH_SCORE, STAGE_ENTERED_AT, KICKOFF, RISKS, PLAN, RENEWAL, *MEASURES)
KEYS = tuple(field.key for field in FIELDS)


def leaf(field: Field, test: Test, reading: Reading = Reading.VALUE) -> Leaf:
    return Leaf(Subject(SubjectKind.FACT, field, reading, field.key, None, ()), test)


HEALTHY = leaf(HEALTH_SCORE, Within(60.0))
SETTLED = leaf(STAGE_ENTERED_AT, Within(14 * DAY_MS), Reading.ELAPSED)
STARTED = leaf(KICKOFF, Known())
CALM = Not(leaf(RISKS, Within(1)))
DONE = leaf(PLAN, OneOf(("completed", "closed")))
RENEWS_SOON = leaf(RENEWAL, Within(0, 90), Reading.DAYS_UNTIL)
USED = tuple(leaf(field, Within(50.0)) for field in MEASURES)

SMALL = All((HEALTHY, SETTLED))
MEDIUM = All((SETTLED, STARTED, HEALTHY, CALM, AnyOf((DONE, USED[0]))))
LARGE = All(
    (
        AnyOf((HEALTHY, SETTLED, STARTED)),
        Not(All((leaf(RISKS, Within(2)), leaf(HEALTH_SCORE, Within(high=20.0))))),
        AtLeastOf(3, USED[:6]),
        AnyOf((All((DONE, USED[6])), All((RENEWS_SOON, USED[7])))),
    )
)


def small(row: Row, as_of_ms: int) -> Truth:
    health, entered_at = row[0], row[1]
    if health is not None and health < 60.0:
        return False
    if entered_at is not None and as_of_ms - entered_at < 1_209_600_000:
        return False
    return None if health is None or entered_at is None else True


def medium(row: Row, as_of_ms: int) -> Truth:
    entered_at, health, risks = row[1], row[0], row[3]
    if entered_at is not None and as_of_ms - entered_at < 1_209_600_000:
        return False
    if row[2] is None:
        return False
    if health is not None and health < 60.0:
        return False
    if risks is not None and risks >= 1:
        return False
    unknown = entered_at is None or health is None or risks is None
    plan, used = row[4], row[6]
    if plan in ("completed", "closed") or (used is not None and used >= 50.0):
        return None if unknown else True
    if plan is None or used is None:
        return None
    return False


def large(row: Row, as_of_ms: int) -> Truth:  # noqa: C901, PLR0912 - as above
    unknown = False
    health, entered_at = row[0], row[1]
    healthy = health is not None and health >= 60.0
    settled = entered_at is not None and as_of_ms - entered_at >= 1_209_600_000
    if not healthy and not settled and row[2] is None:
        if health is not None and entered_at is not None:
            return False
        unknown = True
    risks = row[3]
    if risks is None:
        if health is None or health <= 20.0:
            unknown = True
    elif risks >= 2:
        if health is None:
            unknown = True
        elif health <= 20.0:
            return False
    enough = unsure = 0
    for used in row[6:12]:
        if used is None:
            unsure += 1
        elif used >= 50.0:
            enough += 1
            if enough == 3:
                break
    if enough < 3:
        if enough + unsure < 3:
            return False
        unknown = True
    plan, used = row[4], row[12]
    done = None if plan is None else plan in ("completed", "closed")
    first = done if used is None else used >= 50.0 and done
    if used is None and done is True:
        first = None
    if first is True:
        return None if unknown else True
    renewal, used = row[5], row[13]
    soon = None if renewal is None else 0 <= renewal - as_of_ms // 86_400_000 <= 90
    second = soon if used is None else used >= 50.0 and soon
    if used is None and soon is True:
        second = None
    if second is True:
        return None if unknown else True
    if first is None or second is None:
        return None
    return False


def a_row(rng: Random) -> Row:
    """A plausible account: one value in ten is unknown."""

    def maybe(value: T) -> T | None:
        return None if rng.random() < 0.1 else value

    def measure() -> float | None:
        return maybe(rng.uniform(0, 100))

    return (
        measure(),
        maybe(AS_OF_MS - rng.randrange(60 * DAY_MS)),
        maybe(AS_OF_MS - rng.randrange(60 * DAY_MS)),
        maybe(rng.choice((0, 0, 0, 1, 2))),
        maybe(rng.choice(("completed", "active"))),
        maybe(AS_OF_MS // DAY_MS + rng.randrange(-30, 180)),
        measure(),
        measure(),
        measure(),
        measure(),
        measure(),
        measure(),
        measure(),
        measure(),
    )


def nothing(_row: Row, _as_of_ms: int) -> Truth:
    return None


def nanoseconds(function: Judge, rows: Sequence[Row]) -> float:
    start = process_time_ns()
    for row in rows:
        function(row, AS_OF_MS)
    return (process_time_ns() - start) / len(rows)


def compare(name: str, guard: Guard, by_hand: Judge, rows: Sequence[Row]) -> None:
    generated = compile_guard(guard, KEYS)
    named: list[dict[str, Value]] = [dict(zip(KEYS, row, strict=True)) for row in rows]
    for row, full in zip(rows, named, strict=True):
        assert by_hand(row, AS_OF_MS) is generated(row, AS_OF_MS) is judge(guard, full, AS_OF_MS), row
    contenders: tuple[Judge, ...] = (by_hand, generated, nothing)
    rounds = [[nanoseconds(function, rows) for function in contenders] for _ in range(ROUNDS)]
    hand_ns, generated_ns, call_ns = (median(figures) for figures in zip(*rounds, strict=True))
    ratio = median(mine / floor for floor, mine, _ in rounds)
    reasons_us = microseconds(lambda row: explain(guard, row, AS_OF_MS), named[:EXPLAINED])
    print(f"{name:<18}{hand_ns:>9.0f}{generated_ns:>11.0f}{ratio:>8.2f}{call_ns:>12.0f}{reasons_us:>12.1f}")


def microseconds(function: Callable[[dict[str, Value]], object], rows: Sequence[dict[str, Value]]) -> float:
    start = process_time_ns()
    for row in rows:
        function(row)
    return (process_time_ns() - start) / len(rows) / 1_000


def main() -> None:
    rng = Random(7)
    rows = [a_row(rng) for _ in range(ROWS)]
    print(f"{'guard':<18}{'hand ns':>9}{'generated':>11}{'ratio':>8}{'empty call':>12}{'explain us':>12}")
    compare("small, 2 leaves", SMALL, small, rows)
    compare("medium, 6 leaves", MEDIUM, medium, rows)
    compare("large, 15 leaves", LARGE, large, rows)


if __name__ == "__main__":
    main()
