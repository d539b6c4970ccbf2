"""Signed checkpoints leave the store: to a folder, a channel and an object store."""

import hmac
import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path

import pytest

from lifecycle_fsm.background.jobs import Job, jobs_of
from lifecycle_fsm.background.notify.webhook import Webhook
from lifecycle_fsm.background.plan import WorkerPlan
from lifecycle_fsm.background.shipping.channel import ToChannel
from lifecycle_fsm.background.shipping.destination import Place, name_of
from lifecycle_fsm.background.shipping.folder import Folder
from lifecycle_fsm.background.shipping.object_store import Bucket, ObjectStore
from lifecycle_fsm.domain.errors import NotEverywhere
from lifecycle_fsm.domain.operations import JobName
from lifecycle_fsm.services.audit.checkpoints import sign_checkpoint
from lifecycle_fsm.services.audit.proofs import list_checkpoints
from lifecycle_fsm.services.audit.signing import Signer, make_signer, open_note
from lifecycle_fsm.services.gauges import Measured
from lifecycle_fsm.store.checkpoints import StoredCheckpoint
from lifecycle_fsm.store.shipments import Destination, load_destinations
from tests.background.buckets import BUCKET, KEY_ID, REGION, SECRET, ObjectServer, an_object_store
from tests.background.receivers import Receiver, status
from tests.worlds import ADMIN, Stage, a_stage

KEY = b"n" * 24
LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mounted"
    made.mkdir()
    return made


@pytest.fixture
def bucket() -> Iterator[ObjectServer]:
    with an_object_store() as opened:
        yield opened


@dataclass
class Log:
    """A log that is signed again and again, by processes that each know the same places."""

    stage: Stage
    signer: Signer
    places: tuple[Place, ...]

    def process(self) -> Job:
        """The job of a process that has just started."""
        plan = WorkerPlan("one", "1", "sqlite://", signer=self.signer, places=self.places)
        return jobs_of(self.stage.world, plan, lambda: False)[JobName.SEAL]

    def grow(self, key: str) -> None:
        self.stage.sign(key, arr=5_000)
        self.stage.clock.turn(hours=1)

    def signed(self, *keys: str) -> None:
        """One checkpoint for each account that is new, and none of them shipped."""
        for key in keys:
            self.grow(key)
            sign_checkpoint(self.stage.world, ADMIN, self.signer)

    def kept(self) -> dict[str, str]:
        """Every note of the store by its name."""
        return {name_of(each): each.note for each in list_checkpoints(self.stage.world, ADMIN)}

    def destinations(self) -> tuple[Destination, ...]:
        with self.stage.world.database.reading() as connection:
            return load_destinations(connection)


def a_log(stage: Stage, *places: Place) -> Log:
    return Log(stage, make_signer("example.com/log"), places)


def run(job: Job) -> None:
    position = job.page(0, None)
    while position is not None:
        position = job.page(0, position)


def to_receiver(stage: Stage, receiver: Receiver) -> ToChannel:
    return ToChannel("auditors", Webhook(receiver.url, (KEY,), LOOPBACK, 30.0), stage.clock)


def in_bucket(bucket: ObjectServer, secret: str = SECRET) -> ObjectStore:
    return ObjectStore(Bucket(f"s3://{BUCKET}/lifecycle", bucket.url, REGION, KEY_ID, secret))


def alterations(log: Log) -> list[tuple[str, ...]]:
    return [each.altered for each in log.destinations()]


def files_of(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def objects_of(bucket: ObjectServer) -> dict[str, str]:
    return {name.removeprefix(f"/{BUCKET}/lifecycle/"): each.decode() for name, each in bucket.objects.items()}


def test_a_folder_that_comes_late_gets_everything_with_the_next_run(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "mounted"
    log = a_log(stage, Folder(folder))
    seal = log.process()
    with pytest.raises(NotEverywhere):
        run(seal)
    folder.mkdir()
    log.grow("ACME")

    run(seal)
    run(seal)

    assert files_of(folder) == log.kept()
    assert len(log.kept()) == 2
    assert all(open_note(note, log.signer.verifier) is not None for note in log.kept().values())


def test_a_channel_gets_each_checkpoint_once_signed_and_in_order(stage: Stage, receiver: Receiver) -> None:
    log = a_log(stage, to_receiver(stage, receiver))
    log.signed("A", "B", "C")

    run(log.process())
    run(log.process())

    events = [json.loads(each.body) for each in receiver.arrived]
    assert [(each["subject"], each["data"]["note"]) for each in events] == sorted(log.kept().items())
    assert {each["type"] for each in events} == {"lifecycle.checkpoint_signed.v1"}
    assert {each["data"]["verifier"] for each in events} == {str(log.signer.verifier)}
    for each, event in zip(receiver.arrived, events, strict=True):
        text = f"{each.headers['webhook-id']}.{each.headers['webhook-timestamp']}.".encode() + each.body
        assert each.headers["webhook-id"] == event["id"]
        assert b64decode(each.headers["webhook-signature"].removeprefix("v1,")) == hmac.digest(KEY, text, sha256)


def test_a_channel_that_fails_gets_the_same_message_again(stage: Stage, receiver: Receiver) -> None:
    log = a_log(stage, to_receiver(stage, receiver))
    log.signed("A", "B")
    receiver.answer = status(503)
    job = log.process()
    for _ in range(2):
        with pytest.raises(NotEverywhere):
            run(job)
    failing = log.destinations()
    receiver.answer = status(204)

    run(job)

    bodies = [each.body for each in receiver.arrived]
    assert bodies[0] == bodies[1] == bodies[2]
    assert len(bodies) == 4
    assert [(each.attempts, each.reason, each.unshipped) for each in failing] == [(2, "the answer was 503", 2)]
    assert [(each.attempts, each.reason, each.unshipped) for each in log.destinations()] == [(0, None, 0)]


def test_a_channel_in_our_own_network_is_refused_unless_it_is_allowed(stage: Stage, receiver: Receiver) -> None:
    inside = replace(to_receiver(stage, receiver), receiver=Webhook(receiver.url, (KEY,), (), 30.0))
    log = a_log(stage, inside)
    log.signed("A")

    with pytest.raises(NotEverywhere):
        run(log.process())

    assert receiver.arrived == []
    reasons = [each.reason for each in log.destinations()]
    assert reasons == ["http:// goes only to networks that the channel allows; use https://"]


def test_a_bucket_gets_each_checkpoint_as_an_object(stage: Stage, bucket: ObjectServer) -> None:
    log = a_log(stage, in_bucket(bucket))
    log.signed("A", "B")
    job = log.process()
    run(job)
    bucket.asked.clear()

    run(job)

    assert bucket.asked == []
    assert objects_of(bucket) == log.kept()
    assert len(log.kept()) == 2


def test_a_bucket_that_is_down_makes_nobody_else_wait(stage: Stage, bucket: ObjectServer, folder: Path) -> None:
    log = a_log(stage, in_bucket(bucket), Folder(folder))
    log.signed("A", "B")
    job = log.process()
    bucket.down = 403
    with pytest.raises(NotEverywhere, match=r"^these did not take the newest checkpoints: store s3://evidence/"):
        run(job)
    in_folder, behind = files_of(folder), log.destinations()
    bucket.down = None

    run(job)

    assert in_folder == objects_of(bucket) == log.kept()
    assert [(each.name, each.unshipped) for each in behind] == [
        (f"folder {folder}", 0),
        ("store s3://evidence/lifecycle", 2),
    ]


def test_a_bucket_does_not_open_for_another_secret(stage: Stage, bucket: ObjectServer) -> None:
    log = a_log(stage, in_bucket(bucket, "another secret"))
    log.signed("A")

    with pytest.raises(NotEverywhere):
        run(log.process())

    assert bucket.objects == {}
    assert "another secret" not in str([each.reason for each in log.destinations()])


def test_nothing_is_written_over(stage: Stage, bucket: ObjectServer, folder: Path) -> None:
    log = a_log(stage, in_bucket(bucket), Folder(folder))
    log.signed("A")
    (name,) = log.kept()
    bucket.objects[f"/{BUCKET}/lifecycle/{name}"] = b"another"
    (folder / name).write_text("another", encoding="utf-8")

    with pytest.raises(NotEverywhere):
        run(log.process())

    reason = f"another checkpoint is there under the name {name}; compare the two before anything else"
    assert objects_of(bucket) == files_of(folder) == {name: "another"}
    assert [each.reason for each in log.destinations()] == [reason, reason]


def test_what_is_there_already_is_taken_as_shipped(stage: Stage, bucket: ObjectServer) -> None:
    log = a_log(stage, in_bucket(bucket))
    log.signed("A")
    ((name, note),) = log.kept().items()
    bucket.objects[f"/{BUCKET}/lifecycle/{name}"] = note.encode()

    run(log.process())

    assert [(each.newest_size, each.unshipped) for each in log.destinations()] == [(int(name.split("-")[0]), 0)]


def test_what_was_removed_is_brought_back_within_the_hour(stage: Stage, bucket: ObjectServer, folder: Path) -> None:
    log = a_log(stage, in_bucket(bucket), Folder(folder))
    log.signed("A", "B")
    job = log.process()
    run(job)
    first = min(log.kept())
    del bucket.objects[f"/{BUCKET}/lifecycle/{first}"]
    (folder / first).unlink()
    stage.clock.turn(hours=1)

    run(job)

    assert files_of(folder) == objects_of(bucket) == log.kept()


def test_what_was_removed_is_brought_back_when_a_process_starts(
    stage: Stage, bucket: ObjectServer, folder: Path
) -> None:
    log = a_log(stage, in_bucket(bucket), Folder(folder))
    log.signed("A", "B", "C")
    run(log.process())
    first = min(log.kept())
    del bucket.objects[f"/{BUCKET}/lifecycle/{first}"]
    (folder / first).unlink()

    run(log.process())

    assert files_of(folder) == objects_of(bucket) == log.kept()


@pytest.mark.parametrize("encrypted", [False, True])
def test_what_was_altered_is_told_within_the_hour_and_stays_until_it_is_put_right(
    stage: Stage, bucket: ObjectServer, folder: Path, encrypted: bool
) -> None:
    bucket.encrypted = encrypted
    log = a_log(stage, in_bucket(bucket), Folder(folder))
    log.signed("A", "B", "C")
    job = log.process()
    run(job)
    written = log.kept()
    before = alterations(log)
    second = sorted(written)[1]
    bucket.objects[f"/{BUCKET}/lifecycle/{second}"] = b"another"
    (folder / second).write_text("another", encoding="utf-8")

    stage.clock.turn(minutes=59)
    run(job)
    too_early = alterations(log)
    stage.clock.turn(minutes=1)
    run(job)
    found, looked_at = alterations(log), stage.clock()
    in_bucket_then, in_folder_then = objects_of(bucket), files_of(folder)
    bucket.objects[f"/{BUCKET}/lifecycle/{second}"] = written[second].encode()
    (folder / second).write_text(written[second], encoding="utf-8")
    stage.clock.turn(hours=1)
    run(job)

    assert before == too_early == alterations(log) == [(), ()]
    assert found == [(second,), (second,)]
    assert in_bucket_then == in_folder_then == {**written, second: "another"}
    assert [each.looked_at for each in log.destinations()] == [looked_at + timedelta(hours=1)] * 2


def test_an_altered_checkpoint_does_not_keep_newer_ones_in_the_store(
    stage: Stage, bucket: ObjectServer, folder: Path
) -> None:
    log = a_log(stage, in_bucket(bucket), Folder(folder))
    log.signed("A")
    run(log.process())
    (first,) = log.kept()
    bucket.objects[f"/{BUCKET}/lifecycle/{first}"] = b"another"
    (folder / first).write_text("another", encoding="utf-8")
    log.signed("B")

    run(log.process())

    assert objects_of(bucket) == files_of(folder) == {**log.kept(), first: "another"}
    assert [(each.unshipped, each.reason, each.altered) for each in log.destinations()] == [(0, None, (first,))] * 2
    measured = {family.name: family.samples for family in Measured(stage.world).collect()}
    samples = [(each.labels["destination"], each.value) for each in measured["lifecycle_checkpoints_altered"]]
    assert samples == [(each.name, 1) for each in log.destinations()]


def test_objects_are_read_only_where_their_etag_does_not_tell(stage: Stage, bucket: ObjectServer) -> None:
    log = a_log(stage, in_bucket(bucket))
    log.signed("A", "B")
    job = log.process()
    run(job)
    bucket.encrypted = True
    asked = []
    for _ in range(2):
        stage.clock.turn(hours=1)
        bucket.asked.clear()
        run(job)
        asked.append(sum(".note" in each for each in bucket.asked))

    assert asked == [2, 0]
    assert alterations(log) == [()]


def test_a_channel_cannot_be_looked_at(stage: Stage, receiver: Receiver) -> None:
    log = a_log(stage, to_receiver(stage, receiver))
    log.signed("A")

    run(log.process())

    assert [(each.looked_at, each.altered) for each in log.destinations()] == [(None, ())]


def test_a_new_key_signs_the_same_size_once_more(stage: Stage, receiver: Receiver) -> None:
    log = a_log(stage, to_receiver(stage, receiver))
    log.signed("A")
    run(log.process())
    log.signer = make_signer("example.com/log")
    stage.clock.turn(hours=-2)
    sign_checkpoint(stage.world, ADMIN, log.signer)

    run(log.process())

    notes = [json.loads(each.body)["data"]["note"] for each in receiver.arrived]
    assert sorted(notes) == sorted(log.kept().values())
    assert len(notes) == len(set(notes))


def test_a_place_that_is_left_is_watched_no_more_and_goes_on_where_it_was(
    stage: Stage, receiver: Receiver, folder: Path
) -> None:
    channel, place = to_receiver(stage, receiver), Folder(folder)
    log = a_log(stage, channel)
    log.signed("A")
    run(log.process())
    log.places = (place,)
    log.signed("B")
    run(log.process())
    left = [each.name for each in log.destinations()]
    log.places = (channel, place)

    run(log.process())

    subjects = [json.loads(each.body)["subject"] for each in receiver.arrived]
    assert left == [place.name]
    assert subjects == sorted(log.kept())


def test_what_a_place_lacks_is_told_with_its_age(stage: Stage, tmp_path: Path) -> None:
    log = a_log(stage, Folder(tmp_path / "missing"))
    log.signed("A", "B")
    oldest: StoredCheckpoint = min(list_checkpoints(stage.world, ADMIN), key=lambda each: each.size)

    with pytest.raises(NotEverywhere):
        run(log.process())

    (told,) = log.destinations()
    assert (told.unshipped, told.oldest_at, told.newest_size) == (2, oldest.signed_at, None)
    assert told.reason == "the folder cannot be read (FileNotFoundError)"
    assert stage.clock() - oldest.signed_at == timedelta(hours=1)
    measured = {family.name: family.samples for family in Measured(stage.world).collect()}
    for name, value in {"lifecycle_checkpoints_unshipped": 2, "lifecycle_checkpoints_lag_seconds": 3600}.items():
        assert [(each.labels["destination"], each.value) for each in measured[name]] == [(told.name, value)]
