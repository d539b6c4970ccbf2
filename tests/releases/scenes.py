"""What a release is recorded doing: accounts live, people work, jobs run, and every field of the API is read."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

from api.app import create_app
from api.ids import global_id
from lifecycle_fsm.background.jobs import jobs_of
from lifecycle_fsm.background.plan import WorkerPlan
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.notification import Notifications, Route, WebhookChannel
from lifecycle_fsm.domain.retention import Keep
from lifecycle_fsm.services.audit.erase import erase_account
from lifecycle_fsm.services.audit.signing import make_signer
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.undo import UndoRun, undo_run
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.copying import FEWEST
from tests.api.conftest import an_account
from tests.api.definitions import FILES
from tests.api.door import Door, a_door
from tests.api.test_permissions import FILE, IDS, INPUTS, WALKS, arguments
from tests.worlds import ADMIN, CSM, Stage

SEGMENTS = {"enterprise": 300_000, "mid_market": 60_000, "tech_touch": 4_000}
TOLD = Notifications({"crm": WebhookChannel("crm", "http://127.0.0.1", ())}, (Route(("crm",)),))

Scene = Callable[[Stage], Iterator[None]]
"""Does something, yields where the next release may bring its tables, and goes on."""


def lives(stage: Stage) -> Iterator[None]:
    """Accounts of each segment from signing on, with alerts, deadlines and jobs, on the machines of the demo."""
    for turn in ("before", "after"):
        _live(stage, turn, days=60)
        _register_many(stage, turn)
        sweep(stage.world, ADMIN)
        _jobs(stage, Keep())
        assert verify(stage.world, ADMIN).flaws == []
        if turn == "before":
            yield


def ends(stage: Stage) -> Iterator[None]:
    """What takes away: undoing a run, erasing an account, letting finished work go."""
    for turn in ("before", "after"):
        accounts = _live(stage, turn, days=12)
        stage.clock.turn(days=40)
        swept = sweep(stage.world, ADMIN)
        assert swept.run_id is not None
        undo_run(stage.world, ADMIN, UndoRun(swept.run_id, "recorded"))
        erase_account(stage.world, ADMIN, accounts[-1], "recorded")
        _jobs(stage, Keep(*[timedelta(days=20)] * 5))
        if turn == "before":
            yield


def doors(stage: Stage) -> Iterator[None]:
    """Every mutation on an account, then every edge of the schema, on a small machine."""
    assert isinstance(publish(stage.world, ADMIN, FILES), Published)
    token = issue_token(stage.world, ADMIN, "recorder", list(Role), None).token
    settings = Settings(database_url=stage.world.database.url.render_as_string(hide_password=False))
    with a_door(create_app(stage.world, settings), token) as door:
        for key in ("ACME", "BOLT"):
            stage.register(an_account(key))
            _change_everything(stage, door, key)
            for walk in WALKS:
                answer = door.ask(walk.document(arguments(*_ids(stage, key))))
                assert "errors" not in answer, answer
            if key == "ACME":
                yield


def _live(stage: Stage, turn: str, days: int) -> list[UUID]:
    accounts = [stage.sign(f"{turn}-{segment}", arr=arr) for segment, arr in SEGMENTS.items()]
    _onboard(stage, accounts)
    for account in accounts:
        stage.send(account, setup_completion=95, usage__wau_ratio=0.1, usage__logins_30d=1)
    _pass_time(stage, days, every=12)
    return accounts


def _register_many(stage: Stage, turn: str) -> None:
    """So many at once that they go the way of bulk."""
    rows = [AccountRow(f"{turn}-{number}", "Many", "ada", facts={"account.arr": 4_000}) for number in range(FEWEST)]
    stage.register(*rows)


def _onboard(stage: Stage, accounts: list[UUID]) -> None:
    for account in accounts:
        for cta in stage.open_ctas(account).values():
            assert cta.id is not None
            close_cta(stage.world, CSM, CloseCta(account, cta.id, CtaOutcome.SUCCESS, stage.key()))
        reach_milestone(stage.world, CSM, ReachMilestone(account, "first_login", stage.key()))


def _pass_time(stage: Stage, days: int, every: int) -> None:
    for _ in range(days // every):
        stage.clock.turn(days=every)
        evaluate_waiting(stage.world, ADMIN)


def _jobs(stage: Stage, keep: Keep) -> None:
    """A page after the other of everything that runs by itself."""
    plan = WorkerPlan("recorded", "recorded", "", signer=make_signer("recorded"), notifications=TOLD, keep=keep)
    for job in jobs_of(stage.world, plan, lambda: False).values():
        for shard in range(job.shards):
            position = job.page(shard, None) if job.has_work(shard) else None
            while position is not None:
                position = job.page(shard, position)


def _ids(stage: Stage, key: str) -> tuple[str, str]:
    account_id = account_id_for(key)
    cta = stage.see(account_id).lifecycle.ctas[0]
    assert cta.id is not None
    return global_id("Account", account_id), global_id("Cta", account_id, cta.id)


def _change_everything(stage: Stage, door: Door, key: str) -> None:
    account, cta = _ids(stage, key)
    for name, template in INPUTS.items():
        given = template.replace("FILES", FILE).replace('"ID"', f'"{account}"').replace('"CTA"', f'"{cta}"')
        given = given.replace('"walk', f'"{key}-walk')
        for mark, an_id in IDS.items():
            given = given.replace(f'"{mark}"', f'"{an_id}"')
        door.data(f"mutation {{ {name}(input: {given}) {{ __typename }} }}")
