"""
Write the bill of materials of the wheel, as CycloneDX 1.6 in JSON.

`python -m release.sbom FILE`: what the lock files pin, with the hashes of its files. The same locks give the same text.
"""

import json
import sys
import tomllib
from pathlib import Path
from uuid import UUID, uuid5

from release.licences import licence_of
from release.lock import PROJECT, ROOT, Pinned, console_packages, optional_packages, python_packages

FILE = "lifecycle-fsm.cdx.json"
_NAMES = UUID("5d1a3c62-6f5b-5a0e-9b0f-0b2f7e0c7c11")


def bill() -> dict[str, object]:
    """The bill as a document."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python, optional, console = python_packages(), optional_packages(), console_packages()
    reference = f"pkg:pypi/{PROJECT}@{project['version']}"
    components = [_component(each) for each in python + console]
    components += [{**_component(each), "scope": "optional"} for each in optional]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(_NAMES, json.dumps(components))}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": reference,
                "name": PROJECT,
                "version": project["version"],
                "description": project["description"],
                "licenses": [{"license": {"id": project["license"]}}],
                "purl": reference,
            }
        },
        "components": components,
        "dependencies": _dependencies(reference, python + optional, console),
    }


def _component(package: Pinned) -> dict[str, object]:
    """A package; its files with their hashes are one reference, for any of them may be installed."""
    hashes = [{"alg": algorithm, "content": content} for algorithm, content in package.hashes]
    licence = licence_of(package)
    return {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        **({} if licence is None else {"licenses": [{"expression": licence}]}),
        "externalReferences": [
            {"type": "distribution", "url": package.purl, "hashes": hashes, "comment": "one hash for each file"}
        ],
    }


def _dependencies(reference: str, python: list[Pinned], console: list[Pinned]) -> list[dict[str, object]]:
    """Who needs whom; of the console only that the product does."""
    needs: dict[str, list[str]] = {PROJECT: [each.purl for each in console], **{each.name: [] for each in python}}
    for each in python:
        for parent in each.needed_by:
            if parent in needs:
                needs[parent].append(each.purl)
    references = {PROJECT: reference, **{each.name: each.purl for each in python}}
    rows: list[dict[str, object]] = [
        {"ref": references[name], "dependsOn": sorted(set(found))} for name, found in needs.items()
    ]
    return rows + [{"ref": each.purl, "dependsOn": []} for each in console]


def main() -> None:
    """Write the bill to the file that is named, or to the standard output."""
    text = json.dumps(bill(), indent=1) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
