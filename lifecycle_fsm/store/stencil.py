"""The rows of one account's move, with holes for what differs, filled in for many others and written table by table."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple, cast
from uuid import UUID

from lifecycle_fsm.domain.errors import StoreFailed
from lifecycle_fsm.domain.fields import HEALTH_SCORE
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.store.change import AccountChange, Place, place_of
from lifecycle_fsm.store.copying import text_of
from lifecycle_fsm.store.ctas import CTA_COLUMNS, TASK_COLUMNS, cta_values, task_values
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.facts import HISTORY_COLUMNS, Noted, Observation, history_row
from lifecycle_fsm.store.history import EVIDENCE_COLUMNS, LOG_COLUMNS, evidence_values, link_values
from lifecycle_fsm.store.hot_row import FIXED, written_values
from lifecycle_fsm.store.ids import in_order, new_numbers
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.ledger import Parts, canonical_parts, chain_hash, joined
from lifecycle_fsm.store.milestones import MILESTONE_COLUMNS, milestone_values
from lifecycle_fsm.store.outbox import MESSAGE_COLUMNS, message_values
from lifecycle_fsm.store.plain import Plain
from lifecycle_fsm.store.raw import (
    POSTGRESQL,
    Bound,
    Dialect,
    Row,
    copy_lines,
    count_of_changed,
    dialect_of,
    execute_each,
    hits,
)
from lifecycle_fsm.store.tally import add_to_tally, shift
from lifecycle_fsm.store.transitions import chained, cta_rows
from lifecycle_fsm.store.visits import OWN_OF_VISIT, VISIT_COLUMNS, visit_values

_TABLES = {
    "transition_log": LOG_COLUMNS,
    "transition_inputs": EVIDENCE_COLUMNS,
    "cta": CTA_COLUMNS,
    "cta_task": TASK_COLUMNS,
    "milestone_event": MILESTONE_COLUMNS,
    "stage_visit": VISIT_COLUMNS,
    "fact_history": HISTORY_COLUMNS,
    "outbox": MESSAGE_COLUMNS,
}
"""The tables that a move appends to, in the order of writing."""

_OWN = ("head_hash", "next_check_at", "health_score", "health_band")
"""The columns of the hot row that differ between accounts after the move."""


class Moved(NamedTuple):
    """What the move made of one account: what was judged, its health on leaving, and its numbers afterwards."""

    plain: Plain
    inputs: str
    health_score: float | None
    health_band: str | None
    next_check_ms: int | None
    left_score: float | None
    left_band: str | None


@dataclass(frozen=True, slots=True)
class _Form:
    """One row of a table; `holes` are the places that each account fills in."""

    table: str
    row: Row
    holes: tuple[int, ...]

    @property
    def fixed(self) -> Row:
        return tuple(value for place, value in enumerate(self.row) if place not in self.holes)

    def filled(self, *own: Bound) -> Row:
        """The row with these values in its holes."""
        row = list(self.row)
        for place, value in zip(self.holes, own, strict=True):
            row[place] = value
        return tuple(row)

    @property
    def line(self) -> str:
        """The row as a line of COPY with a `%s` for each hole."""
        texts = [text_of(value).replace("%", "%%") for value in self.row]
        return "\t".join("%s" if place in self.holes else text for place, text in enumerate(texts)) + "\n"


@dataclass(frozen=True, slots=True)
class Stencil:
    """The forms of a move's rows, the text that its history row's hash covers, and what its hot row becomes."""

    forms: tuple[_Form, ...]
    hashed: Parts
    hot: Row
    revision: int
    at_ms: int
    way: tuple[Place | None, Place]

    def differs(self, other: "Stencil") -> bool:
        """Whether two accounts' moves differ anywhere but in the holes."""
        mine, theirs = ([(form.table, form.fixed) for form in each.forms] for each in (self, other))
        ours = (mine, self.hashed, self.hot, self.revision, self.way)
        return ours != (theirs, other.hashed, other.hot, other.revision, other.way)


def stencil_of(change: AccountChange, health_at: datetime, layout: Layout, dialect: Dialect) -> Stencil | None:
    """Make the stencil of a change of one history row; None for one that writes what a stencil has no form for."""
    if (
        len(change.records) != 1
        or change.updated
        or change.plans
        or change.episodes
        or change.health.measures
        or layout.overflow(change.row)
    ):
        return None
    write = chained(0, change)
    names = (*FIXED, *layout.derived_columns)
    values = dict(zip(names, written_values(change, write.head, layout, dialect), strict=False))
    return Stencil(
        forms=tuple(_forms(change, health_at, dialect)),
        hashed=canonical_parts(change.before.revision + 1, change.records[0].entry),
        hot=tuple(values[name] for name in _common(layout.derived_columns)),
        revision=change.before.revision,
        at_ms=to_ms(change.recorded_at),
        way=(change.stood, place_of(change.lifecycle)),
    )


def _forms(change: AccountChange, health_at: datetime, dialect: Dialect) -> Iterable[_Form]:
    write = chained(0, change)
    last = len(LOG_COLUMNS)
    yield _Form("transition_log", link_values(write.links[0], dialect), (0, last - 3, last - 2, last - 1))
    yield from (_Form("transition_inputs", evidence_values(row, dialect), (0, 2, 3)) for row in write.evidence)
    score = Observation(write.account_id, HEALTH_SCORE, 0.0, health_at, "scorecard")
    health = history_row(Noted(score, change.recorded_at, write.writes), dialect)
    yield _Form("fact_history", health, tuple(HISTORY_COLUMNS.index(each) for each in ("account_id", "id", "number")))
    for cta in cta_rows(write):
        yield _Form("cta", cta_values(cta, dialect), (0, 1))
        yield from (_Form("cta_task", task, (0, 1)) for task in task_values(cta, dialect))
    for event in change.milestones:
        yield _Form("milestone_event", milestone_values(write.account_id, event, dialect), (0, 1))
    for left in change.left:
        yield _Form("stage_visit", visit_values(write.account_id, write.seq(left.record), left, dialect), OWN_OF_VISIT)
    for message in change.messages:
        values = message_values(write.account_id, write.seq(message.record), message, dialect)
        yield _Form("outbox", values, (0, 1))


_Filler = Callable[[Moved, bytes, bytes, bytes, list[int]], None]
"""Adds the rows of one account, given the salt, the commitment, the new end of its history, and an id for each row."""


@dataclass(slots=True)
class Sheets:
    """Rows to append by table, and hot rows to set, gathered from any number of stencils."""

    dialect: Dialect
    layout: Layout
    rows: dict[str, list[str | Row]] = field(default_factory=dict)
    hot: list[tuple[Stencil, list[Row]]] = field(default_factory=list)

    def add(self, stencil: Stencil, moved: Sequence[Moved]) -> None:
        """Fill the stencil in for each of the accounts."""
        fill = self._filler(stencil)
        each_needs = len(stencil.forms)
        salts, ids = os.urandom(16 * len(moved)), new_numbers(stencil.at_ms, len(moved) * each_needs)
        hot: list[Row] = []
        for place, each in enumerate(moved):
            salt = salts[16 * place : 16 * place + 16]
            commitment = sha256(salt + each.inputs.encode()).digest()
            head = chain_hash(each.plain.head_hash, joined(stencil.hashed, each.plain.account_id, commitment))
            # Ids of one write rise with the order of opening, which is the order of reading.
            fill(each, salt, commitment, head, sorted(ids[each_needs * place : each_needs * (place + 1)]))
            plain = each.plain
            hot.append(
                (plain.account_id, head, each.next_check_ms, each.health_score, each.health_band, plain.facts_version)
            )
        self.hot.append((stencil, hot))

    def _filler(self, stencil: Stencil) -> _Filler:
        make = _texts if self.dialect is POSTGRESQL else _values
        return make(stencil, {form.table: self.rows.setdefault(form.table, []) for form in stencil.forms})

    def write(self, connection: Connection) -> None:
        """
        Write all of it.

        Raises:
            StoreFailed: an account is not as it was when it was read and locked, which nothing should bring about.
        """
        for stencil, hot in self.hot:
            _move(connection, stencil, hot, self.layout)
        self._tally(connection)
        for table, columns in _TABLES.items():
            insert, rows = self.dialect.insert(table, columns), self.rows.get(table, [])
            if self.dialect is POSTGRESQL:
                copy_lines(connection, insert, cast("list[str]", rows))
            else:
                execute_each(connection, insert, cast("list[Row]", rows))

    def _tally(self, connection: Connection) -> None:
        """Count where the accounts stand now."""
        counts = shift((*stencil.way, len(hot)) for stencil, hot in self.hot)
        moved = [(row[0], stencil.at_ms) for stencil, hot in self.hot for row in hot[:1]]
        if counts and moved:
            account_id, at_ms = moved[0]
            add_to_tally(connection, cast("UUID", account_id), counts, at_ms)


def _texts(stencil: Stencil, rows: Mapping[str, list[str | Row]]) -> _Filler:
    """For PostgreSQL: lines of COPY."""
    forms = [(form.table, form.line, rows[form.table].append) for form in stencil.forms]

    def fill(moved: Moved, salt: bytes, commitment: bytes, head: bytes, ids: list[int]) -> None:
        plain, name, cta = moved.plain, str(moved.plain.account_id), ""
        for (table, line, append), number in zip(forms, ids, strict=True):
            match table:
                case "transition_log":
                    ends = (f"\\\\x{each.hex()}" for each in (commitment, plain.head_hash, head))
                    append(line % (name, *ends))
                case "transition_inputs" | "stage_visit":
                    append(line % (name, *map(text_of, _judged(table, moved, salt))))
                case "fact_history":
                    if moved.health_score != plain.health_score:
                        noted = in_order(number, stencil.revision + plain.facts_version)
                        append(line % (name, f"{noted:032x}", text_of(moved.health_score)))
                case "cta_task":
                    append(line % (name, cta))
                case _:
                    cta = f"{number:032x}" if table == "cta" else cta
                    append(line % (name, f"{number:032x}"))

    return fill


def _values(stencil: Stencil, rows: Mapping[str, list[str | Row]]) -> _Filler:
    """For SQLite: rows as the driver binds them."""
    forms = [(form, rows[form.table].append) for form in stencil.forms]

    def fill(moved: Moved, salt: bytes, commitment: bytes, head: bytes, ids: list[int]) -> None:
        plain, account, cta = moved.plain, moved.plain.account_id.bytes, b""
        for (form, append), number in zip(forms, ids, strict=True):
            row_id = number.to_bytes(16, "big")
            match form.table:
                case "transition_log":
                    append(form.filled(account, commitment, plain.head_hash, head))
                case "transition_inputs" | "stage_visit":
                    append(form.filled(account, *_judged(form.table, moved, salt)))
                case "fact_history":
                    if moved.health_score != plain.health_score:
                        noted = in_order(number, stencil.revision + plain.facts_version)
                        append(form.filled(account, noted.to_bytes(16, "big"), moved.health_score))
                case "cta_task":
                    append(form.filled(account, cta))
                case _:
                    cta = row_id if form.table == "cta" else cta
                    append(form.filled(account, row_id))

    return fill


def _judged(table: str, moved: Moved, salt: bytes) -> Row:
    """What an account's move was judged on: as evidence, or in the visit that it ended."""
    if table == "transition_inputs":
        return salt, moved.inputs
    return moved.plain.entered_ms, moved.left_score, moved.left_band


def _move(connection: Connection, stencil: Stencil, rows: Sequence[Row], layout: Layout) -> None:
    """Set the hot rows of accounts that were locked at the revision and the facts that they have."""
    dialect = dialect_of(connection)
    statement = _setting(dialect, layout.derived_columns)
    if dialect is POSTGRESQL:
        columns = [_array(column) for column in zip(*rows, strict=True)]
        moved = count_of_changed(connection, statement, (*stencil.hot, *columns, stencil.revision))
    else:
        bound = [(*stencil.hot, *row[1:5], row[0].bytes, row[5], stencil.revision) for row in rows]  # type: ignore[union-attr] # the first is the id
        moved = sum(hits(connection, statement, bound))
    if moved != len(rows):
        raise StoreFailed("accounts changed between their lock and their write; try again", retryable=True)


def _array(column: Sequence[Bound]) -> str:
    """
    The values as one text that PostgreSQL reads as an array; hashes in hexadecimal.

    A driver that binds an array looks at each of its values several times.
    """
    texts = ("NULL" if each is None else each.hex() if isinstance(each, bytes) else str(each) for each in column)
    return f"{{{','.join(texts)}}}"


@lru_cache(maxsize=64)
def _setting(dialect: Dialect, derived: tuple[str, ...]) -> str:
    common = ", ".join(f"{name} = {dialect.mark}" for name in _common(derived))
    if dialect is not POSTGRESQL:
        own = ", ".join(f"{name} = ?" for name in _OWN)
        where = "account_id = ? AND facts_version = ? AND state_version = ?"
        return f"UPDATE account_state SET {common}, {own} WHERE {where}"  # noqa: S608 - our own names
    read = {"head_hash": "decode(v.head_hash, 'hex')"}
    own = ", ".join(f"{name} = {read.get(name, f'v.{name}')}" for name in _OWN)
    arrays = "unnest(%s::uuid[], %s::text[], %s::bigint[], %s::float8[], %s::text[], %s::bigint[])"
    return (
        f"UPDATE account_state AS s SET {common}, {own} "  # noqa: S608 - our own names
        f"FROM {arrays} AS v (account_id, {', '.join(_OWN)}, facts_version) "
        "WHERE s.account_id = v.account_id AND s.facts_version = v.facts_version AND s.state_version = %s"
    )


def _common(derived: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in (*FIXED, *derived) if name not in _OWN)
