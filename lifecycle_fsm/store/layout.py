"""Where each field lies in an account's hot row: in a column of its own, in a slot, or among the rest in JSON."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from sqlalchemy import BigInteger, Column, ColumnElement, case, cast, func, insert, select
from sqlalchemy import text as sql

from lifecycle_fsm.domain.fields import (
    CAME_FROM,
    HEALTH_BAND,
    HEALTH_SCORE,
    STAGE_ENTERED_AT,
    Field,
    FieldKind,
    Value,
    is_derived_measure,
)
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.tables.accounts import INTEGER_SLOTS, NUMBER_SLOTS, TEXT_SLOTS, account_state, field_slot

OWN_COLUMNS: Mapping[str, str] = {
    STAGE_ENTERED_AT.key: "entered_at",
    CAME_FROM.key: "came_from",
    HEALTH_SCORE.key: "health_score",
    HEALTH_BAND.key: "health_band",
}
"""Fields that every account has, with their columns."""

_OBSERVED = re.compile(r"(?:measure|fact)\.(?!.*\.(?:before|change)\.\d+$)")
_MEASURED = re.compile(r"measure\.(?!.*\.(?:before|change)\.\d+$)")


@lru_cache(maxsize=4096)
def is_observed(key: str) -> bool:
    """Whether the field comes from ingest: a measure, a fact or the instant of one; all others are derived."""
    return _OBSERVED.match(key) is not None


@dataclass(frozen=True)
class Layout:
    """
    Map fields to places in the hot row.

    `slots` maps field keys to columns. A field without a slot lies in the JSON object
    `more` under its key, where reading it in SQL is slower but right. A bare layout is of
    accounts that have no override, never paused, and have no alert that is on.
    """

    slots: Mapping[str, str]
    is_bare: bool = False

    def expression(self, field: Field) -> ColumnElement[float] | ColumnElement[int] | ColumnElement[str]:
        """The SQL expression of a field over `account_state`, as it counts: with what people said in its place."""
        stored = self.stored(field)
        if self.is_bare or not _MEASURED.match(field.key):
            return stored
        said = account_state.c.overrides[field.key]
        instead = said.as_float() if field.kind is FieldKind.NUMBER else cast(said.as_string(), BigInteger)
        # Nearly all accounts have none, and the first branch costs no reading of JSON.
        counting: ColumnElement[float] | ColumnElement[int] = case(
            (account_state.c.overrides.is_(None), stored), else_=func.coalesce(instead, stored)
        )
        return counting

    def stored(self, field: Field) -> ColumnElement[float] | ColumnElement[int] | ColumnElement[str]:
        """The SQL expression of a field as it is recorded or derived."""
        name = OWN_COLUMNS.get(field.key) or self.slots.get(field.key)
        if name is not None:
            column: Column[float] | Column[int] | Column[str] = account_state.c[name]
            return column
        value = account_state.c.more[field.key]
        if field.kind is FieldKind.NUMBER:
            # Not by way of text, which SQLite would cut to 15 digits.
            number: ColumnElement[float] = value.as_float()
            return number
        text: ColumnElement[str] = value.as_string()
        return text if field.kind is FieldKind.TEXT else cast(text, BigInteger)

    @cached_property
    def observed(self) -> tuple[tuple[str, str], ...]:
        """Field and column of each slot that ingest writes, by column."""
        return tuple(pair for pair in self._by_column if is_observed(pair[0]))

    @cached_property
    def derived(self) -> tuple[tuple[str, str], ...]:
        """Field and column of each slot that the recorder writes, by column."""
        return tuple(pair for pair in self._by_column if not is_observed(pair[0]))

    @cached_property
    def _by_column(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(self.slots.items(), key=lambda pair: pair[1]))

    @cached_property
    def observed_columns(self) -> tuple[str, ...]:
        """The columns of `observed`."""
        return tuple(column for _, column in self.observed)

    @cached_property
    def measures(self) -> tuple[tuple[str, str], ...]:
        """Field and column of each slot with a derived measure, by column."""
        return tuple(pair for pair in self._by_column if is_derived_measure(pair[0]))

    @cached_property
    def kept_columns(self) -> tuple[str, ...]:
        """The columns of `observed`, then those of `measures`."""
        return (*self.observed_columns, *(column for _, column in self.measures))

    @cached_property
    def derived_columns(self) -> tuple[str, ...]:
        """The columns of `derived`."""
        return tuple(column for _, column in self.derived)

    def overflow(self, row: Mapping[str, Value]) -> dict[str, Value]:
        """The derived fields of a row that have no place but `more`."""
        return {
            key: value
            for key, value in row.items()
            if key not in self.slots and key not in OWN_COLUMNS and not is_observed(key)
        }


def load_layout(connection: Connection) -> Layout:
    """Read which field lies where."""
    rows = connection.execute(select(field_slot.c.field, field_slot.c.slot))
    return Layout({row.field: row.slot for row in rows})


def assign_slots(connection: Connection, fields: Iterable[Field]) -> Layout:
    """
    Give a slot to every field that has none, as long as there are any, and move its values there.

    A slot is given once and never again. Measures and facts come first, for they are
    compared most often. Call it in the transaction that publishes a machine.
    """
    layout = load_layout(connection)
    free = _free_slots(layout)
    slots = dict(layout.slots)
    for field in sorted(set(fields), key=_preference):
        if field.key in slots or field.key in OWN_COLUMNS or not free[_family(field.kind)]:
            continue
        slots[field.key] = free[_family(field.kind)].pop(0)
        _occupy(connection, field, slots[field.key])
    return Layout(slots)


def _preference(field: Field) -> tuple[bool, bool, str]:
    return field.key.endswith("@"), not is_observed(field.key), field.key


def _family(kind: FieldKind) -> str:
    return {FieldKind.NUMBER: "n", FieldKind.TEXT: "t"}.get(kind, "i")


def _free_slots(layout: Layout) -> dict[str, list[str]]:
    taken = set(layout.slots.values())
    families = {"n": NUMBER_SLOTS, "i": INTEGER_SLOTS, "t": TEXT_SLOTS}
    return {family: [slot for slot in slots if slot not in taken] for family, slots in families.items()}


def _occupy(connection: Connection, field: Field, slot: str) -> None:
    connection.execute(insert(field_slot).values(field=field.key, kind=field.kind.value, slot=slot))
    has_value = account_state.c.more[field.key].as_string().is_not(None)
    connection.execute(
        account_state.update()
        .where(has_value)
        .values({slot: Layout({}).stored(field), "more": sql(_WITHOUT[connection.dialect.name])}),
        {"field": field.key, "path": f'$."{field.key}"'},
    )


_WITHOUT = {"sqlite": "json_remove(more, :path)", "postgresql": "more - CAST(:field AS text)"}
