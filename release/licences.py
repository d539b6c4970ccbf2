"""
Hold the licences of everything that is shipped to a list of permissive ones.

`python -m release.licences` ends with status 1 when something is not allowed, or says nothing about its licence.
"""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata

from release.lock import Pinned, console_packages, optional_packages, python_packages

PERMISSIVE = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "PSF-2.0", "Unlicense", "Zlib"}
)

EXCEPTIONS = {
    "certifi": "MPL-2.0: a list of certificates, used unmodified; only the extras `notify` and `otel` bring it",
    "numpy": "CC0-1.0 beside permissive ones: a waiver of all rights; only the extra `columns` brings it",
    "psycopg": "LGPL-3.0-only: used unmodified, as a library that anybody may replace",
    "psycopg-binary": "LGPL-3.0-only: used unmodified, as a library that anybody may replace",
}
"""Packages under another licence that are shipped all the same, and why they may be."""

_OF_CLASSIFIER = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Python Software Foundation License": "PSF-2.0",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
}
_IN_WORDS = {
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "3-clause bsd license": "BSD-3-Clause",
    "bsd": "BSD-3-Clause",
    "mit license": "MIT",
    "mpl-2.0": "MPL-2.0",
    **{each.lower(): each for each in PERMISSIVE},
}
_CLASSIFIER = "License :: OSI Approved :: "


def licence_of(package: Pinned) -> str | None:
    """The licence as an SPDX expression; None where the package does not say, or is not installed here."""
    if package.licence is not None or package.source != "pypi":
        return package.licence
    try:
        said = metadata(package.name)
    except PackageNotFoundError:
        return None
    for expression in said.get_all("License-Expression", []):
        return str(expression)
    for classifier in said.get_all("Classifier", []):
        known = _OF_CLASSIFIER.get(classifier.removeprefix(_CLASSIFIER))
        if known is not None:
            return known
    words = "".join(said.get_all("License", []))
    return _IN_WORDS.get(words.strip().lower())


def is_permissive(expression: str) -> bool:
    """Whether one choice of an SPDX expression needs only licences of the list."""
    choices = re.split(r"\s+OR\s+", expression.replace("(", "").replace(")", ""))
    return any(all(each in PERMISSIVE for each in re.split(r"\s+AND\s+", choice)) for choice in choices)


def is_installed(package: Pinned) -> bool:
    """Whether its metadata can be read here; some are for other systems only."""
    try:
        metadata(package.name)
    except PackageNotFoundError:
        return package.source != "pypi"
    return True


def objections(packages: list[Pinned]) -> Iterator[str]:
    """What stands against shipping these packages."""
    for each in packages:
        expression = licence_of(each)
        if each.name in EXCEPTIONS or not is_installed(each):
            continue
        if expression is None:
            yield f"{each.purl} does not say its licence"
        elif not is_permissive(expression):
            yield f"{each.purl} is under {expression}"


def main() -> int:
    """Check, and say what was found."""
    packages = python_packages() + optional_packages() + console_packages()
    found = list(objections(packages))
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.stdout.write(
        f"{len(packages)} packages are shipped; {len(found)} objections, {len(EXCEPTIONS)} exceptions with a reason.\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
