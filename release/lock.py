"""The lock files read: which Python packages and which parts of the console are shipped, with their hashes."""

import json
import re
import tomllib
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = "lifecycle-fsm"

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Pinned:
    """One package: where it comes from (`pypi` or `npm`), what needs it, and the hashes of its files."""

    source: str
    name: str
    version: str
    hashes: tuple[tuple[str, str], ...]
    needed_by: tuple[str, ...] = ()
    licence: str | None = None

    @property
    def purl(self) -> str:
        """The package in the form of a package URL."""
        return f"pkg:{self.source}/{self.name.replace('@', '%40')}@{self.version}"


def python_packages() -> list[Pinned]:
    """The packages that run with the product, by name; those that only build it are left out."""
    return _reached("requirements.lock", frozenset())


def optional_packages() -> list[Pinned]:
    """The packages that the extras bring beside them, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [each for extra in project["optional-dependencies"].values() for each in extra]
    roots = frozenset(name[0] for each in asked if (name := re.match(r"[A-Za-z0-9._-]+", each)))
    always = {each.name for each in python_packages()}
    return [each for each in _reached("requirements-dev.lock", roots) if each.name not in always]


def _reached(lock: str, roots: frozenset[str]) -> list[Pinned]:
    """What these packages of a lock file need, or without any the product itself."""
    pinned = {each.name: each for each in _pinned((ROOT / lock).read_text(encoding="utf-8"))}
    reached = set(roots & pinned.keys())
    parents = reached if roots else {PROJECT}
    while new := {
        name for name, each in pinned.items() if name not in reached and (parents | reached) & set(each.needed_by)
    }:
        reached |= new
    return [pinned[name] for name in sorted(reached)]


def console_packages() -> list[Pinned]:
    """The packages that the built console may hold, by name and version."""
    lock = json.loads((ROOT / "api" / "console" / "package-lock.json").read_text(encoding="utf-8"))
    found = {
        (name, each["version"]): Pinned(
            "npm", name, each["version"], (_integrity(each["integrity"]),), licence=each["license"]
        )
        for path, each in lock["packages"].items()
        if path and not each.get("dev")
        for name in [path.rpartition("node_modules/")[2]]
    }
    return [found[key] for key in sorted(found)]


def _pinned(text: str) -> Iterator[Pinned]:
    """Read a lock file of requirements: a line for each package, its hashes below, then what needs it."""
    for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE):
        pin = _PIN.match(entry)
        if pin is None:
            continue
        comment = " ".join(line.strip(" #") for line in entry.splitlines() if line.lstrip().startswith("#"))
        plain = re.sub(r" \(pyproject\.toml\)", "", re.sub(r"\S+ \(pyproject\.toml:\w+\)", "", comment))
        needed_by = tuple(re.findall(r"[A-Za-z0-9._-]+", plain))
        hashes = tuple(("SHA-256", each) for each in _HASH.findall(entry))
        yield Pinned("pypi", pin[1], pin[2], hashes, tuple(each for each in needed_by if each != "via"))


def _integrity(text: str) -> tuple[str, str]:
    """A hash as npm writes it, in hexadecimal."""
    algorithm, _, value = text.split(maxsplit=1)[0].partition("-")
    return algorithm.upper().replace("SHA", "SHA-"), b64decode(value).hex()
