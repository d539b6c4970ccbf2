"""Numbers that may depend on the variables of a request; what depends on none is worked out at once."""

from collections.abc import Callable, Mapping, Sequence

Variables = Mapping[str, object]

Formula = int | Callable[[Variables], int]


def value_of(formula: Formula, variables: Variables) -> int:
    """What a formula comes to under these variables."""
    return formula if isinstance(formula, int) else formula(variables)


def total(parts: Sequence[Formula]) -> Formula:
    """All parts together."""
    fixed = sum(each for each in parts if isinstance(each, int))
    moving = [each for each in parts if not isinstance(each, int)]
    if not moving:
        return fixed
    return lambda variables: fixed + sum([each(variables) for each in moving])


def product(left: Formula, right: Formula) -> Formula:
    """One times the other."""
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    return lambda variables: value_of(left, variables) * value_of(right, variables)


def most(parts: Sequence[Formula]) -> Formula:
    """The largest part; 0 without any."""
    fixed = max((each for each in parts if isinstance(each, int)), default=0)
    moving = [each for each in parts if not isinstance(each, int)]
    if not moving:
        return fixed
    return lambda variables: max(fixed, *(each(variables) for each in moving))


def only_if(holds: bool | Callable[[Variables], bool], part: Formula) -> Formula:  # noqa: FBT001 # a condition is the matter
    """The part where a condition holds, else 0."""
    if isinstance(holds, bool):
        return part if holds else 0
    return lambda variables: value_of(part, variables) if holds(variables) else 0
