"""Worlds for tests of services: a store of its own, a clock to turn, the demo's machines published."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.cta import Cta
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.services.browse import view_accounts
from lifecycle_fsm.services.ingest import Ingested, RecordFacts, record_facts
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.register import AccountRow, Registered, register_accounts
from lifecycle_fsm.services.views import AccountView
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database
from tests.builders import MONDAY
from tests.fakes import Clock

FIXTURES = Path(__file__).parent.parent / "fixtures"

ADMIN = Actor("root", frozenset({Role.ADMIN}))
CSM = Actor("ada", frozenset({Role.CSM}))
VIEWER = Actor("vic", frozenset({Role.VIEWER}))
FEED = Actor("feed", frozenset({Role.INGEST}))


@dataclass(slots=True)
class Stage:
    """A world with its clock, and short ways to do what tests do most."""

    world: World
    clock: Clock
    _sent: int = field(default=0)

    def sign(self, key: str = "ACME", *, csm: str | None = "ada", **facts: Outside) -> UUID:
        """Register an account; facts are of the family `account`, dates in days from now."""
        given = {"status": "active", "notice_given": False, "contract_start": 0, "renewal_on": 365, **facts}
        values = {f"account.{name}": self._dated(name, value) for name, value in given.items()}
        self.register(AccountRow(key, key.title(), csm, facts=values))
        return account_id_for(key)

    def register(self, *rows: AccountRow) -> Registered:
        """Register accounts and demand that all were let in."""
        result = register_accounts(self.world, FEED, rows, "test")
        assert [row.problems for row in result.rows] == [()] * len(rows)
        return result

    def send(self, account: UUID, /, **measures: Outside) -> Ingested:
        """Record measures; a double underscore in a name stands for a point."""
        return self._record([FactRow(account, value, measure=_key(name)) for name, value in measures.items()])

    def tell(self, account: UUID, /, **facts: Outside) -> Ingested:
        """Record facts of the family `account`; dates in days from now."""
        rows = [FactRow(account, self._dated(name, value), fact=f"account.{name}") for name, value in facts.items()]
        return self._record(rows)

    def see(self, account: UUID) -> AccountView:
        """The account as it stands now."""
        return view_accounts(self.world, ADMIN, [account])[account]

    def open_ctas(self, account: UUID) -> Mapping[str, Cta]:
        """The account's open CTAs by template."""
        return {cta.template: cta for cta in self.see(account).lifecycle.ctas if cta.is_open}

    def key(self) -> str:
        """An idempotency key that was not used before."""
        self._sent += 1
        return f"key-{self._sent}"

    def _record(self, rows: list[FactRow]) -> Ingested:
        result = record_facts(self.world, FEED, RecordFacts(tuple(rows), "test", self.key()))
        assert [row.message for row in result.rows if not row.accepted] == []
        return result

    def _dated(self, name: str, value: Outside) -> Outside:
        if name in ("contract_start", "renewal_on", "contract_renewed_on") and isinstance(value, int):
            return (self.clock() + timedelta(days=value)).date().isoformat()
        return value


def _key(name: str) -> str:
    return name.replace("__", ".")


def definitions(folder: str) -> dict[str, bytes]:
    """The files of a folder of fixtures, by their names relative to it."""
    root = FIXTURES / folder
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.yaml"))}


@contextmanager
def a_stage(url: str, folder: str | None = "demo") -> Iterator[Stage]:
    """Open a world on a migrated store, with the definitions of a fixture folder published."""
    clock = Clock(MONDAY)
    world = World(Database(url), clock)
    try:
        if folder is not None:
            assert isinstance(publish(world, ADMIN, definitions(folder)), Published)
        yield Stage(world, clock)
    finally:
        world.database.dispose()
