"""The parts put together: settings in, a world for the services out."""

import socket
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from lifecycle_fsm.background.plan import WorkerPlan
from lifecycle_fsm.services.audit.signing import Signer, read_signer
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.guards_on_history import check_guards


def open_world(settings: Settings) -> World:
    """
    Open the store that the settings name; its tables must be there.

    Raises:
        StoreFailed: the store cannot be reached, or does not protect its history.
    """
    database = Database(settings.database_url)
    check_guards(database)
    return World(database, now, settings.small_batch, approval=settings.approval)


def now() -> datetime:
    """The present, to the millisecond that history keeps."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def plan_worker(settings: Settings) -> WorkerPlan:
    """
    How this process works in the background.

    Raises:
        FileFailed: the signing key cannot be read.
    """
    return WorkerPlan(
        name=settings.worker_name or socket.gethostname(),
        version=version("lifecycle-fsm"),
        workflows_url=settings.workflows_url or _beside(settings.database_url),
        schedules=settings.schedules(),
        shards=settings.shards,
        at_once=settings.worker_jobs,
        silence=timedelta(seconds=settings.worker_silence_seconds),
        keep=timedelta(days=settings.keep_days),
        signer=_signer(settings),
    )


def _beside(database_url: str) -> str:
    """The same PostgreSQL, or a file beside the SQLite file: its own writers must not wait for ours."""
    if not database_url.startswith("sqlite"):
        return database_url
    return f"{database_url.removesuffix('.db')}.workflows.db"


def _signer(settings: Settings) -> Signer | None:
    return None if settings.signing_key is None else read_signer(settings.signing_key.read_text(encoding="utf-8"))
