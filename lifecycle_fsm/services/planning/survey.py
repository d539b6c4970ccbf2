"""The population looked at: set-wise where the hot rows tell, account by account where they do not."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TypeVar
from uuid import UUID

from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.migrate import Route
from lifecycle_fsm.services.planning.comparing import comparison
from lifecycle_fsm.services.planning.examine import Examiner
from lifecycle_fsm.services.planning.tally import Effect, Tally
from lifecycle_fsm.store.accounts import load_accounts
from lifecycle_fsm.store.baselines import load_baselines
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.population import Affected, Comparison, find_affected, page_of_ids

PAGE = 500
"""How many accounts are read at a time."""

Item = TypeVar("Item")

Known = tuple[Lifecycle, Facts]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a survey reads from: one snapshot of the store at one date."""

    connection: Connection
    layout: Layout
    as_of: datetime


def survey(ground: Ground, route: Route, elsewhere: Container[UUID], tally: Tally) -> None:
    """Count what a route does to the accounts of its old version, but for those that go `elsewhere`."""
    compared = comparison(route)
    if compared is None:
        survey_each(ground, route, elsewhere, tally)
    else:
        _survey_set_wise(ground, route, compared, elsewhere, tally)


def examine_ids(ground: Ground, route: Route, ids: Iterable[UUID]) -> Iterator[Effect]:
    """What a route does to these accounts; those whose stage leads nowhere are left out."""
    examiner = Examiner(route)
    for page in _pages(ids):
        for lifecycle, facts in known(ground, page, (route.before, route.after)):
            if lifecycle.stage in route.landings:
                effect = examiner.examine(lifecycle, facts, ground.as_of)
                yield replace(effect, shifts=examiner.shifts(lifecycle, facts, ground.as_of))


def known(ground: Ground, ids: Sequence[UUID], machines: Iterable[Machine]) -> Iterator[Known]:
    """Read accounts with everything that any of the machines judges."""
    stored = load_accounts(ground.connection, ids, ground.layout)
    baselines = sorted({baseline for machine in machines for baseline in machine.baselines})
    before = load_baselines(ground.connection, ids, baselines, ground.as_of)
    for account_id, account in stored.items():
        yield account.lifecycle, Facts({**account.facts.values, **before.get(account_id, {})})


def survey_each(ground: Ground, route: Route, elsewhere: Container[UUID], tally: Tally) -> None:
    """Do the same account by account, whatever the hot rows tell."""
    ids = (each for each in _ids_of(ground, route.before) if each not in elsewhere)
    tally.add_all(examine_ids(ground, route, ids))


def _ids_of(ground: Ground, machine: Machine) -> Iterator[UUID]:
    after: UUID | None = None
    while page := page_of_ids(ground.connection, machine.segment, [machine.digest], after, PAGE):
        yield from page
        after = page[-1]


def _survey_set_wise(
    ground: Ground, route: Route, compared: Comparison, elsewhere: Container[UUID], tally: Tally
) -> None:
    """Accounts that rules act upon are decided again by the engine; of the others SQL has said all."""
    acting: list[Affected] = []
    examiner = Examiner(route)
    for each in find_affected(ground.connection, compared, ground.layout, to_ms(ground.as_of)):
        if each.account_id in elsewhere or each.stage not in route.landings:
            continue
        if not each.acts:
            tally.add(_shifted(route, compared, each))
            continue
        acting.append(each)
        if len(acting) == PAGE:
            tally.add_all(_decided_again(ground, examiner, compared, acting))
            acting = []
    tally.add_all(_decided_again(ground, examiner, compared, acting))


def _decided_again(
    ground: Ground, examiner: Examiner, compared: Comparison, page: Sequence[Affected]
) -> Iterator[Effect]:
    acting = {each.account_id: each for each in page}
    for lifecycle, facts in known(ground, list(acting), (examiner.route.before, examiner.route.after)):
        found = acting[lifecycle.account_id]
        effect = examiner.examine(lifecycle, facts, ground.as_of, waits=found.waits)
        if lifecycle.stage in compared.forced:
            yield replace(effect, shifts=examiner.shifts(lifecycle, facts, ground.as_of))
        else:
            yield replace(effect, shifts=_shifted(examiner.route, compared, found).shifts)


def _shifted(route: Route, compared: Comparison, each: Affected) -> Effect:
    exits = ((exit_.stage, exit_.transition, exit_.trigger) for exit_ in compared.exits)
    shifts = {exit_: shift for exit_, shift in zip(exits, each.shifts, strict=True) if shift}
    landed = route.landings[each.stage].stage
    return Effect(each.account_id, route.before.digest, each.stage, landed, shifts=shifts)


def _pages(items: Iterable[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while page := list(islice(rest, PAGE)):
        yield page
