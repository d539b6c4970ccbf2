"""The accounts behind numbers of reports."""

from collections.abc import Mapping
from dataclasses import replace

from lifecycle_fsm.domain.access import Actor
from lifecycle_fsm.domain.reports.address import Address, ReportName
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.services.segment_rules import UNASSIGNED
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.candidates import count_by_machine
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.kept_entries import kept_so_far
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.reports.asked import Asked
from lifecycle_fsm.store.reports.behind import Among, behind
from lifecycle_fsm.store.reports.pieces import pieces_of

_BY_RULES = frozenset({ReportName.HELD, ReportName.ZONES})
"""Reports whose rows are found by the rules that accounts follow."""


def accounts_behind(world: World, connection: Connection, actor: Actor, address: Address) -> Among:
    """
    Select the accounts that a number counts.

    Raises:
        InvalidInput: the report was not asked so, or does not count by that.
    """
    address.scope.known_by(world.clock(), "filter.behind")
    machines = followed(world, connection, address.scope) if address.report in _BY_RULES else ()
    asked = asked_of(connection, actor, address.scope, address.asked)
    return behind(address, replace(asked, machines=machines))


def followed(world: World, connection: Connection, scope: ReportScope) -> tuple[Machine, ...]:
    """Every version of rules that an account of the scope's segment follows."""
    segments = () if scope.segment is None else (scope.segment,)
    digests = sorted(set(count_by_machine(connection, segments)) - {UNASSIGNED})
    found = world.shelf.machines(connection, digests)
    return tuple(found[digest] for digest in digests)


def asked_of(connection: Connection, actor: Actor, scope: ReportScope, parameters: Mapping[str, str]) -> Asked:
    """What a report is asked by an actor."""
    return Asked(
        scope.checked(),
        actor.portfolio,
        load_layout(connection),
        parameters,
        is_sqlite=connection.dialect.name == "sqlite",
        kept=kept_so_far(connection),
    )


def counted_of(connection: Connection, actor: Actor, scope: ReportScope, parameters: Mapping[str, str]) -> Asked:
    """What a report is asked that goes through all accounts."""
    asked = asked_of(connection, actor, scope, parameters)
    return replace(asked, pieces=pieces_of(connection, asked))
