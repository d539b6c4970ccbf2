"""Settings read from the environment, secret files and a file; a wrong value stops the start with one clear line."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import orjson
from pydantic import ValidationError

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.settings.expected import expected
from lifecycle_fsm.settings.model import PREFIX, Settings
from lifecycle_fsm.settings.secret import SECRETS_OF_TEXT
from lifecycle_fsm.settings.showing import shown

FILE = f"{PREFIX}SETTINGS_FILE"
SECRETS = f"{PREFIX}SECRETS"
NOT_SETTINGS = frozenset({FILE, SECRETS, f"{PREFIX}CONSOLE"})
"""Variables with our prefix that say where settings are, or are for building."""

_TESTS = f"{PREFIX}TEST_"
_LARGEST_SECRET = 64 * 1024


@dataclass(frozen=True, slots=True)
class Given:
    """
    Hold a setting as it was given: its name in small letters, its value before any check, and where it stands.

    What `is_secret` stands in a file of its own, and is never repeated.
    """

    name: str
    value: object
    source: str
    is_secret: bool = False


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """
    Read the settings; of several places the environment counts before secret files, and those before the file.

    Raises:
        InvalidInput: a value is not allowed, or a name is not known; the message names all that are wrong.
    """
    given = read_given(environment)
    try:
        return Settings.model_validate({name: each.value for name, each in given.items()})
    except ValidationError as error:
        wrong = "; ".join(_wrong(given[str(each["loc"][0])], expected(each)) for each in error.errors())
        raise InvalidInput(f"{wrong}; correct or remove it", path="environment") from error


def read_given(environment: Mapping[str, str] | None = None) -> dict[str, Given]:
    """
    What was given, by name, each from the place that counts.

    Raises:
        InvalidInput: a name is not known, or a file of settings or secrets cannot be read.
    """
    environment = os.environ if environment is None else environment
    found: dict[str, Given] = {}
    for each in (*_from_environment(environment), *_from_secrets(environment), *_from_file(environment)):
        found.setdefault(each.name, each)
    return found


def _from_environment(environment: Mapping[str, str]) -> Iterator[Given]:
    for variable, text in sorted(environment.items()):
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS or variable.startswith(_TESTS):
            continue
        name = _known(variable.removeprefix(PREFIX).lower(), f"the variable {variable}", PREFIX)
        if not text and Settings.model_fields[name].default is None:
            continue  # Container platforms pass variables on that nobody has set.
        yield Given(name, _parsed(name, text), variable)


def _from_secrets(environment: Mapping[str, str]) -> Iterator[Given]:
    """One file for each secret, named after its setting, as container platforms mount them."""
    folder = environment.get(SECRETS)
    if not folder:
        return
    for file in sorted(Path(folder).iterdir()):
        if file.is_file() and not file.name.startswith("."):
            name = _known(file.name.lower().removeprefix(PREFIX.lower()), f"the secret file {file}", "")
            yield Given(name, _parsed(name, _secret(file)), str(file), is_secret=True)


def _secret(file: Path) -> str:
    with file.open("rb") as stream:
        return stream.read(_LARGEST_SECRET).decode().strip()


def _from_file(environment: Mapping[str, str]) -> Iterator[Given]:
    path = environment.get(FILE)
    if not path:
        return
    try:
        table = tomllib.loads(Path(path).read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"the file of settings is no TOML: {error}; correct it", path=path) from error
    for key, value in table.items():
        yield Given(_known(key, f"{path}: the key {key!r}", ""), value, path)


def _known(name: str, what: str, prefix: str) -> str:
    """
    The name, if there is such a setting.

    Raises:
        InvalidInput: there is none; the message names the nearest.
    """
    if name in Settings.model_fields:
        return name
    near = get_close_matches(name, Settings.model_fields, 1)
    shown = f"{prefix}{near[0].upper() if prefix else near[0]}" if near else ""
    hint = f"did you mean {shown}?" if near else "README lists the settings"
    raise InvalidInput(f"{what} is no setting; {hint}", path="environment")


def _parsed(name: str, text: str) -> object:
    """An object where the setting is one and the text is JSON; everything else is judged as the text that it is."""
    if Settings.model_fields[name].default != {}:
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _wrong(given: Given, problem: str) -> str:
    """One wrong setting in words; secrets are not repeated, nor addresses, which may hold one."""
    if given.name in ("database_url", "workflows_url"):
        return f"{_titled(given)} is no store: expected sqlite:///FILE or postgresql://USER@HOST/NAME"
    value = "" if given.is_secret or given.name in SECRETS_OF_TEXT else f"={shown(given.value)!r}"
    return f"{_titled(given)}{value}: {problem}"


def _titled(given: Given) -> str:
    return given.source if given.source == f"{PREFIX}{given.name.upper()}" else f"{given.source}: {given.name}"
