"""
Guards as generated Python functions, for judging many accounts.

Of a definition only its shape becomes source text; its values are bound to the names
`c0`, `c1`, ... and never pass through the parser.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.fields import ZONE_SHIFT, Field, Value
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.guards.model import (
    All,
    AnyOf,
    AtLeastOf,
    Guard,
    Held,
    Known,
    Leaf,
    Not,
    OneOf,
    Reading,
    Truth,
    Within,
)
from lifecycle_fsm.guards.statements import Lines, Then, branch, dispatch, indented, jumps
from lifecycle_fsm.guards.stored import Origin, origin_of, over_stored, points_over_stored

CompiledGuard = Callable[[Sequence[Value], int], Truth]
"""Judges a row, whose values are in the order of the keys, at an evaluation date in milliseconds."""

_DEEPEST = 12
"""Python compiles at most 20 loops inside each other; from here on an inner guard is a function of its own."""

_TODAY = {
    Origin.TODAY: f"today = as_of // {DAY_MS}",
    Origin.MIDNIGHT: f"midnight = as_of - as_of % {DAY_MS}",
}

_LOCAL_TODAY = "local_today"
"""The day of the evaluation date where the account is."""


def compile_guard(guard: Guard, keys: Sequence[str]) -> CompiledGuard:
    """
    Turn a guard into a function of a row whose values are in the order of `keys`.

    Raises:
        InvalidInput: the guard reads a field that is not among the keys.
    """
    writer = _Writer(keys)
    body = writer.write(guard, Then(("return True",), ("return False",), ("return None",)))
    lines = ("def judge(row, as_of):", *indented((*writer.prologue(), *body)))
    names: dict[str, Any] = {"__builtins__": {}, **writer.constants}
    exec(compile("\n".join(lines), "<guard>", "exec"), names)  # noqa: S102 - only names and operators of this file
    compiled: CompiledGuard = names["judge"]
    return compiled


class _Writer:
    """Writes the statements of one function and keeps the values that they name."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.constants: dict[str, object] = {}
        self._keys = keys
        self._position = {key: number for number, key in enumerate(keys)}
        self._origins: set[Origin] = set()
        self._has_local_days = False
        self._answers = 0
        self._depth = 0

    def prologue(self) -> Lines:
        """The one place where this form asks what day it is."""
        lines = tuple(line for origin, line in _TODAY.items() if origin in self._origins)
        if not self._has_local_days:
            return lines
        return (*lines, f"{_LOCAL_TODAY} = (as_of + ({self._read(ZONE_SHIFT)} or 0)) // {DAY_MS}")

    def write(self, guard: Guard, then: Then) -> Lines:
        """Judge the guard and go on as `then` says; any-of is the all-of of opposites, turned."""
        match guard:
            case Leaf():
                return self._leaf(guard, then)
            case Not():
                return self.write(guard.part, then.turned())
            case Held():
                return self.write(All((guard.leaf, guard.age)), then)
            case All():
                return self._all(guard, then)
            case AnyOf():
                return self.write(All(tuple(Not(part) for part in guard.parts)), then.turned())
            case AtLeastOf():
                return self._at_least_of(guard, then)

    def _all(self, guard: All, then: Then) -> Lines:
        if not then.true:
            return self._each(guard.parts, then)
        answer = self._answer()
        unknown = (f"{answer} = None",)
        if jumps(then.false):
            body = self._each(guard.parts, Then(false=then.false, unknown=unknown))
            return (f"{answer} = True", *body, *dispatch(answer, then))
        false = (f"{answer} = False", "break")
        body = self._loop(guard, answer, Then(false=false, unknown=unknown))
        return (f"{answer} = True", *body, *dispatch(answer, then))

    def _at_least_of(self, guard: AtLeastOf, then: Then) -> Lines:
        spare = len(guard.parts) - guard.count
        if guard.count <= 0 or spare < 0:
            return then.true if guard.count <= 0 else then.false
        answer = self._answer()
        lacking, failing = f"lacking_{answer}", f"failing_{answer}"
        counted = Then(
            (f"{lacking} -= 1", f"if not {lacking}:", f"    {answer} = True", "    break"),
            (f"{failing} -= 1", f"if not {failing}:", f"    {answer} = False", "    break"),
        )
        return (
            f"{lacking} = {self._constant(guard.count)}",
            f"{failing} = {self._constant(spare + 1)}",
            f"{answer} = None",
            *self._loop(guard, answer, counted),
            *dispatch(answer, then),
        )

    def _loop(self, guard: All | AtLeastOf, answer: str, then: Then) -> Lines:
        """A loop that runs once, which an answer that settles the whole can break."""
        if self._depth == _DEEPEST:
            inner = self._constant(compile_guard(guard, self._keys))
            return (f"{answer} = {inner}(row, as_of)",)
        self._depth += 1
        body = self._each(guard.parts, then)
        self._depth -= 1
        return ("while True:", *indented((*body, "break")))

    def _each(self, parts: Iterable[Guard], then: Then) -> Lines:
        return tuple(line for part in parts for line in self.write(part, then))

    def _leaf(self, leaf: Leaf, then: Then) -> Lines:
        load = self._load(leaf)
        if isinstance(leaf.test, Known):
            known = then if leaf.test.expected else then.turned()
            return (*load, *branch(("v is not None", known.true), ("", known.false)))
        holds = self._holds(leaf)
        if leaf.absent_is_false or then.unknown == then.false:
            return (*load, *branch((f"v is not None and {holds}", then.true), ("", then.false)))
        return (*load, *branch(("v is None", then.unknown), (holds, then.true), ("", then.false)))

    def _load(self, leaf: Leaf) -> Lines:
        load = f"v = {self._read(leaf.subject.field)}"
        freshness = leaf.subject.freshness
        if freshness is None:
            return (load,)
        stale = f"as_of - observed >= {self._constant(freshness.stale_after_ms)}"
        observe = f"observed = {self._read(freshness.observed)}"
        return (load, observe, f"if observed is not None and {stale}:", "    v = None")

    def _holds(self, leaf: Leaf) -> str:
        test = leaf.test
        match test:
            case Within():
                return self._between(leaf, over_stored(leaf.subject, test))
            case OneOf() if leaf.subject.reading is Reading.VALUE:
                return f"v {'not in' if test.negated else 'in'} {self._constant(frozenset(test.values))}"
            case OneOf():
                points = [self._between(leaf, point) for point in points_over_stored(leaf.subject, test)]
                return f"{'not ' if test.negated else ''}({' or '.join(points) or 'False'})"
            case Known():
                return "True"

    def _between(self, leaf: Leaf, bounds: Within) -> str:
        low = "" if bounds.low is None else f"{self._bound(leaf, bounds.low)} {'<' if bounds.low_open else '<='} "
        high = "" if bounds.high is None else f" {'<' if bounds.high_open else '<='} {self._bound(leaf, bounds.high)}"
        return f"{low}v{high}" if low or high else "True"

    def _bound(self, leaf: Leaf, offset: float | int) -> str:
        constant = self._constant(offset)
        if leaf.subject.local is not None:
            self._has_local_days = True
            return f"{_LOCAL_TODAY} + {constant}"
        origin = origin_of(leaf.subject)
        self._origins.add(origin)
        return constant if origin is Origin.ZERO else f"{origin.value} + {constant}"

    def _read(self, field: Field) -> str:
        if field.key not in self._position:
            raise InvalidInput(f"the guard reads {field.key!r}, which is not among the row's {len(self._keys)} keys")
        return f"row[{self._position[field.key]}]"

    def _constant(self, value: object) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name

    def _answer(self) -> str:
        self._answers += 1
        return f"a{self._answers}"
