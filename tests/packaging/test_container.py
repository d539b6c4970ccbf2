"""What the container files promise: no root, nothing unpinned, a probe; checked by reading, for no engine runs here."""

import io
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml
from dockerfile_parse import DockerfileParser

from lifecycle_fsm.settings import Settings

ROOT = Path(__file__).parent.parent.parent


def steps() -> list[tuple[str, str]]:
    """Instructions with their values, in order."""
    file = io.BytesIO((ROOT / "Containerfile").read_bytes())
    parser = DockerfileParser(fileobj=file)  # type: ignore[arg-type] # the stubs say text, the parser reads bytes
    return [(step["instruction"], step["value"]) for step in parser.structure]


def values(instruction: str) -> list[str]:
    return [value for name, value in steps() if name == instruction]


def test_builds_in_stages_from_pinned_images() -> None:
    images = [value.split()[0] for value in values("FROM")]

    assert len(images) == 3
    assert [image for image in images if ":" not in image or image.endswith(":latest")] == []


def test_installs_only_what_the_locks_name() -> None:
    installs = [line for value in values("RUN") for line in value.split("&&") if "pip install" in line]

    assert len(installs) == 4
    assert [line for line in installs if "--require-hashes" not in line and "--no-deps" not in line] == []
    assert values("ADD") == []


def test_every_extra_is_in_the_image_as_the_tests_have_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    image, tested = pins("requirements-image.lock"), pins("requirements-dev.lock")

    assert (
        "/opt/lifecycle/bin/pip install --no-cache-dir --require-hashes -r requirements-image.lock" in values("RUN")[2]
    )
    assert {re.split(r"[^a-z0-9-]", each)[0] for each in asked} - {name for name, _ in image} == set()
    assert image <= tested


def test_the_image_has_the_tools_of_the_server_that_is_composed() -> None:
    server = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["database"]["image"].rpartition(":")[2]
    tools = re.findall(r"postgresql-client-(\d+)=(\d+)\.", " ".join(values("RUN")))

    assert tools == [(server, server)]


def pins(lock: str) -> set[tuple[str, str]]:
    return set(re.findall(r"^([a-z0-9._-]+)(?:\[\w+\])?(==[^ ]+)", (ROOT / lock).read_text(), re.MULTILINE))


def test_runs_without_root_and_tells_whether_it_lives() -> None:
    last = [name for name, _ in steps()][-9:]

    assert values("USER") == ["10001"]
    assert "/livez" in values("HEALTHCHECK")[0]
    assert last.index("USER") < last.index("ENTRYPOINT")


def test_the_composition_is_valid_and_takes_rights_away() -> None:
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"]
    checked = subprocess.run(checker, cwd=ROOT, capture_output=True, text=True, check=False)
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    ours = [services[name] for name in ("migrate", "server", "worker")]

    assert checked.returncode == 0, checked.stdout
    assert [(each["read_only"], each["cap_drop"]) for each in ours] == [(True, ["ALL"])] * 3
    limits = [each["deploy"]["resources"]["limits"] for each in ours]
    assert limits == [{"cpus": "2", "memory": "1g", "pids": 256}] * 3
    assert [port for each in services.values() for port in each.get("ports", [])] == ["127.0.0.1:8321:8321"]
    assert "PASSWORD" not in {name for each in ours for name in each["environment"]}


def test_processes_are_given_the_time_that_stopping_takes() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    settings = Settings()
    needed = settings.drain_seconds + settings.operation_seconds + 20  # and a page of the worker

    given = {name: int(services[name]["stop_grace_period"].removesuffix("s")) for name in ("server", "worker")}

    assert given == {"server": 60, "worker": 60}
    assert needed <= 60
