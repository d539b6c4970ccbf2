"""A database for each test of the API as a whole: on SQLite in a usual run, and on PostgreSQL in a long one."""

from tests.usual import database_url

__all__ = ["database_url"]
