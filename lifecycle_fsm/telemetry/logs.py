"""The log of a process: one JSON object for each line, or lines for people. Set up here and nowhere else."""

import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b

import orjson

from lifecycle_fsm.domain.errors import LifecycleError
from lifecycle_fsm.telemetry.trail import Fields, Private, present

FORMATS = ("auto", "json", "human")
LEVELS = ("debug", "info", "warning", "error")

HIDDEN = "***"
_OURS = ("lifecycle", "api")
_OF_WORKFLOWS = "dbos"
_SHORTEST_SECRET = 4
_PSEUDONYM_BYTES = 8
_TOKENS = re.compile(
    r"lfsm_[\w-]{8,}|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|(?i:bearer) +[\w.~+/=-]{8,}|(?<=://)[^\s/:@]*:[^\s/@]+(?=@)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class LogPlan:
    """
    How a process logs.

    `key` turns accounts and people into pseudonyms: whoever has it can tell whether a line is about
    an account, and nobody else can. `secrets` are texts that are hidden wherever they would appear.
    """

    level: str
    format: str
    key: bytes = field(repr=False)
    secrets: Sequence[str] = field(default=(), repr=False)


def set_up_logs(plan: LogPlan) -> None:
    """Let this process log as planned, to the standard error; the last plan counts."""
    handler = _ToStandardError()
    as_json = plan.format == "json" or (plan.format == "auto" and not sys.stderr.isatty())
    handler.setFormatter(JsonLines(plan) if as_json else Lines(plan))
    root = logging.getLogger()
    for logger in (root, logging.getLogger(_OF_WORKFLOWS)):
        for old in logger.handlers[:]:
            if isinstance(old, _ToStandardError):
                logger.removeHandler(old)
        logger.addHandler(handler)
    # It brings a handler of its own to a log that has none.
    logging.getLogger(_OF_WORKFLOWS).propagate = False
    level = plan.level.upper()
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    # Others, such as the server and the workflows, are heard when something is wrong.
    root.setLevel(max(logging.WARNING, logging.getLevelName(level)))


def pseudonym(key: bytes, kind: str, value: str) -> str:
    """The word by which the log calls an account or a person: 16 hexadecimal digits, the same for the same key."""
    return blake2b(f"{kind}:{value}".encode(), key=key[:64], digest_size=_PSEUDONYM_BYTES).hexdigest()


class _ToStandardError(logging.Handler):
    """Write to the standard error of the moment, which tests and containers exchange."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except Exception:  # noqa: BLE001 - a log that fails must not stop what it tells about
            self.handleError(record)


class _Formatter(logging.Formatter):
    """What both forms share: fields without private values, and no secrets."""

    def __init__(self, plan: LogPlan) -> None:
        super().__init__()
        self._key = plan.key
        self._quotes_errors = plan.level == "debug"
        self._secrets = sorted({each for each in plan.secrets if len(each) >= _SHORTEST_SECRET}, key=len, reverse=True)

    def fields(self, record: logging.LogRecord) -> Fields:
        """The fields of a line: those of its request or job, then its own."""
        own: Mapping[str, object] = getattr(record, "fields", {})
        return {name: self._shown(value) for name, value in {**present(), **own}.items() if value is not None}

    def error(self, record: logging.LogRecord) -> Iterator[tuple[str, str]]:
        """The kind of an exception, where it came from, and its words where they are ours."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return
        yield "error", type(error).__name__
        # Words of other libraries may quote what people sent.
        if isinstance(error, LifecycleError) or self._quotes_errors:
            yield "error_message", str(error)
        yield "stack", "".join(traceback.format_tb(error.__traceback__)).rstrip()

    def clean(self, text: str) -> str:
        """A line without secrets, wherever they came from."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return _TOKENS.sub(HIDDEN, text)

    def _shown(self, value: object) -> object:
        return pseudonym(self._key, value.kind, value.value) if isinstance(value, Private) else value


class JsonLines(_Formatter):
    """One JSON object for each line: `time`, `level`, `logger`, `event`, then the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one line."""
        line = {
            "time": _instant(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **self.fields(record),
            **dict(self.error(record)),
        }
        return self.clean(orjson.dumps(line, default=str).decode())


class Lines(_Formatter):
    """A line for people: the time, the level, what happened, and the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one line, and the stack below it."""
        told = " ".join(f"{name}={_plain(value)}" for name, value in self.fields(record).items())
        error = dict(self.error(record))
        stack = error.pop("stack", None)
        about = " ".join(f"{name}={_plain(value)}" for name, value in error.items())
        at = _instant(record).isoformat(sep=" ", timespec="milliseconds")[11:23]
        line = f"{at} {record.levelname:<7} {record.getMessage()}  {told} {about}".rstrip()
        return self.clean(line if stack is None else f"{line}\n{stack}")


def _instant(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _plain(value: object) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text if text.isprintable() and " " not in text and text else repr(text)
