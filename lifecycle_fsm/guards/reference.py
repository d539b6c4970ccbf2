"""What a guard means, written to be read; the other forms are measured against it."""

from lifecycle_fsm.guards.kleene import at_least, conjunction, disjunction, negation
from lifecycle_fsm.guards.model import All, AnyOf, AtLeastOf, Guard, Held, Leaf, Not, Truth
from lifecycle_fsm.guards.reading import Row, judge_observation, observe


def judge(guard: Guard, row: Row, as_of_ms: int) -> Truth:
    """
    Judge one account's row at the evaluation date.

    The row has values by field key: NUMBER fields finite floats, TEXT fields str, all
    others int; a key that is absent is unknown, like None. Unknown is the answer only
    where the known values do not settle it.
    """

    def each(parts: tuple[Guard, ...]) -> list[Truth]:
        return [judge(part, row, as_of_ms) for part in parts]

    match guard:
        case Leaf():
            return judge_observation(guard, observe(guard.subject, row, as_of_ms))
        case Not():
            return negation(judge(guard.part, row, as_of_ms))
        case All():
            return conjunction(each(guard.parts))
        case AnyOf():
            return disjunction(each(guard.parts))
        case AtLeastOf():
            return at_least(guard.count, each(guard.parts))
        case Held():
            return conjunction(each((guard.leaf, guard.age)))
