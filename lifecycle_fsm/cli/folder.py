"""The files of a folder of definitions."""

from collections.abc import Iterator
from importlib.resources.abc import Traversable

from lifecycle_fsm.definition.import_map import SCHEMA as MAP_SCHEMA
from lifecycle_fsm.definition.source import MAXIMUM_BYTES

_SUFFIXES = (".yaml", ".yml")


def read_folder(folder: Traversable) -> dict[str, bytes]:
    """
    Read the YAML files of a folder and its folders, by their names relative to it.

    Hidden files and import mappings are left out. Of a file that is too large to be
    compiled only so much is read that the compiler says so.
    """
    found = {name: _content(file) for name, file in _files(folder, "")}
    return {name: content for name, content in sorted(found.items()) if MAP_SCHEMA.encode() not in content}


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _files(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(_SUFFIXES):
            yield f"{prefix}{entry.name}", entry


def _content(file: Traversable) -> bytes:
    with file.open("rb") as stream:
        return stream.read(MAXIMUM_BYTES + 1)
