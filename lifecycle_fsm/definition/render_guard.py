"""Condition trees back to the words of the language."""

from lifecycle_fsm.definition.document import Document
from lifecycle_fsm.definition.selectors import selector_document
from lifecycle_fsm.domain.cta_selector import CtaSelector
from lifecycle_fsm.domain.fields import FieldKind
from lifecycle_fsm.domain.moments import format_duration, from_day, from_ms
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
    Subject,
    SubjectKind,
    Test,
    Within,
)

Value = float | int | str


def guard_document(guard: Guard) -> dict[str, Document]:
    """One condition as a table."""
    match guard:
        case Leaf():
            return leaf_document(guard)
        case Held():
            return {**leaf_document(guard.leaf), "for": format_duration(guard.for_ms)}
        case Not():
            return {"not": guard_document(guard.part)}
        case All():
            return {"all": [guard_document(part) for part in guard.parts]}
        case AnyOf():
            return {"any": [guard_document(part) for part in guard.parts]}
        case AtLeastOf():
            return {"at_least_of": {"n": str(guard.count), "of": [guard_document(part) for part in guard.parts]}}


def leaf_document(leaf: Leaf) -> dict[str, Document]:
    """One leaf as a table."""
    subject = leaf.subject
    written: dict[str, Document] = dict(subject.written)
    test = _test(leaf.test, subject)
    if subject.kind is SubjectKind.CTAS:
        written["ctas"] = selector_document(CtaSelector.from_key(subject.written[0][1]))
    if subject.kind in {SubjectKind.STAGE_AGE, SubjectKind.CAME_FROM}:
        return {subject.kind.value: test}
    return {**written, **test}


def _test(test: Test, subject: Subject) -> dict[str, Document]:
    match test:
        case Known():
            if subject.kind is SubjectKind.MILESTONE:
                return {"reached": "true" if test.expected else "false"}
            return {"is_known" if test.expected else "is_unknown": "true"}
        case OneOf():
            return _one_of(test, subject)
        case Within():
            return _within(test, subject)


def _one_of(test: OneOf, subject: Subject) -> dict[str, Document]:
    values: list[Document] = [value_text(value, subject) for value in test.values]
    if len(values) == 1:
        return {"is_not" if test.negated else "is": values[0]}
    return {"not_in" if test.negated else "in": values}


def _within(test: Within, subject: Subject) -> dict[str, Document]:
    if subject.kind is SubjectKind.MILESTONE and test.high is not None:
        return {"within": value_text(test.high, subject)}
    if test.low is not None and test.high is not None:
        return {"between": [value_text(test.low, subject), value_text(test.high, subject)]}
    if test.low is not None:
        return {"above" if test.low_open else "at_least": value_text(test.low, subject)}
    assert test.high is not None
    return {"below" if test.high_open else "at_most": value_text(test.high, subject)}


def value_text(value: Value, subject: Subject) -> str:
    """A value that a subject is compared with, as a definition writes it."""
    if subject.reading is Reading.ELAPSED:
        return format_duration(int(value))
    if isinstance(value, str) or subject.reading is not Reading.VALUE:
        return str(value)
    return _of_kind(value, subject.field.kind)


def _of_kind(value: float, kind: FieldKind) -> str:
    match kind:
        case FieldKind.FLAG:
            return "true" if value else "false"
        case FieldKind.DAY:
            return from_day(int(value)).isoformat()
        case FieldKind.INSTANT:
            return from_ms(int(value)).isoformat().replace("+00:00", "Z")
        case _:
            return number_text(value)


def number_text(number: float) -> str:
    """The shortest text that reads back to the same number: `60`, `0.4`."""
    return repr(number).removesuffix(".0")
