"""Keeps everything in SQLite or PostgreSQL; the only importer of SQLAlchemy."""
