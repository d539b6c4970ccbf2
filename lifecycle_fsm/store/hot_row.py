"""The hot row of an account: from columns to a lifecycle and back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

import orjson
from sqlalchemy import Select, bindparam, select
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.fields import Value, is_derived_measure, measure_field
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.lifecycle import AlertState, Lifecycle
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.override import Override
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.pause import Pause, Standstill
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.store.change import AccountChange, Head
from lifecycle_fsm.store.instants import optional_instant, optional_ms
from lifecycle_fsm.store.layout import Layout, is_observed
from lifecycle_fsm.store.raw import Dialect, Row
from lifecycle_fsm.store.tables.accounts import account_state

FIXED = (
    "segment",
    "machine",
    "stage",
    "entered_at",
    "came_from",
    "state_version",
    "head_hash",
    "next_check_at",
    "noted_pace",
    "health_score",
    "health_band",
    "bookkeeping",
    "overrides",
    "paused_ms",
    "pause_from",
    "alerts_on",
)
"""The columns of its own that a write sets, in the order of `written_values`."""

_READ = (
    account_state.c.account_id,
    *(account_state.c[name] for name in FIXED),
    account_state.c.facts_version,
    account_state.c.csm,
    account_state.c.more,
)


@lru_cache(maxsize=16)
def reading(columns: tuple[str, ...]) -> Select[*tuple[object, ...]]:
    """Select the hot rows of the accounts bound as `ids`, with these slots."""
    slots = (account_state.c[name] for name in columns)
    return select(*_READ, *slots).where(account_state.c.account_id.in_(bindparam("ids", expanding=True)))


@lru_cache(maxsize=64)
def writing(dialect: Dialect, columns: tuple[str, ...]) -> str:
    """The statement that sets a hot row, with these slots, unless its history or its facts have moved on."""
    sets = [f"{column} = {dialect.mark}" for column in (*FIXED, *columns)]
    sets.append(f"more = {dialect.merge.format(column='more')}")
    sets.append(f"csm = CASE WHEN {dialect.mark} = 1 THEN {dialect.mark} ELSE csm END")
    return (
        f"UPDATE account_state SET {', '.join(sets)} "  # noqa: S608 - our own names
        f"WHERE account_id = {dialect.mark} AND state_version = {dialect.mark} "
        f"AND facts_version = coalesce({dialect.mark}, facts_version)"
    )


def written_values(change: AccountChange, head: Head, layout: Layout, dialect: Dialect) -> Row:
    """What `writing` binds for a change."""
    lifecycle, health, row = change.lifecycle, change.health, change.row
    return (
        lifecycle.segment,
        lifecycle.machine,
        lifecycle.stage,
        to_ms(lifecycle.entered_at),
        lifecycle.came_from,
        head.revision,
        head.hash,
        optional_ms(change.next_check_at),
        lifecycle.noted_pace.value,
        health.score,
        None if health.band is None else health.band.value,
        bookkeeping(lifecycle),
        overrides(lifecycle),
        lifecycle.paused_ms or None,
        optional_ms(lifecycle.still_since),
        sum(alert.is_on for alert in lifecycle.alerts.values()) or None,
        *(row.get(key) for key, _ in layout.derived),
        orjson.dumps(layout.overflow(row)).decode(),
        int(any(record.entry.kind is RecordKind.CSM_CHANGED for record in change.records)),
        lifecycle.csm,
        dialect.bind_id(lifecycle.account_id),
        change.before.revision,
        change.facts_version,
    )


def bookkeeping(lifecycle: Lifecycle) -> str:
    """What the machine remembers about an account beside its stage, as JSON."""
    return orjson.dumps(
        {
            "visits": dict(lifecycle.visits),
            "milestones": {key: to_ms(reached_at) for key, reached_at in lifecycle.milestones.items()},
            "held": {key: to_ms(since) for key, since in lifecycle.held.items()},
            **({"by_hand": True} if lifecycle.by_hand else {}),
            **({"rules": lifecycle.rules} if lifecycle.rules is not None else {}),
            **_kept("missed", lifecycle.missed),
            **_kept("revoked", lifecycle.revoked),
            "alerts": {key: _alert_values(alert) for key, alert in lifecycle.alerts.items()},
            **_kept_pause(lifecycle),
        }
    ).decode()


def overrides(lifecycle: Lifecycle) -> str | None:
    """
    What people said in the place of measures, as JSON; None for accounts without, which are nearly all.

    Beside the overrides themselves under `said`, each value stands under the field that a
    guard in SQL reads, with the instant until which it counts as observed.
    """
    if not lifecycle.overrides:
        return None
    said = {
        key: [each.value, to_ms(each.at), to_ms(each.until), each.author, each.seq]
        for key, each in lifecycle.overrides.items()
    }
    fields: dict[str, object] = {}
    for key, each in lifecycle.overrides.items():
        fields |= {measure_field(key).key: each.value, f"{measure_field(key).key}@": to_ms(each.until)}
    return orjson.dumps({**fields, "said": said}).decode()


def _said(kept: Mapping[str, object] | None) -> dict[str, Override]:
    said = cast("Mapping[str, tuple[float, int, int, str | None, int]]", (kept or {}).get("said", {}))
    return {
        key: Override(key, float(value), from_ms(at), from_ms(until), author, seq)
        for key, (value, at, until, author, seq) in said.items()
    }


def lifecycle_of(row: ResultRow[*tuple[object, ...]]) -> Lifecycle:
    """The lifecycle of a row that `reading` selected, without CTAs and plans."""
    kept = row.bookkeeping
    return Lifecycle(
        account_id=row.account_id,
        segment=row.segment,
        machine=row.machine,
        stage=row.stage,
        entered_at=from_ms(row.entered_at),
        revision=row.state_version,
        came_from=row.came_from,
        visits=kept.get("visits", {}),
        milestones=_instants(kept.get("milestones", {})),
        csm=row.csm,
        noted_pace=Pace(row.noted_pace),
        alerts={key: _alert(*value) for key, value in kept.get("alerts", {}).items()},
        held=_instants(kept.get("held", {})),
        by_hand=kept.get("by_hand", False),
        rules=kept.get("rules"),
        missed=_instants(kept.get("missed", {})),
        revoked=_instants(kept.get("revoked", {})),
        overrides=_said(row.overrides),
        pause=_pause(kept.get("pause")),
        paused_ms=kept.get("paused_ms", 0),
        stops=_stops(kept.get("stops", [])),
    )


def with_bookkeeping(lifecycle: Lifecycle, kept: Mapping[str, Any]) -> Lifecycle:
    """The lifecycle with what `bookkeeping` wrote for another one."""
    return replace(
        lifecycle,
        visits=kept.get("visits", {}),
        milestones=_instants(kept.get("milestones", {})),
        alerts={key: _alert(*value) for key, value in kept.get("alerts", {}).items()},
        held=_instants(kept.get("held", {})),
        missed=_instants(kept.get("missed", {})),
        revoked=_instants(kept.get("revoked", {})),
        pause=_pause(kept.get("pause")),
        paused_ms=kept.get("paused_ms", 0),
        stops=_stops(kept.get("stops", [])),
    )


def observed_values(row: ResultRow[*tuple[object, ...]], layout: Layout) -> dict[str, Value]:
    """The observed fields of a row that `reading` selected with the layout's slots; unknown ones are absent."""
    slots = cast("tuple[Value, ...]", row[len(_READ) : len(_READ) + len(layout.observed)])
    values: dict[str, Value] = {
        key: value for (key, _), value in zip(layout.observed, slots, strict=True) if value is not None
    }
    values.update((key, value) for key, value in row.more.items() if value is not None and is_observed(key))
    return values


def derived_measures(row: ResultRow[*tuple[object, ...]], layout: Layout) -> dict[str, Value]:
    """The derived measures of a row that `reading` selected with `kept_columns`; unknown ones are absent."""
    slots = cast("tuple[Value, ...]", row[len(_READ) + len(layout.observed) :])
    values: dict[str, Value] = {
        key: value for (key, _), value in zip(layout.measures, slots, strict=True) if value is not None
    }
    values.update((key, value) for key, value in row.more.items() if value is not None and is_derived_measure(key))
    return values


def _kept(name: str, instants: Mapping[str, datetime]) -> dict[str, dict[str, int]]:
    return {name: {key: to_ms(at) for key, at in instants.items()}} if instants else {}


def _kept_pause(lifecycle: Lifecycle) -> dict[str, object]:
    pause = lifecycle.pause
    kept: dict[str, object] = {"paused_ms": lifecycle.paused_ms} if lifecycle.paused_ms else {}
    if lifecycle.stops:
        kept["stops"] = [[to_ms(stop.since), to_ms(stop.until)] for stop in lifecycle.stops]
    if pause is not None:
        kept["pause"] = [to_ms(pause.since), optional_ms(pause.until), pause.author, pause.seq]
    return kept


def _pause(kept: tuple[int, int | None, str | None, int] | None) -> Pause | None:
    if kept is None:
        return None
    since, until, author, seq = kept
    return Pause(from_ms(since), optional_instant(until), author, seq)


def _stops(kept: list[list[int]]) -> tuple[Standstill, ...]:
    return tuple(Standstill(from_ms(since), from_ms(until)) for since, until in kept)


def _instants(kept: Mapping[str, int]) -> dict[str, datetime]:
    return {key: from_ms(value) for key, value in kept.items()}


def _alert_values(alert: AlertState) -> list[int | str | None]:
    values = [alert.episode, to_ms(alert.opened_at), optional_ms(alert.cleared_at)]
    if alert.severity is AlertSeverity.MEDIUM and alert.raised_at is None:
        return [*values]
    return [*values, alert.severity.value, optional_ms(alert.raised_at)]


def _alert(
    episode: int,
    opened_at: int,
    cleared_at: int | None,
    severity: str = AlertSeverity.MEDIUM.value,
    raised_at: int | None = None,
) -> AlertState:
    return AlertState(
        episode, from_ms(opened_at), optional_instant(cleared_at), AlertSeverity(severity), optional_instant(raised_at)
    )
