"""The log of this process as it was before, after each test."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import sqlite_database

_NAMES: tuple[str | None, ...] = (None, "lifecycle", "api", "dbos")


@pytest.fixture(autouse=True)
def _quiet_afterwards() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in _NAMES]
    before = [(logger, logger.level, logger.handlers[:], logger.propagate) for logger in loggers]
    yield
    for logger, level, handlers, propagates in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers
        logger.propagate = propagates


@pytest.fixture
def sqlite_store(tmp_path: Path, migrated_file: Path) -> Iterator[str]:
    """A SQLite file of its own, for what does not depend on the database."""
    with sqlite_database(tmp_path, migrated_file) as url:
        yield url
