"""The same client as other roles than admin: it is refused exactly what the table of permissions forbids."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lifecycle_fsm.domain.access import Role
from tests.conformance.test_links import Site, a_site, play
from tests.databases import sqlite_database
from tests.usual import first

OTHERS = [role for role in Role if role is not Role.ADMIN]


@pytest.fixture
def site(tmp_path: Path, migrated_file: Path) -> Iterator[Site]:
    """SQLite only: permissions are decided before any database is asked."""
    with sqlite_database(tmp_path, migrated_file) as url, a_site(url) as site:
        yield site


@pytest.mark.parametrize("role", first(2, OTHERS))
def test_a_role_is_refused_what_the_table_forbids_and_nothing_else(site: Site, role: Role) -> None:
    play(site, role, 3, 25)


@pytest.mark.long
@pytest.mark.parametrize("role", OTHERS)
def test_a_role_is_refused_what_the_table_forbids_at_length(site: Site, role: Role) -> None:
    play(site, role, 8, 40)
