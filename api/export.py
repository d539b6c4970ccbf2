"""`python -m api.export` writes the schema down; with `--check` it only compares."""

import sys
from pathlib import Path

from strawberry.printer import print_schema

from api.schema import make_schema

SCHEMA_FILE = Path(__file__).with_name("schema.graphql")


def schema_text() -> str:
    """The schema in GraphQL's own language."""
    return f"{print_schema(make_schema())}\n"


def main(arguments: list[str]) -> int:
    """Write or compare `schema.graphql`; the exit status is 1 when the file is not what the code says."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m api.export [--check]\n")
        return 2
    text = schema_text()
    if not arguments:
        SCHEMA_FILE.write_text(text)
        return 0
    if SCHEMA_FILE.exists() and SCHEMA_FILE.read_text() == text:
        return 0
    sys.stderr.write("api/schema.graphql is not what the code says; run `make schema` and commit it\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
