"""Tables that choose CTAs, in guards and in effects."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.document import Document
from lifecycle_fsm.definition.nodes import ListNode, Node
from lifecycle_fsm.definition.scope import Scope
from lifecycle_fsm.definition.tables import Table, read_table
from lifecycle_fsm.definition.values import read_duration, read_flag, read_word
from lifecycle_fsm.domain.cta import CtaOutcome, CtaType
from lifecycle_fsm.domain.cta_selector import OR, CtaSelector
from lifecycle_fsm.domain.moments import format_duration

E = TypeVar("E", bound=str)

OPEN_OR_YOUNG = "open_or_opened_within"
AGES = ("opened_within", OPEN_OR_YOUNG, "older_than")
GUARD_KEYS = ("type", "reason", "template", "status", "outcome", "since", "flagged", *AGES)
STAGE_ENTRY = "stage_entry"


class SelectedStatus(StrEnum):
    """Whether a guard counts CTAs that still ask for work, or those that are done."""

    OPEN = "open"
    CLOSED = "closed"


class Since(StrEnum):
    """From when on something counts."""

    STAGE_ENTRY = STAGE_ENTRY


def read_selector(node: Node, scope: Scope) -> CtaSelector | None:
    """The selector of a guard; None after a report."""
    table = read_table(node, scope.findings, "a choice of CTAs", GUARD_KEYS)
    if table is None:
        return None
    status, outcome = table.word("status", SelectedStatus), table.word("outcome", CtaOutcome)
    or_open = table.read(OPEN_OR_YOUNG, read_duration)
    younger = table.read("opened_within", read_duration) if or_open is None else or_open
    older = table.read("older_than", read_duration)
    _refuse_outcome_of_open(table, status, outcome)
    _refuse_ages(table, younger, older)
    return replace(
        read_closing_selector(table, scope),
        status=status.value if status is not None else None,
        outcome=outcome,
        since_entry=table.word("since", Since) is not None,
        flagged=table.read("flagged", read_flag),
        younger_than_ms=younger,
        or_open=or_open is not None,
        older_than_ms=older,
    )


def _refuse_ages(table: Table, younger: int | None, older: int | None) -> None:
    """Report ages that exclude each other, and two ways to say one thing."""
    either = table.get(OPEN_OR_YOUNG)
    for key in ("opened_within", "status", "outcome") if either is not None else ():
        node = table.get(key)
        if node is not None:
            message = f"`{OPEN_OR_YOUNG}` already says which CTAs count, so `{key}` cannot stand beside it"
            table.findings.error(Code.CONTRADICTING_SELECTOR, node.span, message)
    node = table.get("older_than")
    if node is not None and either is None and younger is not None and older is not None and older >= younger:
        message = "no CTA is as old as this and was opened within a shorter time"
        table.findings.error(Code.CONTRADICTING_SELECTOR, node.span, message)


def _refuse_outcome_of_open(table: Table, status: SelectedStatus | None, outcome: CtaOutcome | None) -> None:
    node = table.get("outcome")
    if node is not None and outcome is not None and status is SelectedStatus.OPEN:
        message = "an open CTA has no outcome yet; choose `status: closed`"
        table.findings.error(Code.CONTRADICTING_SELECTOR, node.span, message)


def read_closing_selector(table: Table, scope: Scope) -> CtaSelector:
    """The selector of `close_ctas`, which always chooses open CTAs: what they are from their opening on."""
    return CtaSelector(
        types=_listed(table, "type", lambda node: _type(node, scope)),
        reasons=_listed(table, "reason", scope.reason),
        templates=_listed(table, "template", lambda node: _template(node, scope)),
    )


def _listed(table: Table, key: str, find: Callable[[Node], E | None]) -> tuple[E, ...]:
    """What one name or a list of names stands for, sorted, each once."""
    node = table.get(key)
    nodes = table.items(key) if isinstance(node, ListNode) else () if node is None else (node,)
    return tuple(sorted({found for each in nodes if (found := find(each)) is not None}))


def _type(node: Node, scope: Scope) -> CtaType | None:
    word = read_word(node, scope.findings, tuple(CtaType))
    return None if word is None else CtaType(word)


def _template(node: Node, scope: Scope) -> str | None:
    template = scope.template(node)
    return None if template is None else template.key


def describe(selector: CtaSelector) -> str:
    """The selector in words: `open risk CTAs about habits or support`."""
    flagged = {True: "flagged", False: "unflagged"}.get(selector.flagged) if selector.flagged is not None else None
    names = (_or(selector.types), _or(selector.templates))
    words = [word for word in (flagged, selector.outcome, selector.status, *names) if word]
    about = f" about {_or(selector.reasons)}" if selector.reasons else ""
    since = " since stage entry" if selector.since_entry else ""
    return " ".join([*words, "CTAs"]) + about + since + _ages(selector)


def _ages(selector: CtaSelector) -> str:
    either = "open or " if selector.or_open else ""
    younger, older = selector.younger_than_ms, selector.older_than_ms
    within = "" if younger is None else f" {either}opened within {format_duration(younger)}"
    return within + ("" if older is None else f" at least {format_duration(older)} old")


def _or(names: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def selector_document(selector: CtaSelector) -> dict[str, Document]:
    """The selector as a table."""
    parts = (part.partition("=") for part in selector.key.split(",") if part)
    return {name: list(value.split(OR)) if OR in value else value for name, _, value in parts}
