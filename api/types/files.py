"""Files of definitions as they come and go."""

from collections.abc import Sequence

import strawberry

from lifecycle_fsm.domain.errors import InvalidInput

MOST_FILES = 100
LONGEST_NAME = 200
LARGEST_FILE = 500_000


@strawberry.input(name="ConfigurationFile", description="One file of a folder of definitions.")
class ConfigurationFileInput:
    """A name and a text."""

    name: str = strawberry.field(
        description="Its name relative to the folder, `catalog.yaml` or `segments/NAME.yaml`; other names are reported "
        "and not read. 1 to 200 printable characters, each name once."
    )
    content: str = strawberry.field(
        description="Its text, YAML in the language `lifecycle/v1`; at most 500,000 characters. "
        "The request as a whole has a limit, too."
    )


@strawberry.type(description="One file of the definitions in use.")
class PublishedFile:
    """A name and a text."""

    name: str = strawberry.field(
        description="Its name relative to the folder, `catalog.yaml` or `segments/NAME.yaml`; at most 200 characters."
    )
    content: str = strawberry.field(description="Its text, canonical YAML; at most 500,000 characters.")


def files_of(given: Sequence[ConfigurationFileInput], path: str) -> dict[str, bytes]:
    """
    Give the files as services know them; `path` is where the list stands.

    Raises:
        InvalidInput: there are none or more than 100, a name cannot be one or stands twice, a text is too long.
    """
    if not 1 <= len(given) <= MOST_FILES:
        raise InvalidInput(f"there are {len(given)} files; expected 1 to {MOST_FILES}", path=path)
    files: dict[str, bytes] = {}
    for index, file in enumerate(given):
        _check(file, f"{path}.{index}")
        if file.name in files:
            message = f"the file {file.name!r} is given twice; give each name once"
            raise InvalidInput(message, path=f"{path}.{index}.name")
        files[file.name] = file.content.encode()
    return files


def _check(file: ConfigurationFileInput, path: str) -> None:
    if not (0 < len(file.name) <= LONGEST_NAME and file.name.isprintable()):
        message = f"the name is {file.name[:40]!r}; expected 1 to {LONGEST_NAME} printable characters"
        raise InvalidInput(message, path=f"{path}.name")
    if len(file.content) > LARGEST_FILE:
        message = f"the text has {len(file.content):,} characters; expected at most {LARGEST_FILE:,}"
        raise InvalidInput(message, path=f"{path}.content")
