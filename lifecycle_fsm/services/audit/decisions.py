"""Recorded decisions made again: the same evidence under the same rules must give the same answer."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache

from lifecycle_fsm.domain.audit import Check, Flaw
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.engine.alerting import over
from lifecycle_fsm.engine.machine import Alert, Machine, open_ctas_of
from lifecycle_fsm.engine.runner import Token, runner_of
from lifecycle_fsm.engine.taking import RULES, first_that_takes
from lifecycle_fsm.guards.python import CompiledGuard, compile_guard
from lifecycle_fsm.services.audit.alerts import cleared_again, opening_again, rise_again
from lifecycle_fsm.services.audit.automatic import BY_ITSELF, EFFECTS_DIFFER, UNDER_RULES, WITHOUT_RULES, is_told
from lifecycle_fsm.services.audit.effects import effects_again
from lifecycle_fsm.services.audit.machines import Library
from lifecycle_fsm.services.audit.milestones import milestone_again
from lifecycle_fsm.services.audit.undecided import EARLIER, OVERRIDE
from lifecycle_fsm.services.notes import closed_in
from lifecycle_fsm.store.audit_rows import Erasable, LogRow, RawId, uuid_of
from lifecycle_fsm.store.ledger import commitment_of_stored, read_inputs

_DECIDED = frozenset(
    {
        RecordKind.REFUSED,
        RecordKind.ALERT_OPENED,
        RecordKind.ALERT_RAISED,
        RecordKind.ALERT_CLEARED,
        RecordKind.MILESTONE_MISSED,
    }
)


class DecisionChecker:
    """
    Hold rows to their evidence, and decide again what was decided on it.

    `excepted` counts, by kind, the rows that are not decided again: overrides,
    assignments, migrations, what people did, and what releases without evidence wrote.
    Missing evidence is a flaw unless an `erased` row follows in the same account; so it
    is told when the account ends. Of rows recorded before `let_go_before`, in ms, retention may have let it go.
    """

    def __init__(
        self, library: Library, since: int | None = None, until: int | None = None, let_go_before: int = -1
    ) -> None:
        self._machines = library.machines
        self._since = -(2**63) if since is None else since
        self._until = 2**63 if until is None else until
        self._account: RawId | None = None
        self._missing: list[int] = []
        self.inputs = 0
        self.decided = 0
        self.erased = 0
        self.let_go = 0
        self._let_go_before = let_go_before
        self.excepted: Counter[str] = Counter()

    def check(self, page: list[LogRow], evidence: Mapping[tuple[RawId, int], Erasable]) -> Iterator[Flaw]:
        """Go on with these rows."""
        for row in page:
            if row.account_id != self._account:
                yield from self.end()
                self._account = row.account_id
            if row.kind == RecordKind.ERASED:
                self.erased += len(self._missing)
                self._missing = []
            if self._since <= row.recorded_at < self._until:
                yield from self._row(row, evidence.get((row.account_id, row.seq)))

    def end(self) -> Iterator[Flaw]:
        """Tell what is missing of the last account."""
        for seq in self._missing:
            yield self._flaw(Check.INPUTS, seq, "its inputs are gone, and no erasure says why")
        self._missing = []

    def _row(self, row: LogRow, found: Erasable | None) -> Iterator[Flaw]:
        seq, commitment = row.seq, row.inputs_hash
        if commitment is None:
            if found is not None:
                yield self._flaw(Check.INPUTS, seq, "it has inputs that it does not commit to")
            yield from self._decision(row, {})
        elif found is None and row.recorded_at < self._let_go_before:
            self.let_go += 1
        elif found is None:
            self._missing.append(seq)
        elif commitment_of_stored(*found) != commitment:
            yield self._flaw(Check.INPUTS, seq, "its inputs or its reason are not those that it commits to")
        else:
            self.inputs += 1
            yield from self._decision(row, read_inputs(found[1]))

    def _decision(self, row: LogRow, inputs: Mapping[str, Value]) -> Iterator[Flaw]:
        if not is_decided(row):
            self.excepted[_exception(row)] += 1
            return
        self.decided += 1
        try:
            answer = answer_again(self._machines, row, inputs)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # Its columns hold what no release writes there.
            answer = f"it cannot be decided on what it says ({type(error).__name__})"
        if answer is not None:
            yield self._flaw(Check.DECISION, row.seq, answer)

    def _flaw(self, check: Check, seq: int, message: str) -> Flaw:
        return Flaw(check, message, None if self._account is None else uuid_of(self._account), seq)


def is_decided(row: LogRow) -> bool:
    """Whether data, time or a guard decided what the row says, on evidence that its release kept."""
    kind, by_itself = row.kind, row.cause in BY_ITSELF
    if kind == RecordKind.MOVED:
        return row.cause != Cause.OVERRIDE
    if kind == RecordKind.MILESTONE_REACHED:
        return row.cause != Cause.PERSON
    if kind == RecordKind.REASSIGNED:
        return row.cause == Cause.AUTOMATIC
    if kind == RecordKind.CTA_CLOSED:
        return by_itself
    return kind in _DECIDED or (by_itself and is_told(row) and (kind in WITHOUT_RULES or kind in UNDER_RULES))


def _exception(row: LogRow) -> str:
    """As what a row counts that is not decided again."""
    if row.kind == RecordKind.MOVED:
        return OVERRIDE
    is_automatic = row.cause in BY_ITSELF and (row.kind in WITHOUT_RULES or row.kind in UNDER_RULES)
    return EARLIER if is_automatic and not is_told(row) else row.kind


def answer_again(machines: Mapping[str, Machine], row: LogRow, inputs: Mapping[str, Value]) -> str | None:
    """What the evidence of a decided row gives today if it is not what was recorded, None if it is."""
    if row.kind == RecordKind.REASSIGNED:
        return take_again(machines, row, inputs)
    if row.kind in WITHOUT_RULES:
        return WITHOUT_RULES[row.kind](row, inputs)
    machine = machines.get(row.machine)
    if machine is None:
        return f"its rules {row.machine!r} cannot be trusted or found"
    return decide_again(machine, row, inputs)


def take_again(machines: Mapping[str, Machine], row: LogRow, inputs: Mapping[str, Value]) -> str | None:
    """What the evidence of a change of segment gives today if it is not what was recorded, None if it is."""
    asked = [machines.get(digest) for digest in str(inputs.get(RULES, "")).split(",")]
    ranked, before = [machine for machine in asked if machine is not None], machines.get(str(row.subject))
    if len(ranked) < len(asked) or before is None:
        return "rules that were asked cannot be trusted or found"
    taker = first_that_takes(ranked, inputs, from_ms(row.effective_at))
    if taker is None or taker.digest != row.machine:
        return f"its inputs give it to {'no segment' if taker is None else repr(taker.segment)}"
    landing = taker.landing(before.segment, str(row.from_stage))
    if landing is None or landing.stage != row.to_stage:
        return f"its stage {row.from_stage!r} does not go on in {row.to_stage!r}"
    return None


def decide_again(machine: Machine, row: LogRow, inputs: Mapping[str, Value]) -> str | None:
    """What the evidence gives today if it is not what was recorded, None if it is."""
    values = tuple(map(inputs.get, _keys(machine)))
    if row.kind in (RecordKind.MOVED, RecordKind.REFUSED):
        return _trigger_again(machine, row, values)
    found = _other_again(machine, row, values, inputs)
    return found or (effects_again(machine, row, ()) if is_told(row) else None)


def _other_again(machine: Machine, row: LogRow, values: tuple[Value, ...], inputs: Mapping[str, Value]) -> str | None:
    kind = row.kind
    if kind in UNDER_RULES:
        return UNDER_RULES[kind](machine, row, inputs)
    if kind == RecordKind.CTA_CLOSED:
        return _closing_again(machine, row, values)
    if kind in (RecordKind.MILESTONE_REACHED, RecordKind.MILESTONE_MISSED):
        return milestone_again(machine, row, inputs)
    if kind == RecordKind.ALERT_RAISED:
        return rise_again(machine, row, values, inputs)
    found = _alert_again(machine, row, values)
    return found or (cleared_again(row, inputs) if kind == RecordKind.ALERT_CLEARED and is_told(row) else None)


def _trigger_again(machine: Machine, row: LogRow, values: tuple[Value, ...]) -> str | None:
    token = Token(str(row.from_stage), values, row.effective_at)
    has_moved = runner_of(machine).trigger(str(row.trigger), token)
    if row.kind == RecordKind.REFUSED:
        return "it was refused, but its inputs allow it" if has_moved else None
    if token.taken is None:
        return "it moved, but its inputs do not allow it"
    if (token.taken.key, token.state) != (row.transition, row.to_stage):
        return f"its inputs lead to {token.state!r} by {token.taken.key!r}"
    return effects_again(machine, row, token.noted) if is_told(row) else None


def _alert_again(machine: Machine, row: LogRow, values: tuple[Value, ...]) -> str | None:
    watched = _alerts(machine).get(str(row.subject))
    if watched is None:
        return f"its rules have no alert {row.subject!r}"
    alert, opens, ends = watched
    if row.kind == RecordKind.ALERT_OPENED:
        if opens(values, row.effective_at) is not True:
            return "the alert opened, but its inputs do not allow it"
        return opening_again(machine, row, values)
    looked_at = row.to_stage in alert.stages if alert.stages else not machine.stages[row.to_stage].final
    return (
        "the alert cleared, but its inputs do not allow it"
        if looked_at and ends(values, row.effective_at) is not True
        else None
    )


def _closing_again(machine: Machine, row: LogRow, values: tuple[Value, ...]) -> str | None:
    closes = _closings(machine).get(str(row.subject))
    if closes is None:
        return f"its rules close no CTA {row.subject!r}"
    if closes(values, row.effective_at) is not True:
        return "its CTAs closed, but its inputs do not allow it"
    counted = values[_keys(machine).index(open_ctas_of(str(row.subject)).subject.field.key)]
    is_whole = not is_told(row) or counted == len(closed_in(row.effects))
    return None if is_whole else EFFECTS_DIFFER


@lru_cache(maxsize=256)
def _closings(machine: Machine) -> Mapping[str, CompiledGuard]:
    keys = _keys(machine)
    return {
        rule.template: compile_guard(guard, keys)
        for rule in machine.cta_rules
        if (guard := rule.closes_when) is not None
    }


@lru_cache(maxsize=256)
def _keys(machine: Machine) -> tuple[str, ...]:
    return tuple(field.key for field in machine.fields)


@lru_cache(maxsize=256)
def _alerts(machine: Machine) -> Mapping[str, tuple[Alert, CompiledGuard, CompiledGuard]]:
    keys = _keys(machine)
    return {
        alert.key: (alert, compile_guard(alert.when, keys), compile_guard(over(alert), keys))
        for alert in machine.alerts
    }
