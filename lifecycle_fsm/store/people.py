"""People who work with accounts: their names, and who leads whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.raw import dialect_of, execute_each
from lifecycle_fsm.store.tables.ctas import person


@dataclass(frozen=True, slots=True)
class Person:
    """A person by the id that accounts and CTAs name, and the id of the lead; None for not known."""

    id: str
    name: str | None = None
    lead: str | None = None


_SAVE = "ON CONFLICT (id) DO UPDATE SET name = excluded.name, lead = excluded.lead, recorded_at = excluded.recorded_at"

_LEADS = select(person.c.id, person.c.lead).where(
    person.c.id.in_(bindparam("ids", expanding=True)), person.c.lead.is_not(None)
)

_PEOPLE = select(person.c.id, person.c.name, person.c.lead).order_by(person.c.id).limit(bindparam("limit"))


def save_people(connection: Connection, people: Sequence[Person], at: datetime) -> None:
    """Write down people, over what was known of them."""
    statement = dialect_of(connection).insert("person", ("id", "name", "lead", "recorded_at"), _SAVE)
    execute_each(connection, statement, [(each.id, each.name, each.lead, to_ms(at)) for each in people])


def load_leads(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The leads of people; those without one are absent."""
    return {row.id: row.lead for row in connection.execute(_LEADS, {"ids": sorted(set(ids))})}


def load_people(connection: Connection, limit: int) -> tuple[Person, ...]:
    """Up to so many people, by id."""
    return tuple(Person(row.id, row.name, row.lead) for row in connection.execute(_PEOPLE, {"limit": limit}))
