"""The history of accounts: rows appended to their chains, and read back in pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, bindparam, func, or_, select
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ledger import Entry, Link, read_inputs
from lifecycle_fsm.store.raw import Dialect, Row, dialect_of, execute_each
from lifecycle_fsm.store.tables.history import transition_inputs, transition_log

Place = tuple[UUID, int]
"""Where a row stands: its account and its number there."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What of one history row can be erased: its canonical inputs and its reason, with the salt of their commitment."""

    account_id: UUID
    seq: int
    salt: bytes
    inputs: str
    reason: str | None = None


def append_links(connection: Connection, links: Sequence[Link], evidence: Sequence[Evidence]) -> None:
    """Append chained rows and what they were judged on."""
    dialect = dialect_of(connection)
    execute_each(
        connection, dialect.insert("transition_log", LOG_COLUMNS), [link_values(link, dialect) for link in links]
    )
    execute_each(
        connection,
        dialect.insert("transition_inputs", EVIDENCE_COLUMNS),
        [evidence_values(row, dialect) for row in evidence],
    )


def find_command(connection: Connection, account_id: UUID, command_id: str) -> Link | None:
    """The history row that a command left on the account, None if the command is new."""
    row = connection.execute(_COMMAND, {"account_id": account_id, "command_id": command_id}).one_or_none()
    return None if row is None else link_of(row)


def load_run(connection: Connection, account_id: UUID, run_id: UUID) -> tuple[Link, ...]:
    """Read the rows that one run wrote about an account, oldest first."""
    rows = connection.execute(_RUN, {"account_id": account_id, "run_id": run_id})
    return tuple(link_of(row) for row in rows)


def load_chain(connection: Connection, account_id: UUID) -> tuple[Link, ...]:
    """Read the whole history of an account, oldest first."""
    return tuple(link_of(row) for row in connection.execute(_CHAIN, {"account_id": account_id}))


def load_chains(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[Link, ...]]:
    """Read the whole history of several accounts in one statement, oldest first; those without any are absent."""
    found: dict[UUID, list[Link]] = {}
    for row in connection.execute(_CHAINS, {"ids": list(ids)}):
        found.setdefault(row.account_id, []).append(link_of(row))
    return {account_id: tuple(links) for account_id, links in found.items()}


def load_runs(connection: Connection, ids: Sequence[UUID], run_id: UUID) -> tuple[Link, ...]:
    """Read the rows that one run wrote about several accounts, by account, oldest first."""
    rows = connection.execute(_RUNS, {"ids": list(ids), "run_id": run_id})
    return tuple(link_of(row) for row in rows)


def load_links(connection: Connection, places: Sequence[Place]) -> tuple[Link, ...]:
    """Read rows by account and number, in no order; those that do not exist are absent."""
    here = _at(transition_log, places)
    if not here:
        return ()
    return tuple(link_of(row) for row in connection.execute(select(*LOG_ROW).select_from(LOG).where(or_(*here))))


def load_evidence_of(connection: Connection, places: Sequence[Place]) -> dict[Place, dict[str, Value]]:
    """Read what rows were judged on, by place; rows without inputs, or with erased ones, are absent."""
    here = _at(transition_inputs, places)
    if not here:
        return {}
    columns = (transition_inputs.c.account_id, transition_inputs.c.seq, transition_inputs.c.inputs)
    rows = connection.execute(select(*columns).where(or_(*here)))
    return {(row.account_id, row.seq): read_inputs(row.inputs) for row in rows}


def _at(table: Table, places: Sequence[Place]) -> list[ColumnElement[bool]]:
    seqs: dict[UUID, list[int]] = {}
    for account_id, seq in places:
        seqs.setdefault(account_id, []).append(seq)
    return [and_(table.c.account_id == each, table.c.seq.in_(found)) for each, found in seqs.items()]


def load_of_kinds(connection: Connection, ids: Sequence[UUID], kinds: Sequence[str]) -> dict[UUID, list[Link]]:
    """Read the rows of accounts that are of some kinds, oldest first; accounts without any are absent."""
    wanted = and_(transition_log.c.account_id.in_(ids), transition_log.c.kind.in_(kinds))
    found: dict[UUID, list[Link]] = {}
    rows = select(*LOG_ROW).select_from(LOG).where(wanted)
    for row in connection.execute(rows.order_by(transition_log.c.account_id, transition_log.c.seq)):
        found.setdefault(row.account_id, []).append(link_of(row))
    return found


def load_stories(
    connection: Connection, runs: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], tuple[Link, ...]]:
    """Read what runs wrote about accounts, by account and run, oldest first, in one statement."""
    wanted, bound = set(runs), {"ids": list({account for account, _ in runs}), "runs": list({run for _, run in runs})}
    found: dict[tuple[UUID, UUID], list[Link]] = {}
    for row in connection.execute(_STORIES, bound):
        place = (row.account_id, row.run_id)
        if place in wanted:
            found.setdefault(place, []).append(link_of(row))
    return {place: tuple(links) for place, links in found.items()}


def load_inputs(connection: Connection, account_id: UUID, seqs: Sequence[int]) -> dict[int, dict[str, Value]]:
    """Read what rows of an account were judged on; rows without inputs, or with erased ones, are absent."""
    rows = connection.execute(_INPUTS, {"account_id": account_id, "seqs": list(seqs)})
    return {row.seq: read_inputs(row.inputs) for row in rows}


def page_of_run(connection: Connection, run_id: UUID, after: UUID | None, limit: int) -> tuple[UUID, ...]:
    """The next accounts that a run wrote rows about, in the order of their ids."""
    bound = {"run_id": run_id, "after": after or UUID(int=0), "limit": limit}
    return tuple(connection.execute(_ACCOUNTS_OF_RUN, bound).scalars())


def load_since(connection: Connection, ids: Sequence[UUID], run_id: UUID) -> dict[UUID, tuple[Link, ...]]:
    """Read the rows of accounts from the first of a run on, oldest first; accounts without any of it are absent."""
    found: dict[UUID, list[Link]] = {}
    for row in connection.execute(_SINCE_RUN, {"ids": list(ids), "run_id": run_id}):
        found.setdefault(row.account_id, []).append(link_of(row))
    return {account_id: tuple(links) for account_id, links in found.items()}


def load_snapshots(connection: Connection, rows: Mapping[UUID, int], key: str) -> dict[UUID, str]:
    """Read one text input of one row of each account; rows without it are absent."""
    bound = {"ids": list(rows), "seqs": sorted(set(rows.values()))}
    read = connection.execute(_INPUTS_OF, bound)
    inputs = {row.account_id: read_inputs(row.inputs).get(key) for row in read if rows[row.account_id] == row.seq}
    return {account_id: text for account_id, text in inputs.items() if isinstance(text, str)}


def load_evidence(connection: Connection, account_id: UUID) -> tuple[Evidence, ...]:
    """Read the salted inputs of an account, oldest first, to check them against the chain."""
    rows = connection.execute(_EVIDENCE, {"account_id": account_id})
    return tuple(Evidence(account_id, row.seq, row.salt, row.inputs, row.reason) for row in rows)


LOG_COLUMNS = tuple(column.name for column in transition_log.columns)

EVIDENCE_COLUMNS = tuple(column.name for column in transition_inputs.columns)

LOG = transition_log.outerjoin(
    transition_inputs,
    and_(
        transition_inputs.c.account_id == transition_log.c.account_id,
        transition_inputs.c.seq == transition_log.c.seq,
    ),
)
"""The log with what can be erased of it."""

LOG_ROW = (*transition_log.columns, transition_inputs.c.reason)
"""What `link_of` reads."""

_LOG = select(*LOG_ROW).select_from(LOG).where(transition_log.c.account_id == bindparam("account_id"))

_COMMAND = _LOG.where(transition_log.c.command_id == bindparam("command_id"))

_RUN = _LOG.where(transition_log.c.run_id == bindparam("run_id")).order_by(transition_log.c.seq)

_CHAIN = _LOG.order_by(transition_log.c.seq)

_CHAINS = (
    select(*LOG_ROW)
    .select_from(LOG)
    .where(transition_log.c.account_id.in_(bindparam("ids", expanding=True)))
    .order_by(transition_log.c.account_id, transition_log.c.seq)
)

_RUNS = (
    select(*LOG_ROW)
    .select_from(LOG)
    .where(
        transition_log.c.account_id.in_(bindparam("ids", expanding=True)),
        transition_log.c.run_id == bindparam("run_id"),
    )
    .order_by(transition_log.c.account_id, transition_log.c.seq)
)

_STORIES = (
    select(*LOG_ROW)
    .select_from(LOG)
    .where(
        transition_log.c.account_id.in_(bindparam("ids", expanding=True)),
        transition_log.c.run_id.in_(bindparam("runs", expanding=True)),
    )
    .order_by(transition_log.c.account_id, transition_log.c.seq)
)

_ACCOUNTS_OF_RUN = (
    select(transition_log.c.account_id)
    .distinct()
    .where(
        transition_log.c.run_id == bindparam("run_id"),
        transition_log.c.account_id > bindparam("after", type_=transition_log.c.account_id.type),
    )
    .order_by(transition_log.c.account_id)
    .limit(bindparam("limit"))
)

_FIRST_OF_RUN = (
    select(transition_log.c.account_id, func.min(transition_log.c.seq).label("first"))
    .where(
        transition_log.c.account_id.in_(bindparam("ids", expanding=True)),
        transition_log.c.run_id == bindparam("run_id"),
    )
    .group_by(transition_log.c.account_id)
    .subquery()
)

_SINCE_RUN = (
    select(*LOG_ROW)
    .select_from(LOG.join(_FIRST_OF_RUN, _FIRST_OF_RUN.c.account_id == transition_log.c.account_id))
    .where(transition_log.c.seq >= _FIRST_OF_RUN.c.first)
    .order_by(transition_log.c.account_id, transition_log.c.seq)
)

_INPUTS_OF = select(transition_inputs.c.account_id, transition_inputs.c.seq, transition_inputs.c.inputs).where(
    transition_inputs.c.account_id.in_(bindparam("ids", expanding=True)),
    transition_inputs.c.seq.in_(bindparam("seqs", expanding=True)),
)

_INPUTS = select(transition_inputs.c.seq, transition_inputs.c.inputs).where(
    transition_inputs.c.account_id == bindparam("account_id"),
    transition_inputs.c.seq.in_(bindparam("seqs", expanding=True)),
)

_EVIDENCE = (
    select(transition_inputs.c.seq, transition_inputs.c.salt, transition_inputs.c.inputs, transition_inputs.c.reason)
    .where(transition_inputs.c.account_id == bindparam("account_id"))
    .order_by(transition_inputs.c.seq)
)


def link_values(link: Link, dialect: Dialect) -> Row:
    """The columns of a row, in the order of the table."""
    entry = link.entry
    return (
        dialect.bind_id(link.account_id),
        link.seq,
        entry.kind.value,
        entry.from_stage,
        entry.to_stage,
        entry.transition,
        entry.trigger,
        entry.subject,
        entry.cause.value,
        entry.actor,
        entry.on_behalf_of,
        to_ms(entry.effective_at),
        to_ms(entry.recorded_at),
        entry.machine,
        entry.evaluator,
        entry.command_id,
        None if entry.run_id is None else dialect.bind_id(entry.run_id),
        entry.effects,
        link.inputs_hash,
        link.prev_hash,
        link.hash,
    )


def evidence_values(row: Evidence, dialect: Dialect) -> Row:
    """The columns of a row's inputs, in the order of the table."""
    return dialect.bind_id(row.account_id), row.seq, row.salt, row.inputs, row.reason


def link_of(row: ResultRow[*tuple[object, ...]]) -> Link:
    """The row of the log with the columns of `LOG_ROW`."""
    entry = Entry(
        kind=RecordKind(row.kind),
        from_stage=row.from_stage,
        to_stage=row.to_stage,
        cause=Cause(row.cause),
        effective_at=from_ms(row.effective_at),
        recorded_at=from_ms(row.recorded_at),
        machine=row.machine,
        evaluator=row.evaluator,
        transition=row.transition,
        trigger=row.trigger,
        subject=row.subject,
        actor=row.actor,
        on_behalf_of=row.on_behalf_of,
        reason=row.reason,
        command_id=row.command_id,
        run_id=row.run_id,
        effects=row.effects,
    )
    return Link(row.account_id, row.seq, entry, row.inputs_hash, row.prev_hash, row.hash)
