"""A store with the recipes published once, copied for each of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import sqlite_database
from tests.recipes.scenes import Scene, a_scene
from tests.worlds import a_stage


@pytest.fixture(scope="session")
def published_file(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Path]:
    """A SQLite file with the recipes published and no accounts."""
    with sqlite_database(tmp_path_factory.mktemp("recipes"), migrated_file) as url:
        with a_stage(url, "recipes"):
            pass
        yield Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def scene(tmp_path: Path, published_file: Path) -> Iterator[Scene]:
    """An account that is yet to come, in a store of its own."""
    with sqlite_database(tmp_path, published_file) as url, a_stage(url, None) as stage:
        yield a_scene(stage)
