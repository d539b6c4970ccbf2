"""The network to the database is slow, is cut, or swallows the answer to a commit; what is sent again is done once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import pytest

from lifecycle_fsm.domain.errors import StoreFailed
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.fire import FireTransition, fire_transition
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database
from tests.databases import PostgresServer
from tests.faults.checker import check
from tests.faults.proxy import Proxy, Weather, a_proxy
from tests.worlds import ADMIN, FEED, Stage, a_stage

Outcome = TypeVar("Outcome")
MOST = 20


@dataclass(slots=True)
class Site:
    """A store seen without a network, and the same store behind one."""

    stage: Stage
    far: World
    proxy: Proxy
    accounts: list[UUID]


@pytest.fixture
def site(postgresql: PostgresServer) -> Iterator[Site]:
    with postgresql.database() as url, a_stage(url) as stage, a_proxy(url) as proxy:
        far = World(Database(proxy.url), stage.clock)
        yield Site(stage, far, proxy, [stage.sign(f"A{number}", arr=5_000, csm=None) for number in range(6)])
        far.database.dispose()


def batch(accounts: list[UUID], key: str, value: str = "churned") -> RecordFacts:
    return RecordFacts(tuple(FactRow(account, value, fact="account.status") for account in accounts), "crm", key)


def insist(proxy: Proxy, work: Callable[[], Outcome]) -> tuple[Outcome, int]:
    """Do it again after each lost connection, in fine weather from the second time on; give how often it failed."""
    failures = 0
    while True:
        try:
            return work(), failures
        except StoreFailed as error:
            failures += 1
            if not error.retryable or failures > MOST:
                raise
            proxy.weather = Weather.FINE


def test_a_batch_whose_answer_was_lost_is_done_once(site: Site) -> None:
    site.proxy.weather = Weather.LOSES_COMMITS

    result, failures = insist(site.proxy, lambda: record_facts(site.far, FEED, batch(site.accounts, "once")))

    assert (site.proxy.commits_lost, failures, result.replayed) == (1, 1, True)
    assert [site.stage.see(account).lifecycle.stage for account in site.accounts] == ["churned"] * 6
    check(site.stage.world, ["once"])


def test_a_transition_whose_answer_was_lost_is_done_once(site: Site) -> None:
    account = site.stage.sign("BIG", arr=500_000)
    command = FireTransition(account, "churn", "key-1", override=True, reason="They left")
    before = site.stage.see(account).lifecycle.revision
    site.proxy.weather = Weather.LOSES_COMMITS

    _, failures = insist(site.proxy, lambda: fire_transition(site.far, ADMIN, command))

    after = site.stage.see(account).lifecycle.revision
    assert (site.proxy.commits_lost, failures) == (1, 1)
    assert after > before
    fire_transition(site.far, ADMIN, command)
    assert site.stage.see(account).lifecycle.revision == after
    check(site.stage.world)


def test_a_sweep_whose_page_was_committed_unheard_is_gone_on_with(site: Site) -> None:
    record_facts(World(site.far.database, site.stage.clock, 0), FEED, batch(site.accounts, "later"))
    site.proxy.weather = Weather.LOSES_COMMITS

    summary, failures = insist(site.proxy, lambda: sweep(site.far, ADMIN))

    assert (site.proxy.commits_lost, failures, summary.disagreements) == (1, 1, 0)
    assert [site.stage.see(account).lifecycle.stage for account in site.accounts] == ["churned"] * 6
    check(site.stage.world)


def test_a_cut_network_loses_nothing_that_was_answered(site: Site) -> None:
    told: list[str] = []
    for number in range(8):
        key, value = f"key-{number}", ("churned", "active")[number % 2]
        site.proxy.weather = (Weather.FINE, Weather.CUT)[number % 3 == 1]
        insist(site.proxy, lambda key=key, value=value: record_facts(site.far, FEED, batch(site.accounts, key, value)))  # type: ignore[misc] # bound now
        told.append(key)

    check(site.stage.world, told)


def test_a_slow_network_changes_nothing(site: Site) -> None:
    site.proxy.weather = Weather.SLOW

    record_facts(site.far, FEED, batch(site.accounts, "slow"))
    evaluate_waiting(site.far, ADMIN)

    check(site.stage.world, ["slow"])
