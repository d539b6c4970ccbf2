"""The fixture folders as the compiler takes them."""

from pathlib import Path

from lifecycle_fsm.definition.configuration import is_definition

FIXTURES = Path(__file__).parents[2] / "fixtures"


def folder(name: str) -> dict[str, bytes]:
    """The definitions of one fixture folder by their names relative to it."""
    root = FIXTURES / name
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.yaml"))}
    return {file: content for file, content in found.items() if is_definition(file)}
