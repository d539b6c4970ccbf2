"""A reader of the documents who types their commands: into the command line, and with curl to the server."""

import io
import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from api.app import create_app
from lifecycle_fsm.bootstrap import open_world
from lifecycle_fsm.cli import main
from lifecycle_fsm.settings import read_settings
from tests.api.door import a_door

SERVER = "http://127.0.0.1:8321"
"""Where the documents have the server; nobody listens there in the tests."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The exit status of a command, and what it said on the standard output and the error."""

    status: int
    out: str
    err: str = ""


@dataclass(slots=True)
class Reader:
    """Type commands in a folder, with variables that stay from one to the next."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    variables: dict[str, str] = field(default_factory=dict)

    def type(self, command: str) -> Answered:
        """Do what the shell would do with it; only `export`, `curl`, `kill` and our own command are understood."""
        head, here = _with_here_document(command)
        words = shlex.split(self._filled(head), comments=True)
        before = dict(self.variables)
        while re.fullmatch(r"[A-Z_]+=.*", words[0], re.DOTALL):
            name, _, self.variables[name] = words.pop(0).partition("=")
        try:
            return self._do(head, words, here)
        finally:
            if words[0] != "export":
                self.variables = before

    def _do(self, head: str, words: list[str], here: str) -> Answered:
        match words[0]:
            case "export":
                return self._export(head.removeprefix("export ").strip())
            case "lifecycle-fsm" if words[-2] == ">":
                answered = self._run(words[1:-2])
                (self.folder / words[-1]).write_text(answered.out)
                return Answered(answered.status, "", answered.err)
            case "lifecycle-fsm":
                return self._run([word for word in words[1:] if word != "&"])
            case "curl":
                return self._curl(words[1:], here)
            case "kill":
                return Answered(0, "")
            case other:
                raise AssertionError(f"nobody knows how to try {other!r}; tell tests/guides how, or why not")

    def _filled(self, text: str) -> str:
        return re.sub(r"\$(\w+)", lambda name: self.variables.get(name[1], name[0]), text)

    def _export(self, given: str) -> Answered:
        name, _, value = given.partition("=")
        inner = re.fullmatch(r"\$\((.*)\)", value)
        if inner is None:
            self.variables[name] = self._filled(shlex.split(value)[0])
            return Answered(0, "")
        answered = self.type(inner[1])
        self.variables[name] = answered.out.strip()
        return Answered(answered.status, "", answered.err)

    def _run(self, arguments: list[str]) -> Answered:
        if arguments[:1] == ["serve"]:
            return self._serve()
        out, err = io.StringIO(), io.StringIO()
        with self._at_home(), redirect_stdout(out), redirect_stderr(err), self.monkeypatch.context() as here:
            here.setattr(sys, "argv", ["lifecycle-fsm", *arguments])
            here.setattr(sys, "stdin", io.StringIO())
            try:
                main()
            except SystemExit as ended:
                status = ended.code if isinstance(ended.code, int) else 1
        return Answered(status, out.getvalue(), err.getvalue())

    def _serve(self) -> Answered:
        """The server is made; the requests of `curl` reach it without a socket."""
        with self._at_home():
            settings = read_settings()
            world = open_world(settings)
            create_app(world, settings)
            world.database.dispose()
        return Answered(0, "")

    def _curl(self, words: list[str], here: str) -> Answered:
        asked = _asked(words, here, self.folder)
        with self._at_home():
            settings = read_settings()
            world = open_world(settings)
            with a_door(create_app(world, settings), "") as door:
                answer = door.send(asked.method, asked.path, content=asked.body, headers=asked.headers)
            world.database.dispose()
        assert answer.status_code not in {401, 403}, f"the document gives no token that may do this: {answer.text}"
        return Answered(0 if answer.status_code < 500 else 1, answer.text)

    @contextmanager
    def _at_home(self) -> Iterator[None]:
        with chdir(self.folder), self.monkeypatch.context() as here:
            for name in [name for name in os.environ if name.startswith("LIFECYCLE_")]:
                here.delenv(name)
            for name, value in self.variables.items():
                here.setenv(name, value)
            yield


def _with_here_document(command: str) -> tuple[str, str]:
    """A command in one line, and the text that is given to it behind `<<'MARK'`."""
    head, _, rest = command.partition("<<'")
    mark, _, text = rest.partition("'\n")
    return head.replace("\\\n", " "), text.removesuffix(mark)


@dataclass(slots=True)
class _Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None


def _asked(words: list[str], here: str, folder: Path) -> _Asked:
    """What curl would send."""
    asked, rest = _Asked("GET", "", {}, None), iter(words)
    for word in rest:
        match word:
            case "-s" | "--silent" | "--retry-connrefused":
                pass
            case "--retry":
                next(rest)
            case "-X":
                asked.method = next(rest)
            case "-H":
                name, _, value = next(rest).partition(": ")
                asked.headers[name.title()] = value
            case "-d" | "--data-binary":
                asked.body, asked.method = _body(next(rest), here, folder), "POST"
            case url:
                assert url.startswith(SERVER), f"curl is told {url!r}"
                asked.path = url.removeprefix(SERVER)
    return asked


def _body(given: str, here: str, folder: Path) -> bytes:
    if given == "@-":
        return here.encode()
    return (folder / given[1:]).read_bytes() if given.startswith("@") else given.encode()
