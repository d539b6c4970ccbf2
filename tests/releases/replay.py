"""Gives a database the recorded statements of a release again, in order, and holds it to what they did then."""

import gzip
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import psycopg
from sqlalchemy import make_url

Deed = list[Any]
_PLACE = re.compile(r"%(?:\((?P<name>\w+)\)s|(?P<next>s)|%)")
_NUMBER = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True)
class Script:
    """What was recorded: long texts by their number, and deeds in order."""

    texts: Sequence[str]
    deeds: Sequence[Deed]

    def full(self, value: Any) -> Any:
        """A recorded value with its texts in their places."""
        if isinstance(value, dict) and "$text" in value:
            return self.texts[value["$text"]]
        if isinstance(value, dict) and "$hex" in value:
            return bytes.fromhex(self.full(value["$hex"]))
        if isinstance(value, dict):
            return {name: self.full(each) for name, each in value.items()}
        return [self.full(each) for each in value] if isinstance(value, list) else value


def read_script(path: Path) -> Script:
    """The script in a file of `fixtures/releases`."""
    texts, *deeds = (orjson.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines())
    return Script(texts, deeds)


def replay(script: Script, url: str, migrate: Callable[[], object]) -> datetime:
    """
    Do again what was done, and let the next release migrate where the script says so; gives its last instant.

    Raises:
        AssertionError: a statement was refused, or changed another number of rows than it did.
    """
    with _opened(url) as told:
        for deed in script.deeds:
            how, *rest = deed
            if how == "ended":
                return datetime.fromisoformat(rest[0])
            if how == "migrated":
                migrate()
            elif how in ("commit", "rollback"):
                told.end(how, rest[0])
            else:
                _do(script, told, how, rest)
    raise AssertionError("the script has no end")


def _do(script: Script, told: "_Told", how: str, rest: list[Any]) -> None:
    connection, text, *given = rest
    statement, (values, *rows) = script.texts[text], script.full(given)
    rows = rows or [-1]
    try:
        changed = told.do(how, connection, statement, values)
    except (sqlite3.Error, psycopg.Error) as error:
        raise AssertionError(f"the release's {statement[:200]!r} is refused: {error}") from error
    if _changes(statement) and rows not in ([-1], [changed]):
        raise AssertionError(f"the release's {statement[:200]!r} changed {rows[0]} rows, and now {changed}")


def _changes(statement: str) -> bool:
    return statement.lstrip().startswith(("INSERT", "UPDATE", "DELETE"))


class _Told:
    """The connections of a replay."""

    def do(self, how: str, connection: int, statement: str, values: Any) -> int:
        raise NotImplementedError

    def end(self, how: str, connection: int) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


@contextmanager
def _opened(url: str) -> Iterator[_Told]:
    told = _Sqlite(make_url(url).database or "") if url.startswith("sqlite") else _Postgres(url)
    try:
        yield told
    finally:
        told.close()


@dataclass
class _Sqlite(_Told):
    path: str
    connections: dict[int, sqlite3.Connection] = field(default_factory=dict)

    def _of(self, number: int) -> sqlite3.Connection:
        if number not in self.connections:
            self.connections[number] = sqlite3.connect(self.path, isolation_level=None)
        return self.connections[number]

    def do(self, how: str, connection: int, statement: str, values: Any) -> int:
        cursor = self._of(connection).cursor()
        if how == "many":
            cursor.executemany(statement, values)
        else:
            cursor.execute(statement, values)
            cursor.fetchall()
        return cursor.rowcount

    def end(self, how: str, connection: int) -> None:
        getattr(self._of(connection), how)()

    def close(self) -> None:
        for connection in self.connections.values():
            connection.close()


@dataclass
class _Postgres(_Told):
    url: str
    connections: dict[int, "psycopg.Connection[Any]"] = field(default_factory=dict)

    def _of(self, number: int) -> "psycopg.Connection[Any]":
        if number not in self.connections:
            plain = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
            self.connections[number] = psycopg.connect(plain)
        return self.connections[number]

    def do(self, how: str, connection: int, statement: str, values: Any) -> int:
        cursor = self._of(connection).cursor()
        if how == "copy":
            with cursor.copy(statement.encode()) as copy:
                copy.write(values)
            return cursor.rowcount
        if how == "direct":
            cursor.execute(_NUMBER.sub(lambda found: values[int(found[1]) - 1], statement).encode())
            self._of(connection).rollback()
            return cursor.rowcount
        rows = 0
        for row in values if how == "many" else [values]:
            cursor.execute(written(statement, row).encode())
            rows += max(cursor.rowcount, 0)
        return rows

    def end(self, how: str, connection: int) -> None:
        getattr(self._of(connection), how)()

    def close(self) -> None:
        for connection in self.connections.values():
            connection.close()


def written(statement: str, values: Any) -> str:
    """A statement with its literals in their places."""
    if values is None:
        return statement
    following = iter(values)

    def put(found: re.Match[str]) -> str:
        if found["name"]:
            return str(values[found["name"]])
        return str(next(following)) if found["next"] else "%"

    return _PLACE.sub(put, statement)
