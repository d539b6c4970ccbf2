"""The parts put together: settings in, a world for the services out."""

import socket
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from lifecycle_fsm.background.notify.posting import Receiver, receivers_of
from lifecycle_fsm.background.plan import NOBODY, WorkerPlan
from lifecycle_fsm.background.shipping.channel import ToChannel
from lifecycle_fsm.background.shipping.destination import Place
from lifecycle_fsm.background.shipping.folder import Folder
from lifecycle_fsm.background.shipping.object_store import Bucket, ObjectStore
from lifecycle_fsm.definition.diagnostics import Diagnostic
from lifecycle_fsm.definition.notifications import read_notifications
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.notification import Notifications
from lifecycle_fsm.services.audit.signing import Signer, read_signer
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.guards_on_history import check_guards
from lifecycle_fsm.store.read_only import closed_by_mode


def open_world(settings: Settings) -> World:
    """
    Open the store that the settings name; its tables must be there.

    One that is only read may be a replica, so that nothing is tried on it.

    Raises:
        StoreFailed: the store cannot be reached, or does not protect its history.
    """
    database = Database(settings.database_url)
    if settings.read_only:
        database.refuse_writers(lambda: True)
    else:
        database.refuse_writers(closed_by_mode(database))
        check_guards(database)
    return World(database, now, settings.small_batch, approval=settings.approval, erasures=settings.erasures)


def now() -> datetime:
    """The present, to the millisecond that history keeps."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def plan_worker(settings: Settings) -> WorkerPlan:
    """
    How this process works in the background.

    Raises:
        OSError: the signing key or the file of notifications cannot be read.
        InvalidInput: the file of notifications has mistakes, a secret that it names is missing, or
            checkpoints are to go where nothing is known of.
    """
    notifications = _notifications(settings)
    receivers = receivers_of(notifications)
    return WorkerPlan(
        name=settings.worker_name or socket.gethostname(),
        version=version("lifecycle-fsm"),
        workflows_url=settings.workflows_url or _beside(settings.database_url),
        schedules=settings.schedules(),
        shards=settings.shards,
        at_once=settings.worker_jobs,
        silence=timedelta(seconds=settings.worker_silence_seconds),
        keep=settings.keep(),
        signer=_signer(settings),
        places=tuple(_places(settings, receivers)),
        notifications=notifications,
        receivers=receivers,
    )


def _places(settings: Settings, receivers: Mapping[str, Receiver]) -> Iterator[Place]:
    """Where checkpoints are taken to."""
    if settings.checkpoints is not None:
        yield Folder(settings.checkpoints)
    if settings.checkpoints_channel is not None:
        yield _channel(settings.checkpoints_channel, receivers)
    if settings.checkpoints_store is not None:
        secret = settings.checkpoints_store_key
        yield ObjectStore(
            Bucket(
                address=settings.checkpoints_store,
                endpoint=settings.checkpoints_store_endpoint,
                region=settings.checkpoints_store_region,
                key_id=settings.checkpoints_store_key_id,
                secret=None if secret is None else secret.get_secret_value(),
            )
        )


def _channel(name: str, receivers: Mapping[str, Receiver]) -> ToChannel:
    receiver = receivers.get(name)
    if receiver is None:
        known = ", ".join(receivers) or "none"
        message = f"LIFECYCLE_NOTIFICATIONS has no channel {name!r}; it has: {known}"
        raise InvalidInput(message, path="LIFECYCLE_CHECKPOINTS_CHANNEL")
    return ToChannel(name, receiver, now)


def _beside(database_url: str) -> str:
    """The same PostgreSQL, or a file beside the SQLite file: its own writers must not wait for ours."""
    if not database_url.startswith("sqlite"):
        return database_url
    return f"{database_url.removesuffix('.db')}.workflows.db"


def _signer(settings: Settings) -> Signer | None:
    if settings.signing_key is None:
        return None
    return read_signer(_content("LIFECYCLE_SIGNING_KEY", settings.signing_key).decode())


def _content(setting: str, file: Path) -> bytes:
    """
    What the file has that a setting names.

    Raises:
        InvalidInput: it cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"the file {str(file)!r} cannot be read: {error.strerror}", path=setting) from error


def _notifications(settings: Settings) -> Notifications:
    if settings.notifications is None:
        return NOBODY
    content = _content("LIFECYCLE_NOTIFICATIONS", settings.notifications)
    read = read_notifications(settings.notifications.name, content)
    if read.notifications is None:
        told = "; ".join(map(_in_short, read.diagnostics))
        raise InvalidInput(f"the file of notifications has mistakes: {told}", path="LIFECYCLE_NOTIFICATIONS")
    return read.notifications


def _in_short(diagnostic: Diagnostic) -> str:
    """A mistake in a part of a line: its place, what it is, and what may be meant."""
    hint = "" if diagnostic.suggestion is None else f" (did you mean {diagnostic.suggestion!r}?)"
    return f"{diagnostic.file}:{diagnostic.line}:{diagnostic.span.column}: {diagnostic.message}{hint}"
