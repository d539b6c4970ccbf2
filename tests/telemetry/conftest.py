"""The log of this process before anybody sets it up, and after each test as it was."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from lifecycle_fsm.telemetry import logs
from tests.databases import sqlite_database

_NAMES: tuple[str | None, ...] = (None, "lifecycle", "api", "dbos")


@pytest.fixture(autouse=True)
def _log_of_its_own() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in _NAMES]
    before = [(logger, logger.level, logger.handlers[:], logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.handlers[:] = [each for each in logger.handlers if type(each).__module__ != logs.__name__]
        logger.setLevel(logging.WARNING if logger is logging.root else logging.NOTSET)
        logger.propagate = True
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
