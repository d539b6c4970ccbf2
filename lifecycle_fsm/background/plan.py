"""How a process works in the background: under which name, when, and with whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from lifecycle_fsm.background.notify.posting import Receiver
from lifecycle_fsm.background.shipping.destination import Place
from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.notification import Notifications
from lifecycle_fsm.domain.operations import JobName
from lifecycle_fsm.domain.retention import Keep
from lifecycle_fsm.domain.schedule import Schedule
from lifecycle_fsm.services.audit.signing import Signer

ACTOR = Actor("worker", frozenset({Role.ADMIN}))
"""Who history says it was."""

NOBODY = Notifications()
"""Nobody is told."""


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """
    Hold what an operator may choose.

    `name` stays the same over restarts, and tells this process from others on the same
    store. `workflows_url` is where running work is kept. A job without a schedule never
    runs here. `shards` is into how many parts accounts are dealt, `at_once` how many
    jobs run at the same time, `silence` how long a worker may not be heard before others
    take its work over, `keep` how long what is finished is kept,
    `keep_workflows` how long the book-keeping of finished runs. Without a `signer` the log
    grows and is not signed; `places` are where each signed note is taken to.
    `receivers` are the channels of `notifications` with their secrets.
    """

    name: str
    version: str
    workflows_url: str
    schedules: Mapping[JobName, Schedule] = field(default_factory=dict)
    shards: int = 1
    at_once: int = 4
    silence: timedelta = timedelta(seconds=30)
    keep: Keep = field(default_factory=Keep)
    keep_workflows: timedelta = timedelta(days=1)
    signer: Signer | None = None
    places: tuple[Place, ...] = ()
    notifications: Notifications = NOBODY
    receivers: Mapping[str, Receiver] = field(default_factory=dict, repr=False)
