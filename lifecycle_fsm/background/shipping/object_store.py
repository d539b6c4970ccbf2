"""Checkpoints as objects of a bucket that speaks S3; the only importer of obstore, an extra."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import md5
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lifecycle_fsm.background.shipping.destination import OTHER_CONTENT, NotShipped, Seen, name_of
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.store.checkpoints import StoredCheckpoint

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Store

_CONTENT_TYPE = "text/plain; charset=utf-8"
_TIMEOUT = timedelta(seconds=10)
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Bucket:
    """
    Where a bucket is, `s3://BUCKET/PREFIX`, and how it is reached.

    Without an `endpoint` it is one of AWS; without a key the machine's own rights count.
    """

    address: str
    endpoint: str | None = None
    region: str = "us-east-1"
    key_id: str | None = None
    secret: str | None = field(default=None, repr=False)


class ObjectStore:
    """A bucket; an object is only ever created (`If-None-Match: *`), and never written again."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._store = _open(bucket)
        self._read: dict[str, str] = {}

    @property
    def name(self) -> str:
        """The bucket, with its prefix."""
        return f"store {self._bucket.address}"

    def take(self, checkpoint: StoredCheckpoint) -> None:
        """Create the object, unless it is there."""
        from obstore.exceptions import AlreadyExistsError, BaseError  # noqa: PLC0415

        name, content = name_of(checkpoint), checkpoint.note.encode()
        try:
            self._store.put(name, content, mode="create", attributes={"Content-Type": _CONTENT_TYPE})
        except AlreadyExistsError:
            self._compare(name, content)
        except (BaseError, OSError) as error:
            raise _refused(error) from error

    def look(self, shipped: Sequence[StoredCheckpoint]) -> Seen:
        """List the objects; those whose ETag does not say that they are as they were written are read."""
        from obstore.exceptions import BaseError  # noqa: PLC0415

        try:
            there = {each["path"]: each["e_tag"] or "" for page in self._store.list() for each in page}
            doubtful = [each for each in shipped if self._is_doubtful(each, there)]
            contents = asyncio.run(self._contents([name_of(each) for each in doubtful]))
        except (BaseError, OSError) as error:
            raise _refused(error) from error
        same = [each.note.encode() == content for each, content in zip(doubtful, contents, strict=True)]
        self._read |= {
            name_of(each): there[name_of(each)] for each, is_same in zip(doubtful, same, strict=True) if is_same
        }
        altered = tuple(each for each, is_same in zip(doubtful, same, strict=True) if not is_same)
        return Seen(tuple(each for each in shipped if name_of(each) not in there), altered)

    def _is_doubtful(self, checkpoint: StoredCheckpoint, there: Mapping[str, str]) -> bool:
        """
        Whether an object has to be read to know its content.

        Source: an ETag is the MD5 of an object that was put at once and is not encrypted with a key of the
        customer, and changes with the content in any case (Amazon S3 API, "Object").
        """
        name = name_of(checkpoint)
        if name not in there:
            return False
        digest = md5(checkpoint.note.encode(), usedforsecurity=False).hexdigest()
        return there[name].strip('"') != digest and self._read.get(name, "") != there[name]

    async def _contents(self, names: Sequence[str]) -> list[bytes]:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def read(name: str) -> bytes:
            async with gate:
                return bytes(await (await self._store.get_async(name)).bytes_async())

        return await asyncio.gather(*map(read, names))

    def _compare(self, name: str, content: bytes) -> None:
        from obstore.exceptions import BaseError  # noqa: PLC0415

        try:
            there = bytes(self._store.get(name).bytes())
        except (BaseError, OSError) as error:
            raise _refused(error) from error
        if there != content:
            raise NotShipped(OTHER_CONTENT.format(name=name))


def _open(bucket: Bucket) -> "S3Store":
    try:
        from obstore.store import S3Store  # noqa: PLC0415
    except ModuleNotFoundError as error:
        message = "an object store needs obstore; install lifecycle-fsm[object-store]"
        raise InvalidInput(message, path="LIFECYCLE_CHECKPOINTS_STORE") from error
    parts = urlsplit(bucket.address)
    config: S3Config = {"region": bucket.region}
    if bucket.endpoint is not None:
        config["endpoint"] = bucket.endpoint
    if bucket.key_id is not None and bucket.secret is not None:
        config |= {"access_key_id": bucket.key_id, "secret_access_key": bucket.secret}
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        config=config,
        client_options={"timeout": _TIMEOUT, "allow_http": (bucket.endpoint or "").startswith("http://")},
        retry_config={"max_retries": 2, "retry_timeout": _TIMEOUT},
    )


def _refused(error: Exception) -> NotShipped:
    """Only the kind of error: its words repeat what the store answered."""
    return NotShipped(f"the object store did not do it ({type(error).__name__})")
